import type { ErrorRequestHandler, Request, Response } from 'express';
import type { DuplicateView } from '../../contract/duplicates.ts';
import { errorCode, isUnavailable } from '../../db/sql/pool.ts';
import { ERRORS, type ErrorCode } from '../../domain/errors.ts';
import type { Text } from '../../domain/matter/schema.ts';
import { boundFindings } from './findings.ts';
import type { Logger } from './log.ts';

export type Language = keyof Text;

/**
 * One wrong place in a request. `message` is in the language of the caller and never repeats the
 * value.
 */
export interface FieldError {
  path: string;
  rule: string;
  message: string;
}

interface Details {
  /** Findings. The answer has as many as `boundFindings` allows, and the number of the others. */
  errors?: readonly FieldError[];
  warnings?: readonly FieldError[];
  duplicates?: readonly DuplicateView[];
  /** Extension members of the problem: who was first, what is allowed now. */
  more?: Record<string, unknown>;
  retryAfterS?: number;
}

export interface Problem extends Error, Details {
  kind: 'problem';
  code: ErrorCode;
}

/** The `Retry-After` when Postgres is unavailable: about the time of a restart. */
const UNAVAILABLE_RETRY_S = 5;

/** An error for the caller; its status and words are in domain/errors.ts. */
export const problem = (code: ErrorCode, details: Details = {}): Problem =>
  Object.assign(new Error(code), { kind: 'problem' as const, code, ...details });

/** The refusal of places of a request, by the rules that they break, in the words of the rules. */
export const rejectRequest = <Rule extends string>(
  wrong: readonly { path: string; rule: Rule }[],
  words: Readonly<Record<Rule, Text>>,
  language: Language,
): Problem =>
  problem('REQUEST_INVALID', {
    errors: wrong.map(({ path, rule }) => ({ path, rule, message: words[rule][language] })),
  });

/** The refusal of a part of a request that has more than `MAX_ENTRIES` names and list items. */
export const tooManyEntries = (part: 'body' | 'query', language: Language): Problem => {
  const code = 'TOO_MANY_ENTRIES';
  const message = ERRORS[code].message[language];
  return problem(code, { errors: [{ path: part, rule: 'too-many-entries', message }] });
};

const isProblem = (error: unknown): error is Problem =>
  error instanceof Error && 'kind' in error && error.kind === 'problem';

/** The language of the caller: Chinese unless English is preferred. */
export const languageOf = (req: Request): Language => (req.acceptsLanguages('zh', 'en') === 'en' ? 'en' : 'zh');

/** Their causes are not in the answer, so the log has them. */
const OUR_FAULTS: readonly ErrorCode[] = ['INTERNAL', 'READ_NOT_RECORDED'];

/**
 * The single error handler: every error becomes an RFC 9457 problem without a stack and without
 * values.
 */
export const problemHandler =
  (log: Logger): ErrorRequestHandler =>
  (error: unknown, req, res, _next) => {
    const found = toProblem(error);
    if (OUR_FAULTS.includes(found.code)) log.error(faultOf(error, correlationOf(res)), 'request failed');
    if (res.headersSent) {
      // A stream failed in the middle. The handler of Express would print the error with its
      // values.
      res.destroy();
      return;
    }
    sendProblem(req, res, found);
  };

/** The id under which a request is logged; set on the answer by the first middleware. */
const correlationOf = (res: Response): string => String(res.getHeader('x-request-id') ?? '');

const sendProblem = (req: Request, res: Response, found: Problem): void => {
  const { code, more, retryAfterS } = found;
  const { status, retry, message } = ERRORS[code];
  const wait = retryAfterS ?? (code === 'UNAVAILABLE' ? UNAVAILABLE_RETRY_S : undefined);
  if (wait !== undefined) res.set('Retry-After', String(Math.max(1, Math.ceil(wait))));
  if (status === 401) res.set('WWW-Authenticate', 'Bearer');
  res
    .status(status)
    .type('application/problem+json')
    .send(
      JSON.stringify({
        type: `urn:one-matter:problem:${code}`,
        title: message[languageOf(req)],
        status,
        code,
        retry,
        correlationId: correlationOf(res),
        ...findingsOf(found),
        ...more,
      }),
    );
};

/** The lists of findings, each cut to what an answer can hold, and the number of what was left out. */
const findingsOf = ({ errors, warnings, duplicates }: Details): Record<string, unknown> => {
  const lists = Object.entries({ errors, warnings, duplicates }).flatMap(([name, findings]) =>
    findings ? [{ name, ...boundFindings<unknown>(findings) }] : [],
  );
  const omitted = lists.reduce((sum, list) => sum + list.omitted, 0);
  return { ...Object.fromEntries(lists.map(({ name, shown }) => [name, shown])), ...(omitted > 0 && { omitted }) };
};

/**
 * Errors of the database that are answered with a code. 22…: an invalid cursor, because all other
 * values were checked before.
 */
const DATABASE_CODES: readonly (readonly [RegExp, ErrorCode])[] = [
  [/^(CASE|STEP|ORDER|BULK)_UNKNOWN$/, 'NOT_FOUND'],
  [/^CASE_NUMBERS_SPENT$/, 'CASE_NUMBERS_SPENT'],
  [/^ORDER_NUMBERS_SPENT$/, 'ORDER_NUMBERS_SPENT'],
  [/^READ_NOT_RECORDED$/, 'READ_NOT_RECORDED'],
  [/^(CURSOR_INVALID|22\w{3})$/, 'REQUEST_INVALID'],
];

const toProblem = (error: unknown): Problem => {
  if (isProblem(error)) return error;
  if (isUnavailable(error)) return problem('UNAVAILABLE');
  const code = errorCode(error);
  const known = code === undefined ? undefined : DATABASE_CODES.find(([codes]) => codes.test(code));
  if (known) return problem(known[1]);
  switch (statusOf(error)) {
    case undefined:
      return problem('INTERNAL');
    case 413:
      return problem('BODY_TOO_LARGE');
    case 415:
      return problem('CONTENT_TYPE_UNSUPPORTED');
    default:
      return problem('REQUEST_INVALID');
  }
};

/** Express and its body reader mark errors of the client with a 4xx status. */
const statusOf = (error: unknown): number | undefined => {
  if (!(error instanceof Error) || !('status' in error) || typeof error.status !== 'number') return undefined;
  return error.status >= 400 && error.status < 500 ? error.status : undefined;
};

/**
 * The parts of a fault that can be logged: its kind and its place. Messages are left out, because
 * drivers put values in them.
 */
const faultOf = (error: unknown, correlationId: string): Record<string, unknown> => ({
  correlationId,
  name: error instanceof Error ? error.name : typeof error,
  ...(error instanceof Error && 'code' in error && { code: error.code }),
  ...(error instanceof Error && 'constraint' in error && { constraint: error.constraint }),
  ...(error instanceof Error && error.cause !== undefined && { cause: errorCode(error.cause) }),
  frames: error instanceof Error ? (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)) : [],
});
