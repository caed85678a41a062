import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findAgency } from '../../db/agencies/agencies.ts';
import { beat } from '../../db/supervision/heartbeats.ts';
import { createCipher, generateKeys, readKeys } from '../../db/sql/sealing.ts';
import { listRuleTraces, recordRuleTrace } from '../../db/cases/rule-traces.ts';
import { findTokenHolder } from '../../db/registry/tokens.ts';
import { findMatter } from '../../db/registry/matters.ts';
import { runCli } from '../cli/in-process.ts';
import { AGENCIES, SMALL_MATTER } from '../domain/authoring/small-matter.ts';
import { accept, openDatabase, type TestDatabase } from '../support/database.ts';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

const folder = mkdtempSync(join(tmpdir(), 'one-matter-registry-'));
const keyFile = join(folder, 'keys.json');
const secretFile = join(folder, 'secret');
let database: TestDatabase;
beforeAll(async () => {
  database = await openDatabase();
  writeFileSync(keyFile, generateKeys());
  writeFileSync(secretFile, `${SECRET}\n`);
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
    },
  });
const agencyFile = (agency: object) => {
  const file = join(folder, 'agency.json');
  writeFileSync(file, JSON.stringify(agency));
  return file;
};
const police = {
  id: 'police',
  name: { zh: '公安', en: 'Police' },
  connection: 'push',
  baseUrl: 'https://police.example/one-matter',
};

it('registers an agency with its secret', async () => {
  const { code } = await cli('agencies', 'put', agencyFile({ ...police, secretFiles: ['secret'] }));
  expect(code).toBe(0);
  const cipher = createCipher(readKeys({ file: keyFile }));
  expect(await findAgency(database.db, cipher, 'police')).toMatchObject({ ...police, secrets: [SECRET] });
});

it('refuses a secret that another agency has, registered or in the same folder', async () => {
  expect((await cli('agencies', 'put', agencyFile({ ...police, secretFiles: ['secret'] }))).code).toBe(0);
  const copy = { ...police, id: 'copy', secretFiles: ['secret'] };
  expect(await cli('agencies', 'put', agencyFile(copy))).toMatchObject({
    code: 2,
    err: expect.stringMatching(/police.*copy|copy.*police/) as string,
  });
  const both = join(folder, 'both');
  mkdirSync(both);
  for (const id of ['one', 'two']) {
    writeFileSync(join(both, `${id}.json`), JSON.stringify({ ...copy, id, secretFiles: [join(folder, 'secret')] }));
  }
  expect((await cli('agencies', 'put', both)).code).toBe(2);
  const cipher = createCipher(readKeys({ file: keyFile }));
  for (const id of ['copy', 'one', 'two']) expect(await findAgency(database.db, cipher, id)).toBeUndefined();
});

it('refuses a pushed agency without a secret, and a fault in the file with its place', async () => {
  expect(await cli('agencies', 'put', agencyFile(police))).toMatchObject({ code: 2, out: '' });
  const { code, err } = await cli('agencies', 'put', agencyFile({ ...police, conection: 'push' }));
  expect(code).toBe(2);
  expect(err).toContain('conection');
});

it('registers every agency of a folder, and none of them when one file is wrong', async () => {
  const registrations = join(folder, 'agencies');
  mkdirSync(registrations);
  const put = (name: string, agency: object) => writeFileSync(join(registrations, name), JSON.stringify(agency));
  put('health.json', { id: 'health', name: { zh: '卫健', en: 'Health' }, connection: 'worklist' });
  put('tax.yaml', { id: 'tax', name: { zh: '税务', en: 'Tax' }, connection: 'push' });
  const cipher = createCipher(readKeys({ file: keyFile }));
  const { code, err } = await cli('agencies', 'put', registrations);
  expect(code).toBe(2);
  expect(err).toContain('baseUrl: Required for an agency with connection push');
  expect(await findAgency(database.db, cipher, 'health')).toBeUndefined();

  put('tax.yaml', { id: 'tax', name: { zh: '税务', en: 'Tax' }, connection: 'rules' });
  expect(await cli('agencies', 'put', registrations)).toMatchObject({
    code: 0,
    out: 'health is registered: worklist\ntax is registered: rules\n',
  });
  expect(await findAgency(database.db, cipher, 'tax')).toMatchObject({ connection: 'rules' });
});

it('disables an agency and enables it again; registering it again does not change that', async () => {
  const cipher = createCipher(readKeys({ file: keyFile }));
  const disable = ['agencies', 'disable', 'police', '--reason', 'system replaced'];
  expect(await cli('agencies', 'disable', 'police')).toMatchObject({
    code: 2,
    err: expect.stringContaining('--reason') as string,
  });
  expect((await cli(...disable, '--by', 'alice')).out).toContain('police is disabled');
  expect((await cli(...disable, '--by', 'bob')).out).toContain('nothing is changed');
  expect(await findAgency(database.db, cipher, 'police')).toMatchObject({
    disabledAt: expect.any(Number) as number,
    disabledBy: 'alice',
    disabledReason: 'system replaced',
  });
  await cli('agencies', 'put', agencyFile({ ...police, secretFiles: ['secret'] }));
  expect((await findAgency(database.db, cipher, 'police'))?.disabledAt).toBeGreaterThan(0);
  const enable = ['agencies', 'enable', 'police', '--by', 'carol', '--reason', 'system replaced'];
  expect((await cli(...enable)).out).toContain('police is enabled');
  expect((await cli(...enable)).out).toContain('nothing is changed');
  const enabled = await findAgency(database.db, cipher, 'police');
  expect(enabled).not.toHaveProperty('disabledAt');
  expect(enabled).not.toHaveProperty('disabledBy');
  const { rows } = await database.db.query('select disabled, account from agency_switches order by at');
  expect(rows).toEqual([
    { disabled: true, account: 'alice' },
    { disabled: false, account: 'carol' },
  ]);
  expect(await cli('agencies', 'disable', 'nope', '--reason', 'x')).toMatchObject({
    code: 2,
    err: 'There is no agency nope. Known: health, police, tax\n',
  });
});

it('calls the agency of an officer unknown if it is not registered', async () => {
  const args = ['--role', 'officer', '--account', 'officer-1', '--agency', 'nope'];
  expect(await cli('tokens', 'create', ...args)).toMatchObject({
    code: 2,
    err: expect.stringContaining('There is no agency nope.') as string,
  });
});

it('verifies the ledger of one case by id or number, and calls a case unknown', async () => {
  const { caseId, caseNo } = await accept(database);
  expect(await cli('ledger', 'verify', caseId)).toMatchObject({ code: 0, out: 'The ledger is consistent.\n' });
  expect(await cli('ledger', 'verify', caseNo)).toMatchObject({ code: 0, out: 'The ledger is consistent.\n' });
  for (const unknown of ['0193f1a0-0000-7000-8000-0000000000ff', '33041120241120999991', 'nope']) {
    expect(await cli('ledger', 'verify', unknown)).toMatchObject({ code: 2, err: `There is no case ${unknown}.\n` });
  }
});

it('names a year without a holiday notice, and refuses what is not a year', async () => {
  expect((await cli('calendar', 'show', '--year', '2026')).code).toBe(0);
  expect(await cli('calendar', 'show', '--year', '1999')).toMatchObject({
    code: 2,
    err: expect.stringContaining('has no holiday notice for 1999') as string,
  });
  expect(await cli('calendar', 'show', '--year', 'abc')).toMatchObject({ code: 2 });
});

it('the doctor reports what is right and what is wrong, a line for each check', async () => {
  await beat(database.db, 'worker', randomUUID());
  const { code, out } = await cli('doctor', '-o', 'json');
  expect(code).toBe(1);
  const { checks } = JSON.parse(out) as { checks: { check: string; state: string; says: string }[] };
  const stateOf = (name: string) => checks.find(({ check }) => check === name)?.state;
  expect(['Node', 'database', 'schema', 'worker', 'keys'].map(stateOf)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok']);
  expect(['API', 'watcher'].map(stateOf)).toEqual(['fault', 'fault']);
  expect((await cli('doctor')).out.trimEnd().split('\n')).toHaveLength(checks.length);
});

it('makes a token that opens the API, and shows it once', async () => {
  const { out } = await cli('tokens', 'create', '--role', 'clerk', '--account', 'clerk-7', '--region', '3304');
  const cipher = createCipher(readKeys({ file: keyFile }));
  expect(await findTokenHolder(database.db, cipher, out.trim())).toMatchObject({
    role: 'clerk',
    account: 'clerk-7',
    region: '3304',
  });
});

it('lists tokens without showing them, and revokes one: the API refuses it', async () => {
  const token = (await cli('tokens', 'create', '--role', 'admin', '--account', 'admin-7')).out.trim();
  const list = async () => {
    const { out } = await cli('tokens', 'list', '-o', 'json');
    expect(out).not.toContain(token);
    const tokens = JSON.parse(out) as { id: string; account: string; expiresAt: number; revokedAt?: number }[];
    return tokens.find(({ account }) => account === 'admin-7')!;
  };
  const { id, expiresAt, revokedAt } = await list();
  expect(revokedAt).toBeUndefined();
  expect(expiresAt - Date.now()).toBeGreaterThan(89 * 86_400_000);
  expect((await cli('tokens', 'list')).out).toContain('admin-7');

  expect(await cli('tokens', 'revoke', id)).toMatchObject({
    code: 0,
    out: `${id} is revoked: the API refuses it from now on.\n`,
  });
  const cipher = createCipher(readKeys({ file: keyFile }));
  expect(await findTokenHolder(database.db, cipher, token)).toBeUndefined();
  const { revokedAt: first } = await list();
  expect((await cli('tokens', 'revoke', id)).out).toBe(`${id} was revoked before.\n`);
  expect((await list()).revokedAt).toBe(first);
  expect(await cli('tokens', 'revoke', 'nope')).toMatchObject({ code: 2 });
});

it('publishes nothing while the registry lacks an agency of a step, and names each; the doctor does too', async () => {
  const catalog = join(folder, 'catalog');
  mkdirSync(join(catalog, 'small-matter'), { recursive: true });
  writeFileSync(join(catalog, 'agencies.yaml'), JSON.stringify({ agencies: AGENCIES }));
  writeFileSync(join(catalog, 'small-matter', 'matter.yaml'), SMALL_MATTER);
  const refused = await cli('matters', 'publish', catalog, '--by', 'admin-1');
  expect(refused).toMatchObject({ code: 2, out: '' });
  expect(refused.err).toContain('small-matter: the agency window is not registered (agency-unregistered)\n');
  expect(await findMatter(database.db, 'small-matter')).toBeUndefined();

  for (const agency of AGENCIES) await cli('agencies', 'put', agencyFile({ ...agency, connection: 'worklist' }));
  expect(await cli('matters', 'publish', catalog, '--by', 'admin-1')).toMatchObject({
    code: 0,
    out: 'small-matter version 1: published\n',
  });
  writeFileSync(
    join(catalog, 'small-matter', 'matter.yaml'),
    SMALL_MATTER.replace(/^name:.*$/m, 'name: { zh: 另一个, en: Another }'),
  );
  expect(await cli('matters', 'publish', catalog, '--by', 'admin-1')).toMatchObject({
    code: 2,
    err: 'small-matter version 1 is already published with different content. Raise its version.\n',
  });
  // The database of these tests has a matter that was published without its agencies.
  const { out } = await cli('doctor', '-o', 'json');
  expect(out).toContain('Published matters name agencies that are not registered');
});

it('refuses an officer without an agency', async () => {
  const { code, err } = await cli('tokens', 'create', '--role', 'officer', '--account', 'officer-1');
  expect(code).toBe(2);
  expect(err).toContain('agency');
});

it('keeps the first rule trace of a round', async () => {
  const { caseId } = await accept(database);
  const trace = { caseId, stepId: 'register', round: 1, approved: false, trace: [{ id: 'identified', held: false }] };
  await recordRuleTrace(database.db, trace);
  await recordRuleTrace(database.db, { ...trace, approved: true });
  expect(await listRuleTraces(database.db, caseId)).toMatchObject([trace]);
});

it('registers several agencies for one of the catalog, each for its divisions, and never two for the same', async () => {
  const worklist = { name: { zh: '公安', en: 'Police' }, connection: 'worklist', serves: 'guards' };
  const put = (id: string, divisions: string[]) => cli('agencies', 'put', agencyFile({ ...worklist, id, divisions }));
  // The code of a city stands for its counties.
  expect((await put('guards-jiaxing', ['330400', '330502'])).code).toBe(0);
  const cipher = createCipher(readKeys({ file: keyFile }));
  expect(await findAgency(database.db, cipher, 'guards-jiaxing')).toMatchObject({
    serves: 'guards',
    divisions: ['3304', '330502'],
  });
  expect((await put('guards-xiuzhou', ['330411'])).code).toBe(0);
  const again = await put('guards-other', ['3301', '3304']);
  expect([again.code, again.err]).toEqual([2, expect.stringContaining('Jiaxing Shi, Zhejiang Sheng')]);
  for (const division of ['330499', '330', 'x']) expect((await put('guards-wrong', [division])).code).toBe(2);
});

it('publishes a directory of offices, and names what has no office', async () => {
  const first = await cli('offices', 'publish', '--by', 'test');
  expect([first.code, first.out]).toEqual([0, expect.stringContaining('offices 2026.1: published')]);
  expect((await cli('offices', 'publish', '--by', 'test')).out).toContain('unchanged');
  const file = join(folder, 'offices.yaml');
  const one = `  - { id: a, name: { zh: 甲, en: A }, division: '33', agencies: [tax], address: { zh: 路, en: Road }, hours: { zh: 时, en: Time }, telephone: '12345', from: 2026-01-01 }\n`;
  writeFileSync(file, `version: '2026.1'\noffices:\n${one}`);
  expect(await cli('offices', 'publish', file, '--by', 'test')).toMatchObject({
    code: 1,
    err: expect.stringContaining('raise the version') as string,
  });
  writeFileSync(file, `version: '2025.1'\noffices:\n${one}`);
  expect((await cli('offices', 'publish', file, '--by', 'test')).err).toContain('newer offices');
  expect((await cli('offices', 'show')).out).toContain('1 Shili Road');
  writeFileSync(file, `version: '2026.2'\noffices:\n${one.replace("'33'", "'330499'")}`);
  expect((await cli('offices', 'lint', file)).code).toBe(1);
});
