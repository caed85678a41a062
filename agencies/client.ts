import type { z } from 'zod';
import { hasMoreEntries, MAX_ENTRIES } from '../domain/entries.ts';
import { readJson, type JsonLoss } from '../domain/json.ts';
import { formatOurCallId } from './call-id.ts';
import { DecisionReply, Rejection, StepRequest, UndoRequest, UndoneAnswer } from './contract.ts';
import {
  createTransport,
  type AgencyEndpoint,
  type Call,
  type Exchange,
  type TransportOptions,
  type UnavailableCause,
} from './transport.ts';

/**
 * The results of a call to an agency other than an answer. Details are codes and field paths, never
 * texts of the agency.
 */
export type Failure =
  /** The agency rejects the payload. */
  | { kind: 'rejected'; detail: string }
  /**
   * Our configuration is wrong: address, secret or rights. `status` is absent if nothing was sent.
   */
  | { kind: 'misconfigured'; status?: number; detail: string }
  | { kind: 'unreadable'; detail: string }
  /** Repeat the call, not before `retryAfterMs`. */
  | { kind: 'unavailable'; cause: UnavailableCause; status?: number; retryAfterMs?: number };

/** `raw` is the answer as it was received, kept as evidence before it was parsed. */
interface DecidedAnswer {
  kind: 'decided';
  decision: DecisionReply;
  raw: Buffer;
}

export type SubmitAnswer = DecidedAnswer | { kind: 'accepted' } | { kind: 'withdrawn' } | Failure;
/** `unknown`: the agency never got the request, so it must be sent again. */
export type EnquiryAnswer =
  DecidedAnswer | { kind: 'accepted' } | { kind: 'withdrawn' } | { kind: 'unknown' } | Failure;
/** `stands`: the agency has completed something that cannot be undone. */
type UndoAnswer = { kind: 'undone' } | { kind: 'stands' } | Failure;

/** The result of any call of the client. */
export type AgencyAnswer = SubmitAnswer | EnquiryAnswer | UndoAnswer;

export interface AgencyClient {
  submit(agency: AgencyEndpoint, request: StepRequest): Promise<SubmitAnswer>;
  enquire(agency: AgencyEndpoint, requestId: string): Promise<EnquiryAnswer>;
  undo(agency: AgencyEndpoint, request: UndoRequest): Promise<UndoAnswer>;
  close(): Promise<void>;
}

/** The longest delay that an agency can ask for. */
const MAX_RETRY_AFTER_MS = 3_600_000;

const NOTHING = Buffer.alloc(0);

/**
 * The calls to agencies (docs/agency-protocol.md). Each is safe to repeat, because the agency keys
 * on the request id. Resolves to a value for every answer and failure of the agency; rejects only
 * if the request itself violates the contract, which is our bug.
 */
export function createAgencyClient(options: TransportOptions = {}): AgencyClient {
  const now = options.now ?? Date.now;
  const transport = createTransport(options);
  return {
    async submit(agency, request) {
      const body = encode(StepRequest, request);
      const call: Call = { method: 'POST', path: '/steps', id: formatOurCallId(request.requestId), body };
      return readByStatus<SubmitAnswer>(await transport.send(agency, call), now(), {
        200: readDecisionOn(request.requestId),
        202: () => ({ kind: 'accepted' }),
        409: () => ({ kind: 'accepted' }),
        410: () => ({ kind: 'withdrawn' }),
      });
    },
    async enquire(agency, requestId) {
      const id = formatOurCallId(requestId, 'enquiry');
      const call: Call = { method: 'GET', path: stepPath(requestId), id, body: NOTHING };
      return readByStatus<EnquiryAnswer>(await transport.send(agency, call), now(), {
        200: readDecisionOn(requestId),
        202: () => ({ kind: 'accepted' }),
        404: () => ({ kind: 'unknown' }),
        410: () => ({ kind: 'withdrawn' }),
      });
    },
    async undo(agency, request) {
      const path = `${stepPath(request.requestId)}/undo`;
      const body = encode(UndoRequest, request);
      const call: Call = { method: 'POST', path, id: formatOurCallId(request.requestId, 'undo'), body };
      return readByStatus<UndoAnswer>(await transport.send(agency, call), now(), {
        200: (raw) => parseBody(UndoneAnswer, raw, () => ({ kind: 'undone' })),
        409: () => ({ kind: 'stands' }),
      });
    },
    close: () => transport.close(),
  };
}

/** `/steps/{requestId}`; colons are not escaped, because paths allow them. */
export const stepPath = (requestId: string): string => `/steps/${encodeURIComponent(requestId).replaceAll('%3A', ':')}`;

/** A decision may name its request, which must then be the one that was asked about. */
const readDecisionOn =
  (asked: string) =>
  (raw: Buffer): DecidedAnswer | Failure =>
    parseBody(DecisionReply, raw, (decision) => {
      const { requestId = asked } = decision;
      return requestId === asked
        ? { kind: 'decided', decision, raw }
        : { kind: 'unreadable', detail: 'REQUEST_ID_MISMATCH' };
    });

const encode = <T>(schema: z.ZodType<T>, value: T): Buffer => Buffer.from(JSON.stringify(schema.parse(value)));

/** Reads an exchange by its status: first the statuses of this call, then those of all calls. */
function readByStatus<T>(
  exchange: Exchange,
  now: number,
  expected: Record<number, (raw: Buffer) => T | Failure>,
): T | Failure {
  if (exchange.kind === 'forbidden') return { kind: 'misconfigured', detail: exchange.fault };
  if (exchange.kind === 'unreached') return { kind: 'unavailable', cause: exchange.cause };
  const { status } = exchange;
  const detail = `HTTP_${status}`;
  if (isTemporary(status)) {
    const retryAfterMs = exchange.kind === 'answered' ? parseRetryAfter(exchange.retryAfter, now) : undefined;
    return { kind: 'unavailable', cause: 'status', status, ...(retryAfterMs !== undefined && { retryAfterMs }) };
  }
  if (exchange.kind === 'too-large') return { kind: 'unreadable', detail: `${detail} TOO_LARGE` };
  const read = expected[status];
  if (read) return read(exchange.raw);
  if (status === 400 || status === 413 || status === 422) {
    const code = parseBody(Rejection, exchange.raw, (rejection) => rejection.code);
    return { kind: 'rejected', detail: typeof code === 'string' ? `${detail} ${code}` : detail };
  }
  return status < 300 ? { kind: 'unreadable', detail } : { kind: 'misconfigured', status, detail };
}

const isTemporary = (status: number): boolean => status >= 500 || status === 429 || status === 408 || status === 425;

/**
 * `Retry-After` in seconds or as an HTTP date, as milliseconds from now, at most an hour;
 * undefined: the header is absent or invalid.
 */
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  if (value === undefined) return undefined;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : / GMT$/.test(value) ? Date.parse(value) - now : NaN;
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS);
}

/**
 * Parses an answer. An answer that is not JSON or has the wrong shape is `unreadable`, with the
 * wrong paths.
 */
function parseBody<T, R>(schema: z.ZodType<T>, raw: Buffer, use: (value: T) => R): R | Failure {
  const json = readJson(raw, 1);
  if (json.kind === 'not-utf8') return { kind: 'unreadable', detail: 'NOT_UTF8' };
  if (json.kind === 'not-json') return { kind: 'unreadable', detail: 'NOT_JSON' };
  const { value, losses } = json;
  if (hasMoreEntries(value, MAX_ENTRIES)) return { kind: 'unreadable', detail: 'TOO_MANY_ENTRIES' };
  const [loss] = losses;
  if (loss) return { kind: 'unreadable', detail: describeLoss(loss) };
  const result = schema.safeParse(value);
  if (result.success) return use(result.data);
  // Inside `result` the agency chooses the keys, so they stay out of details.
  const paths = result.error.issues.map(({ path }) => (path[0] === 'result' ? 'result' : path.join('.')));
  return { kind: 'unreadable', detail: `WRONG_SHAPE ${[...new Set(paths)].slice(0, 5).join(', ')}`.trim() };
}

/** Names that an agency chooses stay out of details, so only fields of the protocol are named. */
const describeLoss = ({ code, path: [name] }: JsonLoss): string =>
  typeof name === 'string' && Object.hasOwn(DecisionReply.shape, name) ? `${code} ${name}` : code;
