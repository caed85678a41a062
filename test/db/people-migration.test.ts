import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { runner } from 'node-pg-migrate';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { migrate } from '../../db/migrate.ts';
import { createDatabase, withClient } from '../../sandbox/database.ts';

/** A database that was in use before there were people. */

const MIGRATIONS = join(import.meta.dirname, '../../db/migrations');
const before = readdirSync(MIGRATIONS).filter((file) => file < '0012').length;
const { adminUrl, passwords } = inject('servers').postgres;
const name = `test_people_${process.pid}`;
let ownerUrl: string;
beforeAll(async () => {
  ({ ownerUrl } = await createDatabase({ adminUrl, passwords, name }));
  await runner({
    databaseUrl: ownerUrl,
    dir: MIGRATIONS,
    direction: 'up',
    count: before,
    migrationsTable: 'migrations',
    log: () => undefined,
  });
});
afterAll(() => withClient(adminUrl, (client) => client.query(`drop database ${name} with (force)`)));

it('keeps its tokens, and its accounts become people with the roles of their tokens', async () => {
  await withClient(ownerUrl, (client) =>
    client.query(`
      insert into agencies (id, name, connection) values ('police', '{}', 'worklist');
      insert into tokens (hash, role, account, agency, region, revoked_at) values
        ('\\x0001', 'supervisor', 'dual', null, '33', null),
        ('\\x0002', 'admin', 'dual', null, '', null),
        ('\\x0003', 'officer', 'officer-1', 'police', '3304', null),
        ('\\x0004', 'officer', 'officer-1', 'police', '3304', now());
      insert into group_members values ('police', 'g', 'officer-1'), ('police', 'g', 'officer-2');
      insert into absences (agency, account, starts_at, ends_at, group_id, cover, entered_by_role, entered_by)
        values ('police', 'officer-1', now(), now(), 'g', 'officer-3', 'admin', 'dual');`),
  );
  await migrate({ databaseUrl: ownerUrl, log: () => undefined });
  const [people, tokens] = await withClient(ownerUrl, async (client) => [
    await client.query('select account, name from people order by account'),
    await client.query(`select encode(hash, 'hex') as hash, account, role, agency, region, revoked_at is null as valid
      from tokens join person_roles on person_roles.id = role_id order by hash`),
  ]);
  expect(people.rows).toEqual(
    ['dual', 'officer-1', 'officer-2', 'officer-3'].map((account) => ({ account, name: null })),
  );
  const officer = { account: 'officer-1', role: 'officer', agency: 'police', region: '3304' };
  expect(tokens.rows).toEqual([
    { hash: '0001', account: 'dual', role: 'supervisor', agency: null, region: '33', valid: true },
    { hash: '0002', account: 'dual', role: 'admin', agency: null, region: '', valid: true },
    { hash: '0003', ...officer, valid: true },
    { hash: '0004', ...officer, valid: false },
  ]);
});
