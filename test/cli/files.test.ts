import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { localTime, readInstant } from '../../cli/times.ts';
import { CASE_ID, CASE_NO, caseView, json, penIn, runCli, startApi } from './in-process.ts';

/** Input from outside the program: files, times, installations, missing servers. */

const folder = mkdtempSync(join(tmpdir(), 'one-matter-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));
let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

const BASE = { ONE_MATTER_HOME: join(folder, 'none'), XDG_CONFIG_HOME: folder, LC_ALL: 'C' };
const cli = (args: string[], env: Record<string, string | undefined> = {}) =>
  runCli(args, { env: { ...BASE, ...env } });

const api = async (handler: Parameters<typeof startApi>[0]) => {
  const started = await startApi(handler);
  server = started.server;
  return started.env;
};

const fileWith = (name: string, content: string | Uint8Array): string => {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
};

test.each(['3', '330', '33041', '3304110', 'x'])('a token for the division %s is refused', async (region) => {
  const { code, err } = await cli(['tokens', 'create', '--role', 'clerk', '--account', 'c', '--region', region]);
  expect(code).toBe(2);
  expect(err).toContain('2, 4 or 6 digits');
});

test.each(['99', '3398', '330499'])('a token for %s, which is no division, is refused', async (region) => {
  const { code, err } = await cli(['tokens', 'create', '--role', 'clerk', '--account', 'c', '--region', region]);
  expect(code).toBe(2);
  expect(err).toContain('There is no such administrative division');
});

describe('a file', () => {
  const submitted = { caseId: CASE_ID, caseNo: CASE_NO, queryCode: '123456', status: 'submitted' };

  test('that an editor on Windows saved is read without its byte order mark', async () => {
    let seen: unknown;
    const env = await api((_request, response, body) => {
      seen = body;
      json(response, 201, submitted);
    });
    const file = fileWith('bom.json', '\ufeff{\r\n  "matter": "newborn-registration"\r\n}\r\n');
    expect(await cli(['case', 'start', file], env)).toMatchObject({ code: 0 });
    expect(seen).toEqual({ matter: 'newborn-registration' });
  });

  test('in GBK is refused with that reason, before a name becomes unreadable', async () => {
    const file = fileWith(
      'gbk.json',
      Buffer.concat([Buffer.from('{"name":"'), Buffer.from([0xc1, 0xd6]), Buffer.from('"}')]),
    );
    const { code, err } = await cli(['case', 'start', file], {
      ONE_MATTER_API: 'http://127.0.0.1:9',
      ONE_MATTER_TOKEN: 't',
    });
    expect({ code, err }).toEqual({
      code: 2,
      err: `${file} is not in UTF-8. Save it with the encoding UTF-8 (it may be in GBK).\n`,
    });
  });

  test.each([
    ['that is not there', 'no-such.json', 'There is no file no-such.json.'],
    ['that is a folder', folder, `${folder} is a folder, and a file is needed.`],
  ])('%s is named in one sentence', async (_what, file, says) => {
    const { code, err } = await cli(['case', 'start', file], {
      ONE_MATTER_API: 'http://127.0.0.1:9',
      ONE_MATTER_TOKEN: 't',
    });
    expect({ code, err }).toEqual({ code: 2, err: `${says}\n` });
  });

  test('with a mistake in its JSON is reported with line and column, without its content', async () => {
    const file = fileWith('broken.json', '{\n  "name": "林"\n  "age": 1\n}');
    const { err } = await cli(['case', 'start', file], { ONE_MATTER_API: 'http://127.0.0.1:9', ONE_MATTER_TOKEN: 't' });
    expect(err).toBe(`${file} is not valid JSON: line 3, column 3.\n`);
  });
});

describe('unknown names', () => {
  test.each([
    ['a registration', ['agencies', 'put', 'nope.yaml'], {}, 'There is no file nope.yaml.'],
    ['the database', ['tokens', 'create', '--role', 'clerk', '--account', 'c'], {}, 'There is no file'],
    [
      'a secret file',
      ['ledger', 'verify'],
      { DATABASE_URL_FILE: '/no/such/secret' },
      'There is no file /no/such/secret.',
    ],
    [
      'a folder for an export',
      ['export', 'cases', '--out', '/no/such/cases.csv'],
      { ONE_MATTER_API: 'http://127.0.0.1:9', ONE_MATTER_TOKEN: 't' },
      'There is no folder /no/such.',
    ],
    ['an address', ['ledger', 'verify'], { DATABASE_URL: 'nonsense' }, 'The address of the database is not valid.'],
    [
      'Postgres',
      ['ledger', 'verify'],
      { DATABASE_URL: 'postgres://a:b@127.0.0.1:9/x' },
      'The database does not answer.',
    ],
    [
      'Postgres, for its owner',
      ['migrate'],
      { MIGRATION_DATABASE_URL: 'postgres://a:b@127.0.0.1:9/x' },
      'The database does not answer.',
    ],
  ])('%s: one sentence, never a stack', async (_what, args, env, says) => {
    const { code, err } = await cli(args, env);
    expect(code).toBe(2);
    expect(err).toContain(says);
    expect(err).not.toContain('    at ');
  });
});

test('a sandbox has officers of its agencies, and calls another agency unknown', async () => {
  const home = join(folder, 'sandbox');
  mkdirSync(home);
  const tokens = { clerk: 't', supervisor: 't', admin: 't', officer: { police: 't' } };
  const sandbox = { api: 'http://127.0.0.1:9', temporal: '127.0.0.1:9', postgres: 'postgres://127.0.0.1:9/x', tokens };
  writeFileSync(join(home, 'sandbox.json'), JSON.stringify(sandbox));
  const says = async (...args: string[]) => (await cli(['task', 'list', ...args], { ONE_MATTER_HOME: home })).err;
  expect(await says('--agency', 'nope')).toBe('There is no agency nope. Known: police\n');
  expect(await says()).toBe('Name the agency of the officer (--agency): police\n');
});

describe('times', () => {
  const { t } = penIn('en');

  test('are printed in China time with the offset, and can be read again', () => {
    expect(localTime('2026-11-30T02:00:00.000Z')).toBe('2026-11-30 10:00:00+08:00');
    expect(readInstant({ t }, localTime('2026-11-30T02:00:00.000Z'))).toBe('2026-11-30T02:00:00.000Z');
  });

  test('without an offset are China time; with an offset they are that time', () => {
    expect(readInstant({ t }, '2026-11-30')).toBe('2026-11-29T16:00:00.000Z');
    expect(readInstant({ t }, '2026-11-30 13:30')).toBe('2026-11-30T05:30:00.000Z');
    expect(readInstant({ t }, '2026-11-30T05:30:00Z')).toBe('2026-11-30T05:30:00.000Z');
  });

  test.each(['tomorrow', '2026-13-01', '2026-02-30', '30.11.2026', '2026-11-30 25:00'])('%s is not a time', (text) => {
    expect(() => readInstant({ t }, text)).toThrow(`“${text}” is not a valid time.`);
  });
});

describe('profiles', () => {
  const config = join(folder, 'profiles-of-a-person');
  const file = join(config, 'one-matter', 'profiles.json');
  const runWithProfile = (args: string[], env: Record<string, string | undefined> = {}) =>
    cli(args, { ...env, XDG_CONFIG_HOME: config, ONE_MATTER_HOME: undefined });

  test('each name an installation; the token is unreadable for others and never printed', async () => {
    const tokens: (string | undefined)[] = [];
    const { ONE_MATTER_API: address } = await api(({ headers }, response) => {
      tokens.push(headers.authorization);
      json(response, 200, caseView());
    });
    const tokenFile = fileWith('token', 'om_secret\n');
    expect(await runWithProfile(['config', 'set', 'city', '--api', address!, '--token-file', tokenFile])).toMatchObject(
      {
        code: 0,
      },
    );
    expect(statSync(file).mode & 0o777).toBe(0o600);

    expect((await runWithProfile(['case', 'show', CASE_ID, '--profile', 'city'])).code).toBe(0);
    expect((await runWithProfile(['case', 'show', CASE_ID], { ONE_MATTER_PROFILE: 'city' })).code).toBe(0);
    expect((await runWithProfile(['config', 'use', 'city'])).code).toBe(0);
    expect((await runWithProfile(['case', 'show', CASE_ID])).code).toBe(0);
    expect(tokens).toEqual(Array(3).fill('Bearer om_secret'));

    const listed = await runWithProfile(['config', 'list', '-o', 'json']);
    expect(JSON.parse(listed.out)).toEqual({
      profiles: [{ name: 'city', api: address, current: true, hasToken: true }],
    });
    expect(listed.out).not.toContain('om_secret');
    expect((await runWithProfile(['config', 'use', 'none'])).code).toBe(0);
    expect((await runWithProfile(['config', 'remove', 'city'])).code).toBe(0);
    expect((await runWithProfile(['config', 'list'])).out).toContain('There is no profile.');
  });

  test('of an unknown name are called unknown', async () => {
    for (const args of [
      ['case', 'list', '--profile', 'nope'],
      ['config', 'use', 'nope'],
      ['config', 'remove', 'nope'],
    ]) {
      expect(await runWithProfile(args)).toMatchObject({ code: 2, err: 'There is no profile nope. Known: –\n' });
    }
  });

  test('in a file that others can read are refused', async () => {
    await runWithProfile(['config', 'set', 'city', '--api', 'http://127.0.0.1:9']);
    writeFileSync(file, '{"profiles":{}}');
    chmodSync(file, 0o644);
    expect(await runWithProfile(['config', 'list'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('chmod 600') as string,
    });
  });
});
