import { setTimeout as delay } from 'node:timers/promises';
import { request, type Agent } from 'undici';
import { z } from 'zod';
import { signedHeaders } from '../../agencies/signature.ts';
import type { ClientLedger } from './client-ledger.ts';
import type { Intent } from './intents.ts';

/**
 * A client that must not lose a case: it records its intent, calls the API, records the answer, and
 * repeats the call until the answer is final.
 */
export interface FrontDoor {
  /** Calls once under a key; undefined: the reply was lost, or asks for a retry. */
  trySubmit: (intent: Intent, key: string) => Promise<Reply | undefined>;
  /**
   * The final answer to an intent. `key`: the Idempotency-Key of the first and of every later try.
   */
  submit: (intent: Intent, key?: string) => Promise<Reply>;
  /** One decision on a step, under one message id, until it is applied or refused. */
  decide: (decision: ClientDecision) => Promise<Reply>;
  /** Every try, in order. */
  tries: Attempt[];
}

interface Reply {
  status: number;
  body: string;
  /** Of a case that was accepted. */
  caseId?: string;
  retryAfterS?: number;
}

/** The result of an attempt; without a status: no answer. */
interface Attempt {
  what: 'submit' | 'decide';
  ms: number;
  status?: number;
  retryAfterS?: number;
}

interface ClientDecision {
  path: string;
  /** The headers that authenticate the sender of these bytes. */
  by: Credentials;
  requestId: string;
  /** The id as sent, and as in the inbox. */
  messageId: { sent: string; kept: string };
  body: Record<string, unknown>;
}

export type Credentials = (raw: Buffer) => Record<string, string>;

/** A person, by bearer token. */
export const person =
  (token: string): Credentials =>
  () => ({ authorization: `Bearer ${token}` });

/** An agency's system, by its signature; `skewS`: how far its clock is ahead. */
export const agencySystem =
  (agency: string, secret: string, messageId: string, skewS = 0): Credentials =>
  (raw) => ({
    'x-one-matter-agency': agency,
    ...signedHeaders([secret], messageId, Math.floor(Date.now() / 1000) + skewS, raw),
  });

const AGAIN_AFTER_MS = 100;
const WITHIN_MS = 120_000;
const REPLY_WITHIN_MS = 20_000;
const Submitted = z.object({ caseId: z.string() });
const Refused = z.object({ first: z.object({ by: z.object({ id: z.string() }), at: z.iso.datetime() }).optional() });

export interface FrontDoorOptions {
  /** Read before every attempt, because a restarted API may have another address. */
  api: () => string;
  token: string;
  ledger: ClientLedger;
  agent: Agent;
  /** Waits for `Retry-After` before the next attempt. */
  patient?: boolean;
}

export const createFrontDoor = ({ api, token, ledger, agent, patient = false }: FrontDoorOptions): FrontDoor => {
  const tries: Attempt[] = [];

  const post = async (what: Attempt['what'], path: string, by: Credentials, body: unknown, more = {}) => {
    const since = performance.now();
    const reply = await postOnce({ api: api(), agent, path, by, body, more }).catch(() => undefined);
    const { status, retryAfterS } = reply ?? {};
    tries.push({
      what,
      ms: performance.now() - since,
      ...(status !== undefined && { status }),
      ...(retryAfterS !== undefined && { retryAfterS }),
    });
    return reply;
  };

  const repeat = async (what: string, ask: () => Promise<Reply | undefined>): Promise<Reply> => {
    const giveUpAt = performance.now() + WITHIN_MS;
    for (;;) {
      const reply = await ask();
      if (reply) return reply;
      if (performance.now() > giveUpAt) throw new Error(`no final answer to ${what} within ${WITHIN_MS / 1000} s`);
      await delay(patient ? 1000 * (tries.at(-1)?.retryAfterS ?? 1) : AGAIN_AFTER_MS);
    }
  };

  const trySubmit = async ({ name: intent, person: who, request: form }: Intent, key: string) => {
    ledger.write({ kind: 'submit', intent, person: who, key });
    const reply = await post('submit', '/api/v1/cases', person(token), form, { 'idempotency-key': key });
    const caseId = reply?.status === 201 ? Submitted.parse(JSON.parse(reply.body)).caseId : undefined;
    ledger.write({
      kind: 'submitted',
      intent,
      ...(reply && { status: reply.status }),
      ...(caseId !== undefined && { caseId }),
    });
    return reply && isFinal(reply) ? { ...reply, ...(caseId !== undefined && { caseId }) } : undefined;
  };

  return {
    tries,
    trySubmit,
    submit: (intent, key = intent.name) => repeat(intent.name, () => trySubmit(intent, key)),
    decide: ({ path, by, requestId, messageId, body }) =>
      repeat(requestId, async () => {
        ledger.write({ kind: 'decide', requestId, messageId: messageId.kept });
        const reply = await post('decide', path, by, { ...body, messageId: messageId.sent });
        ledger.write({ kind: 'decided', messageId: messageId.kept, ...(reply && readReply(reply)) });
        // 202: recorded, outcome not known yet.
        return reply && isFinal(reply) && reply.status !== 202 ? reply : undefined;
      }),
  };
};

/** One call; rejects when no answer comes. */
export const postOnce = async (call: {
  api: string;
  agent: Agent;
  path: string;
  by: Credentials;
  body: unknown;
  more?: Record<string, string>;
}): Promise<Reply> => {
  const raw = Buffer.from(JSON.stringify(call.body));
  const { statusCode, headers, body } = await request(`${call.api}${call.path}`, {
    method: 'POST',
    dispatcher: call.agent,
    headers: { 'content-type': 'application/json', ...call.by(raw), ...call.more },
    body: raw,
    signal: AbortSignal.timeout(REPLY_WITHIN_MS),
  });
  const retryAfterS = Number(headers['retry-after']);
  return { status: statusCode, body: await body.text(), ...(retryAfterS > 0 && { retryAfterS }) };
};

/** What an answer to a decision says: its status, and who was first where it lost. */
const readReply = ({ status, body }: Reply): { status: number; first?: { by: string; at: string } } => {
  const { first } = status === 409 ? Refused.parse(JSON.parse(body)) : {};
  return { status, ...(first && { first: { by: first.by.id, at: first.at } }) };
};

const isFinal = ({ status }: Reply): boolean => status < 500 && status !== 429;
