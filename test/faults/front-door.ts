import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { ClientLedger } from './client-ledger.ts';
import type { Intent } from './intents.ts';

/** A client that must not lose a case: it notes what it means to do, asks, notes the answer, and asks again until it has a final one. */
export interface FrontDoor {
  /** Asks once under a key; undefined: the reply was lost, or says to come again. */
  trySubmit: (intent: Intent, key: string) => Promise<Reply | undefined>;
  /** The final answer to an intent. `key`: the Idempotency-Key of the first and of every later try. */
  submit: (intent: Intent, key?: string) => Promise<Reply>;
  /** One decision on a step, under one message id, until it is applied or refused. */
  decide: (decision: ClientDecision) => Promise<Reply>;
  /** Every status that was answered, in order; undefined: none came. */
  statuses: (number | undefined)[];
}

interface Reply {
  status: number;
  body: string;
}

interface ClientDecision {
  path: string;
  token: string;
  requestId: string;
  /** As it is sent, and as the inbox keeps it. */
  messageId: { sent: string; kept: string };
  body: Record<string, unknown>;
}

const AGAIN_AFTER_MS = 100;
const WITHIN_MS = 90_000;
const REPLY_WITHIN_MS = 15_000;
const Submitted = z.object({ caseId: z.string() });

/** `api`: asked anew before every try, since a restarted API may be elsewhere. */
export const createFrontDoor = (options: { api: () => string; token: string; ledger: ClientLedger }): FrontDoor => {
  const { api, token, ledger } = options;
  const statuses: (number | undefined)[] = [];

  const post = async (path: string, headers: Record<string, string>, body: unknown): Promise<Reply | undefined> => {
    try {
      const response = await fetch(`${api()}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(REPLY_WITHIN_MS),
      });
      const reply = { status: response.status, body: await response.text() };
      statuses.push(reply.status);
      return reply;
    } catch {
      statuses.push(undefined);
      return undefined;
    }
  };

  const again = async (what: string, ask: () => Promise<Reply | undefined>): Promise<Reply> => {
    const giveUpAt = performance.now() + WITHIN_MS;
    for (;;) {
      const reply = await ask();
      if (reply) return reply;
      if (performance.now() > giveUpAt) throw new Error(`no final answer to ${what} within ${WITHIN_MS / 1000} s`);
      await delay(AGAIN_AFTER_MS);
    }
  };

  const trySubmit = async ({ name: intent, person, request }: Intent, key: string): Promise<Reply | undefined> => {
    ledger.write({ kind: 'submit', intent, person, key });
    const reply = await post('/api/v1/cases', { authorization: `Bearer ${token}`, 'idempotency-key': key }, request);
    const caseId = reply?.status === 201 ? Submitted.parse(JSON.parse(reply.body)).caseId : undefined;
    ledger.write({
      kind: 'submitted',
      intent,
      ...(reply && { status: reply.status }),
      ...(caseId !== undefined && { caseId }),
    });
    return reply && isFinal(reply) ? reply : undefined;
  };

  return {
    statuses,
    trySubmit,
    submit: (intent, key = intent.name) => again(intent.name, () => trySubmit(intent, key)),
    decide: ({ path, token: by, requestId, messageId, body }) =>
      again(requestId, async () => {
        ledger.write({ kind: 'decide', requestId, messageId: messageId.kept });
        const reply = await post(path, { authorization: `Bearer ${by}` }, { ...body, messageId: messageId.sent });
        ledger.write({ kind: 'decided', messageId: messageId.kept, ...(reply && { status: reply.status }) });
        // 202: recorded, and what becomes of it is not known yet.
        return reply && isFinal(reply) && reply.status !== 202 ? reply : undefined;
      }),
  };
};

const isFinal = ({ status }: Reply): boolean => status < 500 && status !== 429;
