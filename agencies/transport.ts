import { Agent, request, type Dispatcher } from 'undici';
import { guardedLookup, whyNotCallable, type AddressFault } from './address.ts';
import { readBody } from './body.ts';
import { signedHeaders } from './signature.ts';

/**
 * The address and the secrets of one agency, from the registry. `secrets`: one or two `whsec_…`,
 * newest first.
 */
export interface AgencyEndpoint {
  id: string;
  baseUrl: string;
  secrets: string[];
  timeoutMs: number;
  /** The address may be in a private network or on this machine, and without TLS. */
  allowPrivate: boolean;
}

export interface Call {
  method: 'GET' | 'POST';
  /** Appended to the agency's base URL; begins with a slash. */
  path: string;
  /** `webhook-id` (call-id.ts): equal in every attempt. */
  id: string;
  body: Buffer;
}

/**
 * Why an agency could not be reached; kept on the step's row, so that the reason for a stall is
 * data.
 */
export type UnavailableCause = 'refused' | 'timeout' | 'reset' | 'name' | 'unreachable' | 'tls' | 'protocol' | 'status';

/** The result of a call before its content is interpreted. */
export type Exchange =
  | { kind: 'answered'; status: number; retryAfter: string | undefined; raw: Buffer }
  | { kind: 'too-large'; status: number }
  | { kind: 'unreached'; cause: UnavailableCause }
  | { kind: 'forbidden'; fault: AddressFault };

export interface Transport {
  send(agency: AgencyEndpoint, call: Call): Promise<Exchange>;
  close(): Promise<void>;
}

export interface TransportOptions {
  /** Replaces the pools that address.ts guards. */
  dispatcher?: Dispatcher;
  /** Milliseconds since 1970. */
  now?: () => number;
}

const CONNECT_TIMEOUT_MS = 3000;

/**
 * Open connections from this process to one agency: more than its calls at the same time (50 from
 * its queue, 32 first attempts, 20 enquiries, a probe), because the time of a call must not pass
 * while it waits for a connection.
 */
const CONNECTIONS = 128;
/** An idle connection is closed after this time, also if the agency would keep it longer. */
const IDLE_MS = 10_000;

/**
 * Signed HTTP to agencies: keep-alive pools, one deadline for the whole call, answers limited by
 * the protocol, no redirects (undici's `request` follows none), addresses checked when they are
 * resolved. Failures are values.
 */
export function createTransport({ dispatcher, now = Date.now }: TransportOptions = {}): Transport {
  const open = dispatcher ?? pool(true);
  const guarded = dispatcher ?? pool(false);
  return {
    async send(agency, { method, path, id, body }) {
      const fault = whyNotCallable(agency.baseUrl, agency.allowPrivate);
      if (fault) return { kind: 'forbidden', fault };
      try {
        const response = await request(agency.baseUrl.replace(/\/+$/, '') + path, {
          method,
          dispatcher: agency.allowPrivate ? open : guarded,
          headers: {
            accept: 'application/json',
            'user-agent': 'one-matter',
            ...(method === 'POST' && { 'content-type': 'application/json' }),
            ...signedHeaders(agency.secrets, id, Math.floor(now() / 1000), body),
          },
          body: method === 'POST' ? body : null,
          signal: AbortSignal.timeout(agency.timeoutMs),
        });
        const raw = await readBody(response.body);
        if (!raw) return { kind: 'too-large', status: response.statusCode };
        const retryAfter = response.headers['retry-after'];
        return {
          kind: 'answered',
          status: response.statusCode,
          retryAfter: typeof retryAfter === 'string' ? retryAfter : undefined,
          raw,
        };
      } catch (error) {
        return failedExchange(error);
      }
    },
    async close() {
      await Promise.all([open.close(), guarded.close()]);
    },
  };
}

const pool = (allowPrivate: boolean): Agent =>
  new Agent({
    connections: CONNECTIONS,
    keepAliveMaxTimeout: IDLE_MS,
    connect: { timeout: CONNECT_TIMEOUT_MS, lookup: guardedLookup(allowPrivate) },
  });

const CAUSES: Readonly<Record<string, UnavailableCause>> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  ECONNABORTED: 'reset',
  EPIPE: 'reset',
  UND_ERR_SOCKET: 'reset',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'reset',
  UND_ERR_CONNECT_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  ETIMEDOUT: 'timeout',
  ENOTFOUND: 'name',
  EAI_AGAIN: 'name',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EHOSTDOWN: 'unreachable',
  ENETDOWN: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  UND_ERR_HEADERS_OVERFLOW: 'protocol',
  EPROTO: 'tls',
};

/** Names network failures; any other error is our own mistake and is thrown again. */
function failedExchange(error: unknown): Exchange {
  if (!(error instanceof Error)) throw error;
  if (error.name === 'TimeoutError') return { kind: 'unreached', cause: 'timeout' };
  if (error.name === 'HTTPParserError') return { kind: 'unreached', cause: 'protocol' };
  // undici does not read past a `100 Continue` that it did not ask for.
  if (error.message === 'bad response') return { kind: 'unreached', cause: 'protocol' };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (code === 'ADDRESS_FORBIDDEN') return { kind: 'forbidden', fault: code };
  const cause = CAUSES[code] ?? (/CERT|TLS|SSL|SIGNATURE|ISSUER/.test(code) ? 'tls' : undefined);
  if (!cause) throw error;
  return { kind: 'unreached', cause };
}
