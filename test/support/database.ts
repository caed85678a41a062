import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { inject } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { acceptCase, type AcceptedCase, type NewCase } from '../../db/cases/cases.ts';
import { publishMatter } from '../../db/registry/matters.ts';
import { createCipher, generateKeys, readKeys, type Cipher } from '../../db/sql/sealing.ts';
import { createPool, inTransaction } from '../../db/sql/pool.ts';
import { createDatabase, withClient, type Database } from '../../sandbox/database.ts';
import { HOUSE_MOVE, HOUSE_MOVE_PLAN } from './matters.ts';
import type { Servers } from './servers.ts';

export interface FreshDatabase extends Database {
  /** For `afterAll`; cuts open connections. */
  drop: () => Promise<void>;
}

/** A migrated, empty database for one test file, with the two roles of an installation. */
export const freshDatabase = async (
  server: Servers['postgres'] = inject('servers').postgres,
): Promise<FreshDatabase> => {
  const name = `test_${randomBytes(6).toString('hex')}`;
  const database = await createDatabase({ ...server, name });
  return {
    ...database,
    drop: async () => {
      await withClient(server.adminUrl, (client) => client.query(`drop database ${name} with (force)`));
    },
  };
};

export interface TestDatabase extends FreshDatabase {
  /** The address for the service role. */
  db: Pool;
  cipher: Cipher;
  /** The address for the superuser, who may disable triggers. */
  adminUrl: string;
  close: () => Promise<void>;
}

/** A new database with a published matter, and a pool with the service role. */
export const openDatabase = async ({ max = 5 }: { max?: number } = {}): Promise<TestDatabase> => {
  const fresh = await freshDatabase();
  const db = createPool({ url: fresh.serviceUrl, max, name: 'test' });
  const cipher = createCipher(readKeys({ env: generateKeys() }));
  const adminUrl = new URL(inject('servers').postgres.adminUrl);
  adminUrl.pathname = new URL(fresh.serviceUrl).pathname;
  await publishMatter(db, { matter: HOUSE_MOVE, hash: HOUSE_MOVE_PLAN.hash, by: 'test' });
  return {
    ...fresh,
    db,
    cipher,
    adminUrl: adminUrl.href,
    close: async () => {
      await db.end();
      await fresh.drop();
    },
  };
};

export const newCase = (change: Partial<NewCase> = {}): NewCase => ({
  caseId: uuidv7(),
  matter: 'house-move',
  version: 1,
  region: '330411',
  channel: 'window',
  plan: HOUSE_MOVE_PLAN,
  form: { name: '张三丰', idNo: '339900199003070018' },
  materials: [],
  by: { role: 'clerk', id: 'clerk-1' },
  at: Date.parse('2024-11-20T03:00:00.123Z'),
  keys: [
    { kind: 'id-no', value: '339900199003070018' },
    { kind: 'name', value: '张三丰' },
  ],
  duplicates: [],
  ...change,
});

/** Accepts a case as the API does. */
export const accept = (database: TestDatabase, change: Partial<NewCase> = {}): Promise<AcceptedCase> =>
  inTransaction(database.db, (client) => acceptCase(client, database.cipher, newCase(change)));
