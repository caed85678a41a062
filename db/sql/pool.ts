import { setTimeout as delay } from 'node:timers/promises';
import { Pool, TypeOverrides, types, type PoolClient } from 'pg';

/**
 * Anything that runs a statement: a pool (each statement in its own transaction) or a client
 * (inside its transaction).
 */
export type Db = Pick<Pool, 'query'>;

/**
 * No statement of this program takes longer on a healthy database; a stuck one must not hold its
 * connection.
 */
const STATEMENT_TIMEOUT_MS = 15_000;
/** Longer than the server's own limit, so it applies only if the server cannot answer. */
const QUERY_TIMEOUT_MS = 20_000;
/** Postgres counts as unavailable when it has not answered a new connection within this time. */
export const CONNECT_TIMEOUT_MS = 5_000;
const TRANSACTION_ATTEMPTS = 5;

/**
 * `count(*)` and other bigint values become numbers: these stay far below 2^53. Instants become
 * milliseconds since 1970.
 */
const parsers = new TypeOverrides();
parsers.setTypeParser(types.builtins.INT8, Number);
parsers.setTypeParser(types.builtins.TIMESTAMPTZ, (text) => Date.parse(text.replace(' ', 'T').replace(/\+00$/, 'Z')));

/** A pool of at most `max` connections; `pg_stat_activity` shows `name`. The caller ends it. */
export const createPool = ({ url, max, name }: { url: string; max: number; name: string }): Pool => {
  const pool = new Pool({
    connectionString: url,
    max,
    application_name: name,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    // The parser of instants reads only UTC.
    options: '-c timezone=UTC',
    types: parsers,
  });
  // An idle connection that breaks is replaced when it is needed; without a listener it would end
  // the process.
  pool.on('error', () => undefined);
  return pool;
};

/**
 * Runs `work` in one transaction (read committed). Serialization failures and deadlocks are
 * repeated, so `work` must not act outside the database. If the connection breaks during commit the
 * outcome is unknown; the error is then one of `isUnavailable`.
 */
export const inTransaction = async <T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await transaction(pool, work);
    } catch (error) {
      if (attempt >= TRANSACTION_ATTEMPTS || !isRetryable(error)) throw error;
      await delay(Math.random() * 20 * 2 ** attempt);
    }
  }
};

const transaction = async <T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> => {
  const client = await pool.connect();
  let broken = false;
  // The connection may break while `work` waits for something else. The next statement reports it;
  // this listener only keeps the process alive.
  const breaks = (): void => {
    broken = true;
  };
  client.on('error', breaks);
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(breaks);
    throw error;
  } finally {
    client.off('error', breaks);
    client.release(broken);
  }
};

/**
 * The code of an error: a SQLSTATE of Postgres, a code of Node (`ECONNREFUSED`), or one of this
 * program (`LEDGER_CONFLICT`).
 */
export const errorCode = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

/** An error of this folder. The message names ids, never the values of a form. */
export const databaseError = (code: string, message: string): Error => Object.assign(new Error(message), { code });

/** Postgres ended the transaction because of another one; it can be repeated. */
export const isRetryable = (error: unknown): boolean => ['40001', '40P01'].includes(errorCode(error) ?? '');

/** The insert violated a unique key: another transaction was first. */
export const isUniqueViolation = (error: unknown): boolean => errorCode(error) === '23505';

const NETWORK_CODES = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOENT', 'ENOTFOUND', 'EAI_AGAIN'];
/** pg reports these without a code. */
const CONNECTION_LOST =
  /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client (was closed|has encountered))/;

/**
 * Postgres is unavailable, starting, stopping or out of connections. The request itself is valid:
 * answer 503, to be repeated later.
 */
export const isUnavailable = (error: unknown): boolean => {
  const code = errorCode(error);
  if (code === undefined) return error instanceof Error && CONNECTION_LOST.test(error.message);
  return NETWORK_CODES.includes(code) || /^(08|57P0[1-3]|53300)/.test(code);
};
