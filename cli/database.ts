import { readFileSync } from 'node:fs';
import { findSandbox } from './client.ts';
import { failure } from './failure.ts';

/** The database as the service sees it: `DATABASE_URL` or `DATABASE_URL_FILE`, else that of the sandbox. */
export const databaseUrl = (): string => {
  const url = fromEnvironment('DATABASE_URL') ?? findSandbox()?.postgres;
  if (url === undefined) throw failure('No database known. Set DATABASE_URL, or start a sandbox with: npm start');
  return url;
};

/** The database as its owner sees it, who alone may change tables. */
export const ownerDatabaseUrl = (): string => {
  const url = fromEnvironment('MIGRATION_DATABASE_URL');
  if (url === undefined) throw failure('MIGRATION_DATABASE_URL is not set: the address of the database, as its owner.');
  return url;
};

/** A variable, or the file that `<name>_FILE` names. */
const fromEnvironment = (name: string): string | undefined => {
  const file = process.env[`${name}_FILE`];
  return process.env[name] ?? (file === undefined ? undefined : readFileSync(file, 'utf8').trim());
};
