import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { errorCode } from '../db/sql/pool.ts';

/**
 * The only reader of environment variables for processes. A fault is one sentence and never repeats
 * a value.
 */

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

export const text = z.string({ error: 'must be set' });

/** A whole number within these bounds, both included. */
export const wholeNumber = (from: number, to: number) =>
  text
    .refine((digits) => /^\d{1,12}$/.test(digits) && Number(digits) >= from && Number(digits) <= to, {
      error: `must be a whole number from ${from} to ${to}`,
    })
    .transform(Number);

/** A TCP port; 0 picks a free one. */
export const port = wholeNumber(0, 65_535);

/** A number of things, at least one. */
export const count = wholeNumber(1, 1_000_000_000);

/**
 * Connections to Postgres. A request or an activity may hold one while it takes another, so one
 * alone is too few.
 */
export const databasePool = wholeNumber(2, 200);

/** The address under which others reach us. */
export const httpUrl = z.url({
  protocol: /^https?$/,
  error: ({ input }) =>
    input === undefined ? 'must be set' : 'must be an address that begins with http:// or https://',
});

/** Where Temporal is. */
export const TEMPORAL = {
  TEMPORAL_ADDRESS: z.string().default('127.0.0.1:7233'),
  TEMPORAL_NAMESPACE: z.string().default('default'),
};

/** The settings that every process of the service needs. */
export interface ServiceSettings {
  databaseUrl: string;
  logLevel: (typeof LOG_LEVELS)[number];
}

const LogLevel = z.object({
  LOG_LEVEL: z.enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(', ')}` }).default('info'),
});

/** `DATABASE_URL`, or the content of the file that `DATABASE_URL_FILE` names. */
const DatabaseUrl = z
  .object({ DATABASE_URL: z.string().optional(), DATABASE_URL_FILE: z.string().optional() })
  .transform(({ DATABASE_URL, DATABASE_URL_FILE: file }, { issues }) => {
    const addFault = (name: string, message: string) => {
      issues.push({ code: 'custom', path: [name], message, input: undefined });
      return z.NEVER;
    };
    if (file !== undefined && DATABASE_URL !== undefined) {
      return addFault('DATABASE_URL', 'and DATABASE_URL_FILE must not both be set');
    }
    let url = DATABASE_URL;
    try {
      if (file !== undefined) url = readFileSync(file, 'utf8').trim();
    } catch (error) {
      return addFault('DATABASE_URL_FILE', `names a file that cannot be read (${errorCode(error) ?? 'unknown'})`);
    }
    if (url === undefined) return addFault('DATABASE_URL', 'or DATABASE_URL_FILE must be set');
    return URL.canParse(url)
      ? url
      : addFault('DATABASE_URL', 'must be an address such as postgres://user@host/database');
  });

/**
 * Reads the variables of `owner` (the name of a process, for the message). An empty variable counts
 * as absent: compose files spell it so. Throws `ENVIRONMENT_INVALID`: one error that lists every
 * fault, a sentence each.
 */
export const readEnvironment = <T>(owner: string, schema: z.ZodType<T>, env: NodeJS.ProcessEnv): T => {
  const parsed = schema.safeParse(dropEmpty(env));
  if (parsed.success) return parsed.data;
  throw environmentFault(owner, faultsOf(parsed.error));
};

/**
 * Reads the variables of a process of the service, including the settings that all of them have.
 * `DATABASE_URL_FILE` names a file with the URL.
 */
export const readServiceEnvironment = <T extends object>(
  owner: string,
  schema: z.ZodType<T>,
  env: NodeJS.ProcessEnv,
): T & ServiceSettings => {
  const given = dropEmpty(env);
  const own = schema.safeParse(given);
  const database = DatabaseUrl.safeParse(given);
  const log = LogLevel.safeParse(given);
  if (own.success && database.success && log.success) {
    return { ...own.data, databaseUrl: database.data, logLevel: log.data.LOG_LEVEL };
  }
  throw environmentFault(
    owner,
    [database, log, own].flatMap(({ error }) => (error ? faultsOf(error) : [])),
  );
};

const environmentFault = (owner: string, faults: readonly string[]): Error =>
  Object.assign(new Error([`The environment of ${owner} is not valid:`, ...faults].join('\n  ')), {
    code: 'ENVIRONMENT_INVALID',
  });

/** The variables that are not empty. */
export const dropEmpty = (env: Readonly<NodeJS.ProcessEnv>): Record<string, string | undefined> =>
  Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));

const faultsOf = (error: z.ZodError): string[] =>
  error.issues.map(({ path, message }) => `${path.join('.')} ${message}.`);
