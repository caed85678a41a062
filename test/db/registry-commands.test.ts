import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findAgency } from '../../db/agencies.ts';
import { createCipher, generateKeys, readKeys } from '../../db/personal-data.ts';
import { listRuleTraces, recordRuleTrace } from '../../db/rule-traces.ts';
import { findTokenHolder } from '../../db/tokens.ts';
import { runCli } from '../cli/in-process.ts';
import { accept, openDatabase, type TestDatabase } from './fixtures.ts';

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
  runCli(args, { env: { DATABASE_URL: database.serviceUrl, ONE_MATTER_KEY_FILE: keyFile } });
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

it('refuses a pushed agency without a secret, and a fault in the file with its place', async () => {
  expect(await cli('agencies', 'put', agencyFile(police))).toMatchObject({ code: 2, out: '' });
  const { code, err } = await cli('agencies', 'put', agencyFile({ ...police, conection: 'push' }));
  expect(code).toBe(2);
  expect(err).toContain('conection');
});

it('makes a token that opens the API, and shows it once', async () => {
  const { out } = await cli('tokens', 'create', '--role', 'clerk', '--account', 'clerk-7', '--region', '3304');
  const cipher = createCipher(readKeys({ file: keyFile }));
  expect(await findTokenHolder(database.db, cipher, out.trim())).toEqual({
    role: 'clerk',
    account: 'clerk-7',
    region: '3304',
  });
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
