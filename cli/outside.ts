import { errorCode, isUnavailable } from '../db/sql/pool.ts';
import type { Terminal } from './terminal.ts';

type Translate = Terminal['t'];

/**
 * One sentence for an error with a cause outside this program: a file, a port, the database, the
 * environment. Undefined: a bug in this program.
 */
export const outsideError = (error: unknown, t: Translate): string | undefined =>
  fileError(error, t) ?? portError(error, t) ?? environmentError(error) ?? databaseError(error, t);

const FILE_CODES = {
  ENOENT: 'outside.noFile',
  ENOTDIR: 'outside.noFile',
  EACCES: 'outside.noAccess',
  EPERM: 'outside.noAccess',
  EROFS: 'outside.noAccess',
  EISDIR: 'outside.isFolder',
  ENOSPC: 'outside.noSpace',
} as const;

const isFileCode = (code: string | undefined): code is keyof typeof FILE_CODES =>
  code !== undefined && code in FILE_CODES;

/** Errors of the file system have a path; errors of a connection do not. */
const fileError = (error: unknown, t: Translate): string | undefined => {
  const code = errorCode(error);
  if (!isFileCode(code) || !(error instanceof Error) || !('path' in error)) return undefined;
  return t(FILE_CODES[code], { path: String(error.path) });
};

const portError = (error: unknown, t: Translate): string | undefined => {
  if (errorCode(error) !== 'EADDRINUSE' || !(error instanceof Error)) return undefined;
  return t('outside.portTaken', { port: 'port' in error ? String(error.port) : '' });
};

/** The variables that are not valid (runtime/environment.ts), without their values. */
const environmentError = (error: unknown): string | undefined =>
  errorCode(error) === 'ENVIRONMENT_INVALID' && error instanceof Error ? error.message : undefined;

/**
 * Codes of Postgres, its driver and db/. The message of the driver may contain addresses and
 * passwords, so it is not printed.
 */
const databaseError = (error: unknown, t: Translate): string | undefined => {
  const code = errorCode(error) ?? '';
  if (isUnavailable(error)) return t('outside.databaseUnavailable');
  if (/^28/.test(code)) return t('outside.databaseRefuses');
  if (code === '3D000') return t('outside.noDatabase');
  if (code === '42501') return t('outside.databaseRights');
  if (/^(42P01|42703|42883|3F000)$/.test(code)) return t('outside.schemaOld');
  if (code === 'ERR_INVALID_URL') return t('outside.badAddress');
  if (code === 'CALENDAR_MISSING') return t('outside.noCalendar');
  if (code === 'SEALED_UNREADABLE' || code.startsWith('KEYS_')) return t('outside.keys');
  return undefined;
};
