import type { Request, Response } from 'express';
import { z } from 'zod';
import { ACTIONS, can, mayEver, type Action, type Caller, type Resource } from './policy.ts';
import { languageOf, problem, type FieldError, type Language } from './problems.ts';
import { validationMessage } from './validation-messages.ts';

/** An answer of a route. Without a body: 204 or the like. */
export interface Reply {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

/** What a handler works with: who calls, what was parsed, and the resource that the caller was found to have a right to. */
export interface Call<I, F> {
  caller: Caller;
  input: I;
  found: F;
  language: Language;
  req: Request;
  res: Response;
}

/** What a route acts on, for `can`; `undefined`: nothing in particular, so the caller's role decides alone. */
export interface Found<F> {
  resource: Resource | undefined;
  found: F;
}

interface Definition<I extends z.ZodObject, F> {
  method: 'get' | 'post';
  /** OpenAPI style: `/api/v1/cases/{caseId}`. */
  path: string;
  summary: string;
  tag: string;
  policy: {
    action: Action;
    /** Finds what is acted on; `undefined` and out of scope are both answered 404. */
    find: (input: z.output<I>, caller: Caller) => Promise<Found<F> | undefined>;
  };
  /** A strict object of any of `params`, `query`, `headers`, `body`; what is not in it is refused. */
  input: I;
  answers: Record<number, { description: string; schema?: z.ZodType; type?: string }>;
  /** Answers by itself (a stream) when it returns nothing. */
  handler: (call: Call<z.output<I>, F>) => Promise<Reply | undefined>;
}

/** A route as the app registers and documents it. */
export interface Route extends Pick<
  Definition<z.ZodObject, unknown>,
  'method' | 'path' | 'summary' | 'tag' | 'input' | 'answers'
> {
  action: Action;
  /** `parts` is the request taken apart, its body parsed as JSON. */
  run: (caller: Caller, parts: RequestParts, req: Request, res: Response) => Promise<Reply | undefined>;
}

interface RequestParts {
  params: unknown;
  query: unknown;
  headers: unknown;
  body: unknown;
}

/** Not about a resource: the caller's role decides alone. Said explicitly, so that nobody forgets to look for the resource. */
export const unscoped = (): Promise<Found<undefined>> => Promise.resolve({ resource: undefined, found: undefined });

/** A route's input when there is nothing to give. */
export const NOTHING = z.strictObject({});

/** Defines a route: who may call it, what it takes, what it answers. The only way to make one, and none is without a policy. */
export const route = <I extends z.ZodObject, F>(definition: Definition<I, F>): Route => {
  const { policy, input, handler, ...about } = definition;
  // The types ask for it already; a route that slips past them must not boot either.
  if (!ACTIONS.includes(policy.action)) throw new Error(`${about.method} ${about.path} has no policy`);
  return {
    ...about,
    input,
    action: policy.action,
    run: async (caller, parts, req, res) => {
      const language = languageOf(req);
      if (!mayEver(caller, policy.action))
        throw problem(caller.role === 'public' ? 'AUTHENTICATION_REQUIRED' : 'FORBIDDEN');
      const parsed = parseInput(input, parts, language);
      const target = await policy.find(parsed, caller);
      if (!target || (target.resource && !can(caller, policy.action, target.resource))) throw problem('NOT_FOUND');
      return handler({ caller, input: parsed, found: target.found, language, req, res });
    },
  };
};

const parseInput = <I extends z.ZodObject>(input: I, parts: RequestParts, language: Language): z.output<I> => {
  const { headers, ...rest } = parts;
  // A part that is neither wanted nor given is left out; one that is given and not wanted is refused as an unknown key.
  const wanted = Object.entries(rest).filter(([name, part]) => name in input.shape || !isEmpty(part));
  const result = input.safeParse(
    { ...Object.fromEntries(wanted), ...('headers' in input.shape && { headers }) },
    // What is missing is told from what is wrong by the input, which goes no further than the message.
    { reportInput: true },
  );
  if (!result.success) throw problem('REQUEST_INVALID', { errors: result.error.issues.flatMap((issue) => fieldErrors(issue, language)) });
  return result.data;
};

const isEmpty = (part: unknown): boolean =>
  part === undefined || (typeof part === 'object' && part !== null && Object.keys(part).length === 0);

/** Paths start with the part that is wrong: `body.region`, `query.limit`. */
const fieldErrors = (issue: z.core.$ZodIssue, language: Language): FieldError[] => {
  const { path, code } = issue;
  const message = validationMessage(issue)[language];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: pathOf([...path, key.slice(0, 100)]), rule: code, message }));
  }
  return [{ path: pathOf(path), rule: code, message }];
};

const pathOf = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? String(part) : `${text}.${String(part)}`;
  }, '');
