import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  actOnBulk,
  countBulkItems,
  createBulk,
  getBulk,
  sendNextItems,
  settleItems,
} from '../../../db/supervision/bulk.ts';
import { settleMessages } from '../../../db/messages/inbox.ts';
import { createCipher, generateKeys, readKeys } from '../../../db/sql/sealing.ts';
import { inTransaction } from '../../../db/sql/pool.ts';
import type { Actor } from '../../../domain/case/messages.ts';
import { accept, openDatabase, type TestDatabase } from '../../support/database.ts';

const ONE: Actor = { role: 'supervisor', id: 'one' };
const TWO: Actor = { role: 'supervisor', id: 'two' };

let database: TestDatabase;
const folder = mkdtempSync(join(tmpdir(), 'one-matter-bulk-'));
const keyFile = join(folder, 'keys.json');
const processes = new Set<ChildProcess>();
beforeAll(async () => {
  writeFileSync(keyFile, generateKeys());
  database = { ...(await openDatabase({ max: 10 })), cipher: createCipher(readKeys({ file: keyFile })) };
});
afterEach(() => Promise.all([...processes].map(kill)));
afterAll(async () => {
  await database.close();
  rmSync(folder, { recursive: true });
});

const executor = (): ChildProcess => {
  const script = fileURLToPath(new URL('../../support/bulk-executor.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, database.serviceUrl, keyFile], { stdio: 'ignore' });
  processes.add(child);
  return child;
};
const kill = async (child: ChildProcess): Promise<void> => {
  processes.delete(child);
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
};

const createFrozenBulk = async (length: number) => {
  const cases = [];
  for (let index = 0; index < length; index += 1) cases.push(await accept(database));
  const items = cases.map(({ caseId }) => ({ caseId, stepId: 'register', round: 1, effect: 'apply' }));
  const bulk = {
    action: { kind: 'urge' as const },
    filter: {},
    region: '33',
    reason: '年底清零',
    createdBy: ONE,
    items,
  };
  return inTransaction(database.db, (client) => createBulk(client, database.cipher, bulk));
};
const run = async (bulkId: string) => {
  await actOnBulk(database.db, database.cipher, bulkId, 'start', ONE);
  await actOnBulk(database.db, database.cipher, bulkId, 'confirm', TWO);
};
const messages = async (bulkId: string) => {
  const { rows } = await database.db.query<{ caseId: string; messageId: string }>(
    'select case_id as "caseId", message_id as "messageId" from inbox where message_id like $1',
    [`system:bulk-executor:${bulkId}:%`],
  );
  return rows;
};
const executing = () => ({ cipher: database.cipher, log: pino({ level: 'silent' }) });
const statusOf = async (bulkId: string) => (await getBulk(database.db, database.cipher, bulkId)).status;
const patiently = { timeout: 50_000, interval: 20 };

describe('the executor of bulk acts', () => {
  it('continues after being killed repeatedly: every item is sent exactly once', async () => {
    const bulkId = await createFrozenBulk(80);
    await run(bulkId);
    for (const least of [10, 30, 50]) {
      const child = executor();
      await vi.waitFor(async () => expect((await messages(bulkId)).length).toBeGreaterThanOrEqual(least), patiently);
      await kill(child);
      const { sent = 0, pending = 0 } = await countBulkItems(database.db, bulkId);
      // What is marked as sent is there, and nothing else is.
      expect([sent, pending]).toEqual([(await messages(bulkId)).length, 80 - sent]);
      expect(sent).toBeLessThan(80);
    }
    executor();
    executor();
    await vi.waitFor(async () => expect((await countBulkItems(database.db, bulkId)).sent).toBe(80), patiently);
    const all = await messages(bulkId);
    expect(new Set(all.map(({ caseId }) => caseId)).size).toBe(80);

    await settleMessages(
      database.db,
      all.map((message, index) => ({
        ...message,
        outcome: index === 0 ? { kind: 'refused', code: 'CASE_ENDED' } : { kind: 'applied' },
      })),
    );
    await vi.waitFor(async () => expect(await statusOf(bulkId)).toBe('done'), patiently);
    expect(await countBulkItems(database.db, bulkId)).toEqual({ applied: 79, refused: 1 });
  });

  it('sends nothing before the second person confirmed, nothing while paused, nothing after a stop', async () => {
    const bulkId = await createFrozenBulk(60);
    const look = () => sendNextItems(database.db, executing(), { limit: 5, everyMs: 0 });
    const verb = (name: 'start' | 'confirm' | 'pause' | 'resume' | 'stop', by = ONE) =>
      actOnBulk(database.db, database.cipher, bulkId, name, by);
    expect(await look()).toBe(0);
    await verb('start');
    expect(await look()).toBe(0);
    expect(await verb('confirm')).toEqual({ kind: 'refused', code: 'SECOND_PERSON_REQUIRED' });
    expect(await look()).toBe(0);
    await verb('confirm', TWO);
    expect(await look()).toBe(5);
    await verb('pause');
    expect(await look()).toBe(0);
    await verb('resume');
    expect(await look()).toBe(5);
    await verb('stop');
    expect(await look()).toBe(0);
    await settleItems(database.db);
    expect(await countBulkItems(database.db, bulkId)).toEqual({ sent: 10, stopped: 50 });
    expect(await verb('resume')).toEqual({ kind: 'refused', code: 'ACTION_NOT_ALLOWED' });
  });

  it('keeps to the rate of the act, with several processes at once', async () => {
    const bulkId = await createFrozenBulk(40);
    await run(bulkId);
    const looks = await Promise.all(
      Array.from({ length: 8 }, () => sendNextItems(database.db, executing(), { limit: 5, everyMs: 60_000 })),
    );
    expect(looks.sort()).toEqual([0, 0, 0, 0, 0, 0, 0, 5]);
    expect(await messages(bulkId)).toHaveLength(5);
    await actOnBulk(database.db, database.cipher, bulkId, 'stop', ONE);
  });
});
