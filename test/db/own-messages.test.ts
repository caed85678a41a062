import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { putMessage, settleMessages, type NewMessage } from '../../db/messages/inbox.ts';
import { putOwnMessage } from '../../db/messages/own-messages.ts';
import { dismissConflict, listConflicts } from '../../db/supervision/conflicts.ts';
import { countStalls, listStalls, stallsOfCase } from '../../db/supervision/stall-list.ts';
import { settleStalls } from '../../db/supervision/stalls.ts';
import { casesToWatch, listWatchedCases } from '../../db/supervision/watch.ts';
import { systemActor } from '../../domain/case/system-actors.ts';
import { storedId } from '../../domain/message-ids.ts';
import { caseWait } from '../../domain/waiting/case-wait.ts';
import { judgeConflicts } from '../../watcher/conflicts.ts';
import { startDueInstants } from '../../worker/loops/due-instants.ts';
import { withClient } from '../../sandbox/database.ts';
import { accept, openDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openDatabase();
});
afterAll(() => database.close());

const BY = systemActor('due-instants');
const ID = storedId(BY, 'supplement:1:7');
const SECRET = '339900199003070018';
const due = (caseId: string, key = 'supplement:1'): NewMessage => ({
  caseId,
  messageId: ID,
  source: 'system',
  message: { kind: 'due', id: ID, key, by: BY },
});
const lines: unknown[][] = [];
const log = { error: (...line: unknown[]) => void lines.push(line) };
const put = (message: NewMessage) => putOwnMessage(database.db, { cipher: database.cipher, log }, message);
const endCase = (caseId: string) =>
  database.db.query(`update cases set status = 'completed', ended_at = now() where id = $1`, [caseId]);
const watch = async () => settleStalls(database.db, await judgeConflicts(database.db));
const readStalls = async (caseId: string) =>
  (await listStalls(database.db, { now: Date.now() }, { order: 'age', limit: 100 })).rows.filter(
    (stall) => stall.caseId === caseId,
  );

describe('a message of the system', () => {
  it('is recorded once, and a repetition is no conflict', async () => {
    const { caseId } = await accept(database);
    expect(await put(due(caseId))).toBe(true);
    expect(await put(due(caseId))).toBe(true);
    await settleMessages(database.db, [{ caseId, messageId: ID, outcome: { kind: 'applied' } }]);
    expect(await put(due(caseId))).toBe(true);
    expect(await listConflicts(database.db, 10)).toEqual([]);
  });

  it('that meets a different one under its id is logged once and a stall until the case ends', async () => {
    const { caseId, caseNo } = await accept(database);
    await putMessage(database.db, database.cipher, { ...due(caseId, 'pledge'), body: { note: SECRET } });
    for (const _time of [1, 2]) expect(await put(due(caseId))).toBe(false);
    expect(lines).toEqual([[{ caseId, messageId: ID }, 'a message of the system has the id of a different one']]);

    for (const _round of [1, 2]) await watch();
    expect(await readStalls(caseId)).toMatchObject([
      { caseNo, subject: ID, cause: 'system', detail: 'MESSAGE_CONFLICT', turn: 'system', matter: 'house-move' },
    ]);
    expect(await countStalls(database.db, { now: Date.now() })).toMatchObject({ total: 1 });
    // The steps of the case wait for their own reasons.
    expect(await stallsOfCase(database.db, caseId)).toEqual([]);
    expect(await casesToWatch(database.db, { limit: 10, againMs: 0 })).not.toContain(caseId);

    await endCase(caseId);
    for (const _round of [1, 2]) await watch();
    expect(await readStalls(caseId)).toEqual([]);
  });

  it('that a person dismisses is no stall any more, with the first reason', async () => {
    const { caseId } = await accept(database);
    await putMessage(database.db, database.cipher, { ...due(caseId, 'pledge') });
    await put(due(caseId));
    await watch();
    expect(await readStalls(caseId)).toHaveLength(1);
    const dismiss = (messageId: string, id: string, reason: string) =>
      dismissConflict(database.db, database.cipher, { caseId, messageId, by: { role: 'supervisor', id }, reason });
    expect(await dismiss('system:other', 's-1', SECRET)).toBe(false);
    expect(await dismiss(ID, 's-1', SECRET)).toBe(true);
    expect(await dismiss(ID, 's-2', '再次')).toBe(true);
    for (const _round of [1, 2]) await watch();
    expect(await readStalls(caseId)).toEqual([]);
    // The same conflict is found again: it stays dismissed.
    await put(due(caseId));
    await watch();
    expect(await readStalls(caseId)).toEqual([]);
    const { rows } = await database.db.query<{ row: string; by: unknown }>(
      'select message_conflicts::text as row, dismissed_by as by from message_conflicts where case_id = $1',
      [caseId],
    );
    expect(rows).toMatchObject([{ by: { role: 'supervisor', id: 's-1' } }]);
    expect(rows[0]!.row).not.toContain(SECRET);
  });
});

describe('a due instant', () => {
  const plant = async (dueAgoS: number, sentAgoS?: number) => {
    const { caseId } = await accept(database);
    await database.db.query(
      `insert into dues (case_id, key, kind, since, due_at, sent_at)
      values ($1, 'supplement:1', 'supplement', now(), now() - $2 * interval '1 second', now() - $3 * interval '1 second')`,
      [caseId, dueAgoS, sentAgoS ?? null],
    );
    await withClient(database.ownerUrl, (client) =>
      client.query('update cases set ledger_seq = 2 where id = $1', [caseId]),
    );
    return caseId;
  };

  it.each([
    ['was sent and has had no effect', 45, 40],
    ['was not sent', 45, undefined],
  ])('that %s within half a minute is a stall', async (_what, dueAgoS, sentAgoS) => {
    const caseId = await plant(dueAgoS, sentAgoS);
    expect(await casesToWatch(database.db, { limit: 10, againMs: 0 })).toContain(caseId);
    const [found] = await listWatchedCases(database.db, [caseId]);
    expect(caseWait(found!)).toMatchObject({ cause: 'system', detail: 'OVERDUE', turn: 'system' });
  });

  it.each([
    ['was sent a moment ago', 45, 5],
    ['is due since a moment', 5, undefined],
  ])('that %s is none yet', async (_what, dueAgoS, sentAgoS) => {
    const caseId = await plant(dueAgoS, sentAgoS);
    expect(await casesToWatch(database.db, { limit: 10, againMs: 0 })).not.toContain(caseId);
    const [found] = await listWatchedCases(database.db, [caseId]);
    expect(caseWait(found!)).toBeUndefined();
  });

  it('for which the case waits again after it was refused is sent again', async () => {
    const caseId = await plant(1);
    const loop = startDueInstants({ db: database.db, cipher: database.cipher, log: pino({ level: 'silent' }) });
    const readIds = async () => {
      const { rows } = await database.db.query<{ id: string }>(
        'select message_id as id from inbox where case_id = $1 order by received_at',
        [caseId],
      );
      return rows.map(({ id }) => id);
    };
    await expect.poll(readIds, { timeout: 10_000 }).toEqual([storedId(BY, 'supplement:1:2')]);
    await withClient(database.ownerUrl, async (client) => {
      await client.query('update cases set ledger_seq = 3 where id = $1', [caseId]);
      await client.query('update dues set sent_at = null where case_id = $1', [caseId]);
    });
    await expect
      .poll(readIds, { timeout: 10_000 })
      .toEqual([storedId(BY, 'supplement:1:2'), storedId(BY, 'supplement:1:3')]);
    await loop.stop();
  });
});
