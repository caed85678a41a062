import type { Pool, PoolClient } from 'pg';
import { canonical } from '../sql/canonical.ts';
import type { Cipher, Opener, Sealer } from '../sql/sealing.ts';
import { databaseError, inTransaction, type Db } from '../sql/pool.ts';
import { storedForm } from './callers-ids.ts';

export interface IdempotentRequest {
  /** The caller: keys of different accounts are independent. */
  account: string;
  /** As the caller chose it. */
  key: string;
  /** `hashRequest` of its content, to distinguish a repetition from another request. */
  requestHash: Buffer;
}

/** The keyed hash of a request. The order of the keys in its objects does not count. */
export const hashRequest = (cipher: Sealer, content: unknown): Buffer => cipher.hash('request', canonical(content));

export interface IdempotentResponse {
  /** HTTP status. */
  status: number;
  response: unknown;
}

/**
 * An answer that is kept has ids and numbers only. What a caller sent does not become part of it,
 * so a larger one is a fault of ours.
 */
const MAX_KEPT_BYTES = 4096;

const responseContext = (account: string, key: string): string => `idempotency:${account}:${key}`;

/** The earlier answer to this key, and the request that it answered. */
export const findIdempotent = async (
  db: Db,
  opener: Opener,
  account: string,
  key: string,
): Promise<(IdempotentResponse & { requestHash: Buffer }) | undefined> => {
  const { rows } = await db.query<{ requestHash: Buffer; status: number; response: Buffer }>({
    name: 'find-idempotent',
    text: 'select request_hash as "requestHash", status, response from idempotency_keys where account = $1 and key = $2',
    values: [account, key],
  });
  const [row] = rows;
  return row && { ...row, response: opener.open(row.response, responseContext(account, key)) };
};

export type IdempotentResult = ({ kind: 'done' | 'repeated' } & IdempotentResponse) | { kind: 'different' };

/**
 * Runs `work` and keeps its answer under the key, in one transaction. A repetition gets the first
 * answer; another request with the same key is `different`. Of parallel requests with one key
 * exactly one runs, and the others wait for its answer.
 */
export const runOnce = async (
  pool: Pool,
  cipher: Cipher,
  { account, key: given, requestHash }: IdempotentRequest,
  work: (client: PoolClient) => Promise<IdempotentResponse>,
): Promise<IdempotentResult> => {
  const key = storedForm(cipher, account, given);
  return inTransaction(pool, async (client) => {
    // Held to the end of the transaction, so that parallel duplicates wait here and not after their
    // work.
    await client.query({
      name: 'lock-idempotent',
      text: 'select pg_advisory_xact_lock(hashtextextended($1, 0))',
      values: [responseContext(account, key)],
    });
    const before = await findIdempotent(client, cipher, account, key);
    if (before) return answerRepeated(before, requestHash);
    const { status, response } = await work(client);
    await saveIdempotent(client, cipher, { account, key, requestHash, status, response });
    return { kind: 'done', status, response };
  });
};

/** Keeps an answer, in the transaction of its effect. */
const saveIdempotent = async (
  client: Db,
  cipher: Sealer,
  { account, key, requestHash, status, response }: IdempotentRequest & IdempotentResponse,
): Promise<void> => {
  if (JSON.stringify(response).length > MAX_KEPT_BYTES)
    throw databaseError('ANSWER_TOO_LARGE', 'the answer is not kept');
  await client.query({
    name: 'save-idempotent',
    text: 'insert into idempotency_keys (account, key, request_hash, status, response) values ($1, $2, $3, $4, $5)',
    values: [account, key, requestHash, status, cipher.seal(response, responseContext(account, key))],
  });
};

const answerRepeated = (
  { requestHash, status, response }: IdempotentResponse & { requestHash: Buffer },
  now: Buffer,
): IdempotentResult => (requestHash.equals(now) ? { kind: 'repeated', status, response } : { kind: 'different' });
