import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { upsertAgency } from '../../db/agencies/agencies.ts';
import type { PersonRecord } from '../../db/registry/people.ts';
import { findTokenHolder, type TokenRecord } from '../../db/registry/tokens.ts';
import { createCipher, generateKeys, readKeys, type Cipher } from '../../db/sql/sealing.ts';
import { runCli } from '../cli/in-process.ts';
import { openDatabase, type TestDatabase } from '../support/database.ts';

const folder = mkdtempSync(join(tmpdir(), 'one-matter-people-'));
const keyFile = join(folder, 'keys.json');
let database: TestDatabase;
let cipher: Cipher;
beforeAll(async () => {
  writeFileSync(keyFile, generateKeys());
  cipher = createCipher(readKeys({ file: keyFile }));
  database = await openDatabase();
  for (const id of ['police', 'post']) {
    await upsertAgency(database.db, cipher, {
      id,
      name: { zh: id, en: id },
      connection: 'worklist',
      secrets: [],
      timeoutMs: 1_000,
      allowPrivate: false,
      maxInFlight: 16,
      nature: 'organ',
      enquireAfterS: 900,
    });
  }
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await database.close();
});

const cli = (...args: string[]) =>
  runCli(args, {
    env: {
      DATABASE_URL: database.serviceUrl,
      ONE_MATTER_KEY_FILE: keyFile,
      ONE_MATTER_HOME: folder,
      XDG_CONFIG_HOME: folder,
      LC_ALL: 'C',
    },
  });
const done = async (...args: string[]): Promise<string> => {
  const { code, out, err } = await cli(...args);
  expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
  return out.trim();
};
const createPerson = async (account: string, ...roles: string[][]): Promise<void> => {
  await done('people', 'add', account, '--name', '诸葛明');
  for (const role of roles) await done('people', 'roles', 'add', account, '--role', ...role);
};
const showPerson = async (account: string) =>
  JSON.parse(await done('people', 'show', account, '-o', 'json')) as PersonRecord & { tokens: TokenRecord[] };
const createToken = (account: string, ...rest: string[]) => done('tokens', 'create', '--account', account, ...rest);
const holderOf = (token: string) => findTokenHolder(database.db, cipher, token);

describe('people', () => {
  it('have a name, which is stored sealed, and several roles', async () => {
    const roles = [
      ['supervisor', '--region', '3304'],
      ['admin'],
      ['officer', '--agency', 'police', '--region', '3304'],
    ];
    await createPerson('wei', ...roles);
    expect(await showPerson('wei')).toMatchObject({
      account: 'wei',
      name: '诸葛明',
      roles: [
        { role: 'admin', region: '', groups: [] },
        { role: 'officer', agency: 'police', region: '3304', groups: [] },
        { role: 'supervisor', region: '3304', groups: [] },
      ],
      tokens: [],
    });
    const { rows } = await database.db.query<{ name: Buffer }>(`select name from people where account = 'wei'`);
    expect(rows[0]!.name.includes(Buffer.from('诸葛明'))).toBe(false);
    expect(await done('people', 'list')).toMatch(/wei +诸葛明 +Administrator everywhere, Officer police 3304/);
    expect(await done('people', 'add', 'wei', '--name', '诸葛亮')).toBe('wei has the new name.');
    expect((await showPerson('wei')).name).toBe('诸葛亮');
  });

  it('are called unknown, as are roles and agencies that do not exist', async () => {
    await createPerson('lin');
    for (const [args, message] of [
      [['people', 'show', 'nope'], 'There is no person nope.'],
      [['people', 'disable', 'nope', '--reason', 'x', '--by', 'a'], 'There is no person nope.'],
      [['people', 'roles', 'add', 'nope', '--role', 'clerk'], 'There is no person nope.'],
      [['people', 'roles', 'end', 'lin', '--role', 'clerk'], 'lin does not have this role'],
      [['people', 'roles', 'add', 'lin', '--role', 'officer', '--agency', 'nope'], 'There is no agency nope.'],
      [['people', 'roles', 'add', 'lin', '--role', 'officer'], 'agency: Required for an officer'],
      [['people', 'roles', 'add', 'lin', '--role', 'clerk', '--region', '330'], 'Must have 2, 4 or 6 digits'],
      [['people', 'roles', 'add', 'lin', '--role', 'clerk', '--region', '3398'], 'no such administrative division'],
      [['people', 'add', 'a b', '--name', 'x'], 'account'],
      [['people', 'add', 'Lin', '--name', 'x'], 'account: Must have 1 to 64 lower-case letters'],
      [['tokens', 'create', '--account', 'Lin', '--role', 'clerk'], 'account: Must have 1 to 64 lower-case letters'],
      [['people', 'add', 'clerk-339900199003070018', '--name', 'x'], 'ID number'],
      [['tokens', 'create', '--account', '339900900307001', '--role', 'clerk'], 'ID number'],
      [['people', 'disable', 'wei', '--by', '33990019900307001X', '--reason', 'x'], 'ID number'],
      [['people', 'add', 'ab', '--name', 'x\ny'], 'name'],
      [['tokens', 'rotate', '000000000000'], 'There is no token 000000000000.'],
    ] as const) {
      const { code, err } = await cli(...args);
      expect([code, err], args.join(' ')).toEqual([2, expect.stringContaining(message)]);
    }
  });

  it('get a role once, and lose it with its tokens and the groups of its agency', async () => {
    await createPerson('chen', ['officer', '--agency', 'police'], ['officer', '--agency', 'post'], ['clerk']);
    expect(await done('people', 'roles', 'add', 'chen', '--role', 'clerk')).toContain('before: nothing is changed');
    for (const agency of ['police', 'post']) {
      await database.db.query(`insert into group_members (agency, group_id, account) values ($1, 'g', 'chen')`, [
        agency,
      ]);
    }
    const [police, post] = [
      await createToken('chen', '--role', 'officer', '--agency', 'police'),
      await createToken('chen', '--role', 'officer', '--agency', 'post'),
    ];
    expect(await cli('people', 'roles', 'end', 'chen', '--role', 'officer')).toMatchObject({
      code: 2,
      err: expect.stringContaining('several times: Officer police everywhere, Officer post everywhere') as string,
    });
    await done('people', 'roles', 'end', 'chen', '--role', 'officer', '--agency', 'police');
    expect(await holderOf(police)).toBeUndefined();
    expect(await holderOf(post)).toMatchObject({ account: 'chen', agency: 'post' });
    expect((await showPerson('chen')).roles).toMatchObject([
      { role: 'clerk' },
      { role: 'officer', agency: 'post', groups: ['g'] },
    ]);
    expect((await database.db.query(`select from group_members where account = 'chen'`)).rowCount).toBe(1);
  });

  it('that are disabled have no valid token, and none is made until they are enabled', async () => {
    await createPerson('song', ['clerk'], ['supervisor']);
    const tokens = [await createToken('song', '--role', 'clerk'), await createToken('song', '--role', 'supervisor')];
    const disable = ['people', 'disable', 'song', '--reason', '离职', '--by', 'wei'];
    expect(await done(...disable)).toBe('song is disabled: all their tokens have ended.');
    expect(await done(...disable)).toContain('nothing is changed');
    for (const token of tokens) expect(await holderOf(token)).toBeUndefined();
    expect(await showPerson('song')).toMatchObject({ disabledBy: 'wei', disabledReason: '离职' });
    expect(await cli('tokens', 'create', '--account', 'song', '--role', 'clerk')).toMatchObject({
      code: 2,
      err: expect.stringContaining('song is disabled.') as string,
    });
    await done('people', 'enable', 'song', '--reason', '返岗', '--by', 'wei');
    for (const token of tokens) expect(await holderOf(token)).toBeUndefined();
    expect(await holderOf(await createToken('song', '--role', 'clerk'))).toMatchObject({ account: 'song' });
  });
});

describe('who did it', () => {
  it('is on record for each role that was given or ended, and each token that was made or revoked', async () => {
    await createPerson('hua');
    await done('people', 'roles', 'add', 'hua', '--role', 'clerk', '--by', 'wei');
    expect((await showPerson('hua')).roles).toMatchObject([{ addedBy: 'wei' }]);
    const idOf = async (token: string) => (await holderOf(token))!.token;
    const [first, second] = [
      await idOf(await createToken('hua', '--role', 'clerk', '--by', 'lin')),
      await idOf(await createToken('hua', '--role', 'clerk', '--by', 'lin')),
    ];
    await done('tokens', 'revoke', first, '--by', 'gao');
    const { out } = await cli('tokens', 'rotate', second, '--by', 'luo');
    const third = await idOf(out.trim());
    await done('people', 'roles', 'end', 'hua', '--role', 'clerk', '--by', 'song');
    const { tokens } = await showPerson('hua');
    const byId = Object.fromEntries(tokens.map(({ id, createdBy, revokedBy }) => [id, [createdBy, revokedBy]]));
    expect(byId).toEqual({ [first]: ['lin', 'gao'], [second]: ['lin', 'luo'], [third]: ['luo', 'song'] });
    const { rows } = await database.db.query(`select ended_by from person_roles where account = 'hua'`);
    expect(rows).toEqual([{ ended_by: 'song' }]);
    expect(await done('tokens', 'list', '--account', 'hua', '-o', 'wide')).toMatch(/CREATED BY.*REVOKED BY/);
  });

  it('is on record for the tokens of a person who is disabled', async () => {
    await createPerson('mei', ['clerk']);
    await createToken('mei', '--role', 'clerk');
    await done('people', 'disable', 'mei', '--reason', '离职', '--by', 'wei');
    expect((await showPerson('mei')).tokens).toMatchObject([{ revokedBy: 'wei' }]);
  });
});

describe('a token', () => {
  it('makes a person of an unknown account, with this role and no name', async () => {
    const { out, err } = await cli('tokens', 'create', '--account', 'new', '--role', 'clerk', '--region', '3304');
    expect(await holderOf(out.trim())).toMatchObject({ account: 'new', role: 'clerk', region: '3304' });
    expect(err).toContain('new is a new person.');
    const { name, roles } = await showPerson('new');
    expect([name, roles]).toMatchObject([undefined, [{ role: 'clerk', region: '3304' }]]);
  });

  it('never has more rights than its person: it takes their role, with its division', async () => {
    await createPerson('gao', ['clerk', '--region', '330411'], ['officer', '--agency', 'post', '--region', '33']);
    expect(await holderOf(await createToken('gao', '--role', 'clerk'))).toMatchObject({ region: '330411' });
    expect(await holderOf(await createToken('gao', '--role', 'officer'))).toMatchObject({
      agency: 'post',
      region: '33',
    });
    for (const wider of [
      ['--role', 'clerk', '--region', '33'],
      ['--role', 'admin'],
      ['--role', 'officer', '--agency', 'police'],
    ]) {
      expect(await cli('tokens', 'create', '--account', 'gao', ...wider)).toMatchObject({
        code: 2,
        out: '',
        err: expect.stringContaining('gao does not have this role, but: Clerk 330411, Officer post 33.') as string,
      });
    }
  });

  it('is replaced by another of the same role: at once, or the old one ends after a grace time', async () => {
    await createPerson('luo', ['clerk', '--region', '3304']);
    const first = await createToken('luo', '--role', 'clerk');
    const idOf = async (token: string) => (await holderOf(token))!.token;
    const firstId = await idOf(first);
    const second = (await cli('tokens', 'rotate', firstId)).out.trim();
    expect(await holderOf(first)).toBeUndefined();
    expect(await holderOf(second)).toMatchObject({ account: 'luo', role: 'clerk', region: '3304' });
    expect(await cli('tokens', 'rotate', firstId)).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining(`${firstId} has ended.`) as string,
    });

    const secondId = await idOf(second);
    const readEnd = async () => {
      const tokens = JSON.parse(await done('tokens', 'list', '--account', 'luo', '-o', 'json')) as TokenRecord[];
      return tokens.find(({ id }) => id === secondId)!.expiresAt!;
    };
    const third = (await cli('tokens', 'rotate', secondId, '--grace', '24')).out.trim();
    for (const valid of [second, third]) expect(await holderOf(valid)).toMatchObject({ account: 'luo' });
    const end = await readEnd();
    expect(end).toBeLessThanOrEqual(Date.now() + 24 * 3_600_000);
    // A grace time never keeps a token valid for longer than it was.
    const fourth = (await cli('tokens', 'rotate', secondId, '--grace', '168')).out.trim();
    expect(await readEnd()).toBe(end);
    expect(await holderOf(fourth)).toMatchObject({ account: 'luo' });
  });
});
