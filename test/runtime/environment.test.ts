import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readConfig as readApi } from '../../api/config.ts';
import { count, readServiceEnvironment, wholeNumber } from '../../runtime/environment.ts';
import { readConfig as readWatcher } from '../../watcher/config.ts';
import { readConfig as readWorker } from '../../worker/config.ts';

const folder = mkdtempSync(join(tmpdir(), 'one-matter-environment-'));
afterAll(() => rmSync(folder, { recursive: true }));

const URL = 'postgres://user:secret@127.0.0.1/db';
const file = (name: string, content: string) => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const messageOf = (read: () => unknown): string => {
  try {
    read();
  } catch (error) {
    expect(error).toMatchObject({ code: 'ENVIRONMENT_INVALID' });
    return (error as Error).message;
  }
  throw new Error('nothing was wrong with it');
};

describe.each([
  ['the API', readApi],
  ['the worker', readWorker],
  ['the watcher', readWatcher],
])('the environment of %s', (owner, read) => {
  const GOOD = { DATABASE_URL: URL, ONE_MATTER_KEY_FILE: '/run/secrets/keys', PUBLIC_URL: 'https://one.example' };

  it('treats an empty variable as absent', () => {
    const empty = { ...GOOD, DATABASE_URL_FILE: '', LOG_LEVEL: '', PORT: '', DATABASE_POOL: '', WORKER_HOST: '' };
    expect(read({ ...empty, TEMPORAL_ADDRESS: '', WORKER_PORT: '', WATCHER_PORT: '' })).toEqual(read(GOOD));
    expect(messageOf(() => read({ ...GOOD, DATABASE_URL: '' }))).toContain('DATABASE_URL or DATABASE_URL_FILE must be');
  });

  it('has the address of the database in a variable or in a file, and not in both', () => {
    const { DATABASE_URL: _url, ...rest } = GOOD;
    const DATABASE_URL_FILE = file('url', `${URL}\n`);
    expect(read({ ...rest, DATABASE_URL_FILE })).toEqual(read(GOOD));
    expect(messageOf(() => read({ ...GOOD, DATABASE_URL_FILE }))).toContain(
      'DATABASE_URL and DATABASE_URL_FILE must not both be set.',
    );
    expect(messageOf(() => read({ ...rest, DATABASE_URL_FILE: join(folder, 'none') }))).toContain(
      'DATABASE_URL_FILE names a file that cannot be read (ENOENT).',
    );
    expect(messageOf(() => read({ ...rest, DATABASE_URL_FILE: file('wrong', 'secret words') }))).not.toContain(
      'secret',
    );
  });

  it('has one of the known log levels', () => {
    expect(read({ ...GOOD, LOG_LEVEL: 'silent' })).toMatchObject({ logLevel: 'silent' });
    expect(read(GOOD)).toMatchObject({ logLevel: 'info' });
    expect(messageOf(() => read({ ...GOOD, LOG_LEVEL: 'loud' }))).toBe(
      `The environment of ${owner} is not valid:\n  LOG_LEVEL must be one of trace, debug, info, warn, error, fatal, silent.`,
    );
  });
});

describe('what is wrong with an environment', () => {
  it('is reported completely, one sentence for each mistake, without any value', () => {
    const env = {
      LOG_LEVEL: 'loud',
      PUBLIC_URL: 'javascript:alert(1)',
      WORKER_PORT: 'eighty',
      DATABASE_POOL: '1',
    };
    expect(messageOf(() => readWorker(env)).split('\n')).toEqual([
      'The environment of the worker is not valid:',
      '  DATABASE_URL or DATABASE_URL_FILE must be set.',
      '  LOG_LEVEL must be one of trace, debug, info, warn, error, fatal, silent.',
      '  ONE_MATTER_KEY_FILE must be set.',
      '  PUBLIC_URL must be an address that begins with http:// or https://.',
      '  WORKER_PORT must be a whole number from 0 to 65535.',
      '  DATABASE_POOL must be a whole number from 2 to 200.',
    ]);
  });
});

describe('a number', () => {
  const read = (value: string) =>
    readServiceEnvironment('a test', z.object({ N: wholeNumber(0, 99), C: count.default(7) }), {
      DATABASE_URL: URL,
      N: value,
    });

  it.each(['0', '7', '99', '007'])('may be %s', (value) => {
    expect(read(value)).toMatchObject({ N: Number(value), C: 7 });
  });

  it.each(['-1', '100', '1.5', '1e1', '0x1', ' 1', 'NaN', '１', '99999999999999999999'])('is not %s', (value) => {
    expect(messageOf(() => read(value))).toContain('N must be a whole number from 0 to 99.');
  });
});
