import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { getCase } from '../../db/cases.ts';
import { recordProgress, readLedger, type LedgerHead, type Progress, type StepChange } from '../../db/ledger.ts';
import { verifyLedger } from '../../db/ledger-verification.ts';
import { listDues } from '../../db/dues.ts';
import { listNotices } from '../../db/notices.ts';
import { claimTask } from '../../db/claims.ts';
import { listSteps, recordAttempt } from '../../db/steps.ts';
import type { LedgerEntry } from '../../matters/engine/ledger.ts';
import { withClient } from '../../sandbox/database.ts';
import { accept, openDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let caseId: string;
let head: LedgerHead;
const AT = Date.parse('2024-11-20T03:00:01Z');

beforeAll(async () => {
  database = await openDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  ({ caseId } = await accept(database));
  const [first] = await readLedger(database.db, caseId, 0, 1);
  head = { seq: 1, hash: first!.hash };
});

const submitted = (stepId: string, round = 1, at = AT): LedgerEntry => ({ kind: 'step-submitted', at, stepId, round });
const step = (id: string, change: Partial<StepChange> = {}): StepChange => ({
  id,
  seq: head.seq + 1,
  agency: 'police',
  status: 'submitted',
  round: 1,
  undo: false,
  ...change,
});

const progress = (entries: LedgerEntry[], change: Partial<Progress> = {}): Progress => ({
  caseId,
  prevSeq: head.seq,
  prevHash: head.hash,
  entries,
  status: 'accepted',
  gaps: [],
  steps: [],
  notices: [],
  dues: [],
  calendar: 2026001,
  ...change,
});

/** Records and goes on from there. */
const record = async (entries: LedgerEntry[], change: Partial<Progress> = {}): Promise<void> => {
  head = await recordProgress(database.db, progress(entries, change));
};

const stepOf = async (id: string) => {
  const found = (await listSteps(database.db, caseId)).find(({ stepId }) => stepId === id);
  if (!found) throw new Error(`no step ${id}`);
  return found;
};

describe('recordProgress', () => {
  it('writes entries, steps and the case, as it was given them', async () => {
    const entries = [{ kind: 'case-accepted', at: AT } as const, submitted('register'), submitted('notify.1')];
    await record(entries, {
      acceptedAt: AT,
      yellowAt: AT + 3,
      promisedAt: AT + 5,
      statutoryAt: AT + 9,
      provisional: true,
      steps: [
        step('register', { startedAt: AT, yellowAt: AT + 1, promisedAt: AT + 2, statutoryAt: AT + 3 }),
        step('notify.1'),
      ],
    });

    expect((await readLedger(database.db, caseId, 1, 10)).map(({ seq, at, entry }) => ({ seq, at, entry }))).toEqual(
      entries.map((entry, index) => ({ seq: index + 2, at: AT, entry })),
    );
    expect(await getCase(database.db, caseId)).toMatchObject({
      status: 'accepted',
      acceptedAt: AT,
      yellowAt: AT + 3,
      promisedAt: AT + 5,
      statutoryAt: AT + 9,
      provisional: true,
      ledgerSeq: 4,
    });
    expect(await stepOf('register')).toMatchObject({
      status: 'submitted',
      round: 1,
      startedAt: AT,
      yellowAt: AT + 1,
      promisedAt: AT + 2,
      statutoryAt: AT + 3,
    });
    expect(await stepOf('notify.2')).toMatchObject({ status: 'waiting', round: 0 });
    expect(await verifyLedger(database.db, caseId)).toEqual([]);
  });

  it('given twice, and many times at once, changes nothing the second time and answers the same', async () => {
    const one = progress([submitted('register'), submitted('notify.1')], { steps: [step('register')] });
    const answers = await Promise.all(Array.from({ length: 8 }, () => recordProgress(database.db, one)));
    answers.push(await recordProgress(database.db, one));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await readLedger(database.db, caseId, 0, 10)).toHaveLength(3);

    await record([submitted('register'), submitted('notify.1')], { steps: [step('register')] });
    await record([submitted('notify.2')], { steps: [step('register', { status: 'accepted' })] });
    expect(await recordProgress(database.db, one), 'also after the case went on').toEqual(answers[0]);
    expect((await stepOf('register')).status).toBe('accepted');
  });

  it('refuses another history of the case', async () => {
    const prev = head;
    await record([submitted('register')]);
    const now = head;
    head = prev;
    await expect(record([submitted('notify.1')])).rejects.toMatchObject({ code: 'LEDGER_CONFLICT' });
    head = { seq: 2, hash: '00'.repeat(32) };
    await expect(record([submitted('notify.1')])).rejects.toMatchObject({ code: 'LEDGER_CONFLICT' });
    head = { ...now, seq: 7 };
    await expect(record([submitted('notify.1')])).rejects.toMatchObject({ code: 'LEDGER_CONFLICT' });
    expect(await readLedger(database.db, caseId, 0, 10)).toHaveLength(2);
  });

  it('of two different histories at once keeps exactly one', async () => {
    const answers = await Promise.allSettled(
      ['register', 'notify.1', 'notify.2'].map((id) =>
        recordProgress(database.db, progress([submitted(id)], { steps: [step(id)] })),
      ),
    );
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await listSteps(database.db, caseId)).filter(({ status }) => status === 'submitted')).toHaveLength(1);
    expect(await verifyLedger(database.db, caseId)).toEqual([]);
  });

  it('refuses to change anything without an entry', async () => {
    await expect(record([], { steps: [step('register')] })).rejects.toThrow('no entries');
  });

  it('keeps what it is not told about clocks and clears what the state no longer has', async () => {
    await record([submitted('register')], {
      promisedAt: AT + 5,
      steps: [
        step('register', { startedAt: AT, promisedAt: AT + 2, attention: 'AGENCY_REJECTED', status: 'attention' }),
      ],
    });
    await record([submitted('register')], { steps: [step('register')] });
    const now = await stepOf('register');
    expect(now).toMatchObject({ startedAt: AT, promisedAt: AT + 2 });
    expect(now).not.toHaveProperty('attention');
    expect(await getCase(database.db, caseId)).toMatchObject({ promisedAt: AT + 5 });
  });

  it('keeps the failed attempts of a round until the next one, and the next attempt while one is to come', async () => {
    await record([submitted('register')], { steps: [step('register')] });
    const attempt = { caseId, stepId: 'register', round: 1, error: 'ECONNREFUSED', nextAttemptAt: AT + 60_000 };
    await recordAttempt(database.db, attempt);
    await recordAttempt(database.db, attempt);
    expect(await stepOf('register')).toMatchObject({
      attempts: 2,
      lastError: 'ECONNREFUSED',
      nextAttemptAt: AT + 60_000,
    });

    const accepted: LedgerEntry = { kind: 'step-accepted', at: AT, stepId: 'register', round: 1 };
    await record([accepted], { steps: [step('register', { status: 'accepted' })] });
    expect(await stepOf('register')).toMatchObject({ attempts: 2, lastError: 'ECONNREFUSED' });
    expect(await stepOf('register')).not.toHaveProperty('nextAttemptAt');
    await recordAttempt(database.db, attempt);
    expect(await stepOf('register'), 'a late attempt says nothing any more').toMatchObject({ attempts: 2 });

    await record([submitted('register', 2)], { steps: [step('register', { round: 2 })] });
    expect(await stepOf('register')).toMatchObject({ attempts: 0, enquiries: 0 });
    expect(await stepOf('register')).not.toHaveProperty('lastError');
  });

  it('keeps an attempt that failed before the projection knew of its round', async () => {
    await recordAttempt(database.db, { caseId, stepId: 'register', round: 1, error: 'ECONNREFUSED' });
    await record([submitted('register')], { steps: [step('register')] });
    expect(await stepOf('register')).toMatchObject({ attempts: 1, lastError: 'ECONNREFUSED' });
  });

  it('drops the enquiry and the claim of a step that is not with its agency any more', async () => {
    const accepted = step('register', { status: 'accepted', enquireAt: AT + 900_000 });
    await record([submitted('register')], { steps: [accepted] });
    await claimTask(
      database.db,
      { caseId, stepId: 'register', by: 'officer-1', accounts: ['officer-1'], leaseMs: 60_000 },
      Date.now(),
    );
    await record([submitted('notify.1')], { steps: [step('register', { status: 'accepted' })] });
    expect(await stepOf('register')).toMatchObject({ enquireAt: AT + 900_000, claimedBy: 'officer-1' });

    await record([submitted('notify.2')], { steps: [step('register', { status: 'accepted', enquireAt: null })] });
    expect(await stepOf('register')).not.toHaveProperty('enquireAt');
    await record([submitted('notify.2')], { steps: [step('register', { status: 'done', endedAt: AT })] });
    const done = await stepOf('register');
    expect(done).toMatchObject({ status: 'done', endedAt: AT });
    expect(done).not.toHaveProperty('claimedBy');
    expect(done).not.toHaveProperty('enquireAt');

    await record([submitted('notify.2')], { steps: [step('register', { status: 'undoing', undo: true })] });
    expect(await stepOf('register'), 'what is taken up again has not ended').not.toHaveProperty('endedAt');
  });

  it('keeps notices as they are given, and the dues that are left', async () => {
    const item = { id: 'register:1:1', messageId: 'm-1', place: 0, stepId: 'register', holds: [], answered: false };
    const due = { key: 'gathering:1', kind: 'gathering', since: AT, dueAt: AT + 9, provisional: false } as const;
    await record([submitted('register')], {
      notices: [{ id: '1', seq: head.seq + 1, status: 'gathering', since: AT, items: [item] }],
      dues: [due, { ...due, key: 'pledge', kind: 'pledge', dueAt: AT + 5 }],
    });
    expect(await listNotices(database.db, caseId)).toEqual([
      { id: '1', status: 'gathering', since: AT, items: [item] },
    ]);
    expect((await listDues(database.db, caseId)).map(({ key }) => key)).toEqual(['pledge', 'gathering:1']);

    const told = { status: 'open', since: AT, notifiedAt: AT + 9, dueAt: AT + 90 } as const;
    await record([submitted('register')], {
      notices: [{ id: '1', seq: head.seq + 1, ...told, items: [{ ...item, answered: true }] }],
      dues: [{ ...due, key: 'pledge', kind: 'pledge', dueAt: AT + 7, provisional: true }],
    });
    expect(await listNotices(database.db, caseId)).toEqual([
      { id: '1', ...told, items: [{ ...item, answered: true }] },
    ]);
    expect(await listDues(database.db, caseId)).toEqual([
      { key: 'pledge', kind: 'pledge', since: AT, dueAt: AT + 7, provisional: true },
    ]);
  });
});

describe('verifyLedger', () => {
  beforeEach(async () => {
    for (const id of ['register', 'notify.1', 'notify.2', 'register']) await record([submitted(id)]);
  });

  /** As one who may do anything in the database, with the triggers off. */
  const tamper = (statement: string): Promise<unknown> =>
    withClient(database.adminUrl, async (admin) => {
      await admin.query('set session_replication_role = replica');
      return admin.query(statement.replaceAll('CASE', `case_id = '${caseId}'`));
    });

  it.each([
    [
      'an edited entry',
      `update ledger set entry = replace(entry::text, 'register', 'notify.1')::json where CASE and seq = 2`,
      [2, 'changed'],
    ],
    [
      'even a changed space',
      `update ledger set entry = (entry::text || ' ')::json where CASE and seq = 3`,
      [3, 'changed'],
    ],
    [
      'an entry edited together with its hash',
      `update ledger set entry = '{}', hash = sha256('x') where CASE and seq = 3`,
      [4, 'changed'],
    ],
    ['a changed column', `update ledger set at = at + interval '1 day' where CASE and seq = 4`, [4, 'columns']],
    ['a changed step column', `update ledger set step_id = null where CASE and seq = 4`, [4, 'columns']],
    ['a deleted entry', 'delete from ledger where CASE and seq = 3', [3, 'missing']],
    ['a deleted first entry', 'delete from ledger where CASE and seq = 1', [1, 'missing']],
    ['a deleted last entry', 'delete from ledger where CASE and seq = 5', [4, 'head']],
    ['a ledger that is gone', 'delete from ledger where CASE', [0, 'head']],
    [
      'an appended entry',
      `insert into ledger select case_id, 6, at, kind, step_id, entry, hash from ledger where CASE and seq = 5`,
      [6, 'changed'],
    ],
    [
      'an inserted entry',
      `update ledger set seq = seq + 100 where CASE and seq > 2; update ledger set seq = seq - 99 where CASE and seq > 100;
      insert into ledger select case_id, 3, at, kind, step_id, entry, hash from ledger where CASE and seq = 2`,
      [3, 'changed'],
    ],
    [
      'swapped entries',
      `update ledger set seq = 100 where CASE and seq = 2; update ledger set seq = 2 where CASE and seq = 3;
      update ledger set seq = 3 where CASE and seq = 100`,
      [2, 'changed'],
    ],
    [
      'an entry of another case',
      `update ledger set entry = o.entry, hash = o.hash from ledger o
      where ledger.CASE and ledger.seq = 1 and o.case_id <> ledger.case_id and o.seq = 1`,
      [1, 'changed'],
    ],
  ] as const)('finds %s and says where', async (_what, statement, [seq, problem]) => {
    expect(await verifyLedger(database.db, caseId)).toEqual([]);
    await tamper(statement);
    expect(await verifyLedger(database.db, caseId)).toContainEqual({ caseId, seq, problem });
    expect(await verifyLedger(database.db), 'among all cases too').toContainEqual({ caseId, seq, problem });
  });

  it('names no case that was left alone', async () => {
    const tampered = caseId;
    await tamper('delete from ledger where CASE and seq = 3');
    const { caseId: untouched } = await accept(database);
    const problems = await verifyLedger(database.db);
    expect(problems.some((problem) => problem.caseId === tampered)).toBe(true);
    expect(problems.some((problem) => problem.caseId === untouched)).toBe(false);
  });
});
