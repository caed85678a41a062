import { join } from 'node:path';
import type { Pool } from 'pg';
import { createCipher, readKeys, type Cipher } from '../db/sql/sealing.ts';
import { createPool } from '../db/sql/pool.ts';
import { findSandbox, homeOf } from './connection.ts';
import { failure } from './failure.ts';
import { readSecret } from './files.ts';
import type { Terminal } from './terminal.ts';

/**
 * The address of the database for the service role: `DATABASE_URL` or `DATABASE_URL_FILE`, else
 * that of the sandbox.
 */
export const databaseUrl = (terminal: Terminal): string => {
  const url = fromEnvironment(terminal, 'DATABASE_URL') ?? findSandbox(terminal)?.postgres;
  if (url === undefined) throw failure(terminal.t('database.none'));
  if (!URL.canParse(url)) throw failure(terminal.t('outside.badAddress'));
  return url;
};

/** The address of the database for its owner, who alone may change tables. */
export const ownerDatabaseUrl = (terminal: Terminal): string => {
  const url = fromEnvironment(terminal, 'MIGRATION_DATABASE_URL');
  if (url === undefined) throw failure(terminal.t('database.noOwner'));
  return url;
};

/** A variable, or the file that `<name>_FILE` names. */
const fromEnvironment = (terminal: Terminal, name: string): string | undefined => {
  const { env } = terminal;
  const file = env[`${name}_FILE`];
  return env[name] ?? (file === undefined ? undefined : readSecret(terminal, file));
};

/** Runs `work` with a connection as the service role. */
export const withDatabase = async <T>(terminal: Terminal, work: (db: Pool) => Promise<T>): Promise<T> => {
  const pool = createPool({ url: databaseUrl(terminal), max: 1, name: 'one-matter cli' });
  try {
    return await work(pool);
  } finally {
    await pool.end();
  }
};

/** The file with the keys of personal data: `ONE_MATTER_KEY_FILE`, else that of the sandbox. */
export const keyFileOf = ({ env }: Terminal): string => env['ONE_MATTER_KEY_FILE'] ?? join(homeOf(env), 'keys.json');

/** The same with the keys of personal data, to decrypt values or to search by keyed hash. */
export const withRegistry = <T>(terminal: Terminal, work: (db: Pool, cipher: Cipher) => Promise<T>): Promise<T> => {
  const cipher = createCipher(readKeys({ file: keyFileOf(terminal) }));
  return withDatabase(terminal, (db) => work(db, cipher));
};
