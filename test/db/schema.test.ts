import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { migrate } from '../../db/migrate.ts';
import { createDatabase, withClient } from '../../sandbox/database.ts';
import { accept, openDatabase, type TestDatabase } from '../support/database.ts';
import { dumpSchema } from './schema-dump.ts';

describe('migrations', () => {
  let ownerUrl: string;
  const name = `test_schema_${process.pid}`;
  const { adminUrl, passwords } = inject('servers').postgres;

  beforeAll(async () => {
    ({ ownerUrl } = await createDatabase({ adminUrl, passwords, name }));
  });
  afterAll(() => withClient(adminUrl, (client) => client.query(`drop database ${name} with (force)`)));

  it('run once each from an empty database, even when several processes start them at once', async () => {
    const migrateOnce = () => migrate({ databaseUrl: ownerUrl, log: () => undefined });
    const ran = await Promise.all([migrateOnce(), migrateOnce(), migrateOnce()]);
    expect(ran.flat().length).toBeGreaterThanOrEqual(4);
    expect(new Set(ran.flat()).size).toBe(ran.flat().length);
    expect(await migrateOnce()).toEqual([]);
  });

  it('give db/schema.sql (after a change: npx vitest run --project server test/db/schema.test.ts -u)', async () => {
    await migrate({ databaseUrl: ownerUrl, log: () => undefined });
    await expect(await withClient(ownerUrl, dumpSchema)).toMatchFileSnapshot('../../db/schema.sql');
  });
});

describe('a migration that has landed', () => {
  const folder = join(import.meta.dirname, '../../db/migrations');
  const files = readdirSync(folder).sort();
  const landed = readFileSync(join(import.meta.dirname, 'migrations.sha256'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split('  '));

  it.each(landed)('never changes: %s %s', (hash, file = '') => {
    expect(
      createHash('sha256')
        .update(readFileSync(join(folder, file)))
        .digest('hex'),
    ).toBe(hash);
  });

  it('is on the list, in order (after adding one: sha256sum *.sql > ../../test/db/migrations.sha256)', () => {
    expect(files).toEqual(landed.map(([, file]) => file));
  });
});

describe('the role of the service', () => {
  let database: TestDatabase;
  let caseId: string;
  beforeAll(async () => {
    database = await openDatabase();
    ({ caseId } = await accept(database));
  });
  afterAll(() => database.close());

  it.each([
    ['change a ledger entry', `update ledger set kind = 'case-ended'`],
    ['delete a ledger entry', 'delete from ledger'],
    ['empty the ledger', 'truncate ledger'],
    ['switch off the guard of the ledger', 'alter table ledger disable trigger all'],
    ['change a dossier', 'update dossiers set revision = 2'],
    ['delete a dossier', 'delete from dossiers'],
    ['change the number or plan of a case', `update cases set plan = '{}'`],
    ['delete a case', 'delete from cases'],
    ['change a published matter', `update matters set definition = '{}'`],
    ['change the search keys', `update case_keys set hash = 'x'`],
    ['forget a message', 'delete from inbox'],
    ['forget an idempotent answer', 'delete from idempotency_keys'],
    ['take back a disclosure', 'delete from disclosures'],
    ['change who read personal data', `update reads set account = 'x'`],
    ['forget who read personal data', 'delete from reads'],
    ['empty the record of reads', 'truncate reads'],
    ['give a role in the name of another', `update person_roles set added_by = 'x'`],
    ['make a token in the name of another', `update tokens set created_by = 'x'`],
    ['rewrite what was said about a supervision order', `update supervision_events set kind = 'close'`],
    ['forget what was said about a supervision order', 'delete from supervision_events'],
    ['forget who disabled an agency', 'delete from agency_switches'],
    ['forget who disabled a person', 'delete from person_switches'],
    ['give a token to another person', 'update tokens set role_id = gen_random_uuid()'],
    ['widen a role', `update person_roles set role = 'admin', region = ''`],
    ['delete a person', 'delete from people'],
    ['address a supervision order to another agency', `update supervision_orders set agency = 'x'`],
    ['take a level of escalation again', 'delete from escalations'],
    ['create a table', 'create table mine (id integer)'],
  ])('may not %s', async (_what, statement) => {
    await expect(database.db.query(statement)).rejects.toMatchObject({ code: '42501' });
  });

  it.each([`update ledger set kind = 'case-ended'`, 'delete from ledger', 'truncate ledger'])(
    'is not alone in that: not even the owner may %s',
    async (statement) => {
      await withClient(database.ownerUrl, async (client) => {
        await expect(client.query(statement)).rejects.toThrow('the ledger is append-only');
      });
    },
  );

  it('may do what its work needs', async () => {
    await expect(
      database.db.query('update steps set attempts = 1 where case_id = $1', [caseId]),
    ).resolves.toMatchObject({
      rowCount: 4,
    });
  });
});
