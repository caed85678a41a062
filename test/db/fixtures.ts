import type { Pool } from 'pg';
import { inject } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { acceptCase, type AcceptedCase, type NewCase } from '../../db/cases.ts';
import { publishMatter } from '../../db/matters.ts';
import { createCipher, generateKeys, readKeys, type Cipher } from '../../db/personal-data.ts';
import { createPool, inTransaction } from '../../db/pool.ts';
import type { Plan } from '../../matters/engine/plan.ts';
import { Matter } from '../../matters/definition/schema.ts';
import { freshDatabase, type FreshDatabase } from '../support/postgres.ts';

export interface TestDatabase extends FreshDatabase {
  /** As the service sees it. */
  db: Pool;
  cipher: Cipher;
  /** The superuser, who may switch triggers off. */
  adminUrl: string;
  close: () => Promise<void>;
}

/** A fresh database with a published matter, and a pool as the service. */
export const openDatabase = async ({ max = 5 }: { max?: number } = {}): Promise<TestDatabase> => {
  const fresh = await freshDatabase();
  const db = createPool({ url: fresh.serviceUrl, max, name: 'test' });
  const cipher = createCipher(readKeys({ env: generateKeys() }));
  const adminUrl = new URL(inject('servers').postgres.adminUrl);
  adminUrl.pathname = new URL(fresh.serviceUrl).pathname;
  await publishMatter(db, { matter: MATTER, hash: PLAN.hash, by: 'test' });
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

const step = (id: string, agency: string) => ({
  id,
  name: { zh: id, en: id },
  agency,
  kind: 'approve' as const,
  limit: { promised: { workingDays: 1 } },
  discloses: [],
  undo: { class: 'void' as const },
});

export const MATTER = Matter.parse({
  code: 'house-move',
  version: 1,
  name: { zh: '迁居', en: 'Moving house' },
  summary: { zh: '迁居', en: 'Moving house' },
  lead: 'police',
  limit: { promised: { workingDays: 5 } },
  partialCompletion: true,
  form: [{ id: 'name', name: { zh: '姓名', en: 'Name' }, type: 'text' }],
  steps: [step('register', 'police'), step('notify', 'post'), step('meter', 'utilities')],
});

export const PLAN: Plan = {
  matter: 'house-move',
  version: 1,
  hash: 'a'.repeat(64),
  partial: true,
  onSilence: 'return-case',
  steps: [
    { id: 'register', agency: 'police', kind: 'approve', needs: [], undo: { class: 'void' } },
    { id: 'notify.1', agency: 'post', kind: 'approve', needs: [], undo: { class: 'void' } },
    { id: 'notify.2', agency: 'post', kind: 'approve', needs: [], undo: { class: 'void' } },
    { id: 'meter', agency: 'utilities', kind: 'approve', needs: [], undo: { class: 'void' }, skip: true },
  ],
};

export const newCase = (change: Partial<NewCase> = {}): NewCase => ({
  caseId: uuidv7(),
  matter: 'house-move',
  version: 1,
  region: '330411',
  channel: 'window',
  plan: PLAN,
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

/** Accepts a case as the front door does. */
export const accept = (database: TestDatabase, change: Partial<NewCase> = {}): Promise<AcceptedCase> =>
  inTransaction(database.db, (client) => acceptCase(client, database.cipher, newCase(change)));
