import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { getCase } from '../../db/cases/cases.ts';
import { claimTask } from '../../db/worklist/claims.ts';
import { listDues } from '../../db/cases/dues.ts';
import { readLedger } from '../../db/cases/ledger.ts';
import { checkRun, findRun, setRun } from '../../db/cases/runs.ts';
import { verifyLedger } from '../../db/cases/ledger-verification.ts';
import { listNotices } from '../../db/cases/notices.ts';
import { writeProjection, type LedgerHead } from '../../db/cases/projection.ts';
import { listSteps, recordAttempt } from '../../db/cases/steps.ts';
import type { LedgerEntry } from '../../domain/case/ledger.ts';
import type { CaseColumns, ProjectionRows, StepColumns } from '../../domain/projection/rows.ts';
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

const createSubmission = (stepId: string, round = 1, at = AT): LedgerEntry => ({
  kind: 'step-submitted',
  at,
  stepId,
  round,
});
const step = (id: string, change: Partial<StepColumns> = {}): StepColumns => ({
  ...{ id, seq: head.seq + 1, changedAt: AT, agency: 'police', status: 'submitted', round: 1, undo: false },
  ...{ ended: false, keepsAttempt: true, keepsClaim: false },
  ...change,
});

type Change = Partial<CaseColumns & Pick<ProjectionRows, 'steps' | 'notices' | 'dues'>>;

const rows = (
  entries: LedgerEntry[],
  { steps = [], notices = [], dues = [], ...change }: Change = {},
): ProjectionRows => ({
  ...{ caseId, prevSeq: head.seq, prevHash: head.hash, runs: ['run'], entries, steps, notices, dues },
  case: { status: 'accepted', gaps: [], ended: false, calendar: '2026.1', ...change },
});

/** Writes and goes on from there. */
const record = async (entries: LedgerEntry[], change: Change = {}): Promise<void> => {
  head = await writeProjection(database.db, rows(entries, change));
};

const stepOf = async (id: string) => {
  const found = (await listSteps(database.db, caseId)).find(({ stepId }) => stepId === id);
  if (!found) throw new Error(`no step ${id}`);
  return found;
};

describe('writeProjection', () => {
  it('writes entries, steps and the case as given', async () => {
    const entries = [
      { kind: 'case-accepted', at: AT } as const,
      createSubmission('register'),
      createSubmission('notify.1'),
    ];
    await record(entries, {
      acceptedAt: AT,
      yellowAt: AT + 3,
      promisedAt: AT + 5,
      statutoryAt: AT + 9,
      provisional: true,
      statutoryProvisional: true,
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
      statutoryProvisional: true,
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

  it('repeated later or at the same time changes nothing and answers the same', async () => {
    const one = rows([createSubmission('register'), createSubmission('notify.1')], { steps: [step('register')] });
    const answers = await Promise.all(Array.from({ length: 8 }, () => writeProjection(database.db, one)));
    answers.push(await writeProjection(database.db, one));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await readLedger(database.db, caseId, 0, 10)).toHaveLength(3);

    await record([createSubmission('register'), createSubmission('notify.1')], { steps: [step('register')] });
    await record([createSubmission('notify.2')], { steps: [step('register', { status: 'accepted' })] });
    expect(await writeProjection(database.db, one), 'also after the case went on').toEqual(answers[0]);
    expect((await stepOf('register')).status).toBe('accepted');
  });

  it('refuses another history of the case', async () => {
    const prev = head;
    await record([createSubmission('register')]);
    const now = head;
    head = prev;
    await expect(record([createSubmission('notify.1')])).rejects.toMatchObject({ code: 'LEDGER_CONFLICT' });
    head = { seq: 2, hash: '00'.repeat(32) };
    await expect(record([createSubmission('notify.1')])).rejects.toMatchObject({ code: 'LEDGER_CONFLICT' });
    head = { ...now, seq: 7 };
    await expect(record([createSubmission('notify.1')])).rejects.toMatchObject({ code: 'LEDGER_SHORT' });
    expect(await readLedger(database.db, caseId, 0, 10)).toHaveLength(2);
  });

  it('is refused to a run that another one replaced, and open to a run that continues it', async () => {
    const write = (entries: LedgerEntry[], runs: string[]) => writeProjection(database.db, { ...rows(entries), runs });
    const one = [createSubmission('register')];
    const two = [createSubmission('notify.1')];
    const first = head;
    head = await write(one, ['run-1']);
    head = await write(two, ['run-1', 'run-2']);
    expect(await findRun(database.db, caseId)).toBe('run-2');
    await expect(write([createSubmission('notify.2')], ['run-1'])).rejects.toMatchObject({ code: 'RUN_REPLACED' });
    await setRun(database.db, caseId, 'run-3');
    await expect(write([createSubmission('notify.2')], ['run-1', 'run-2'])).rejects.toMatchObject({
      code: 'RUN_REPLACED',
    });
    await expect(checkRun(database.db, caseId, ['run-2'])).rejects.toMatchObject({ code: 'RUN_REPLACED' });
    await checkRun(database.db, caseId, ['run-2', 'run-3']);
    expect(await readLedger(database.db, caseId, 0, 10)).toHaveLength(3);
    // What it wrote itself is there, also if it learns that late.
    const late = { ...rows(one), prevSeq: first.seq, prevHash: first.hash, runs: ['run-1'] };
    expect(await writeProjection(database.db, late)).toMatchObject({ seq: first.seq + 1 });
  });

  it('of two simultaneous different histories keeps exactly one', async () => {
    const answers = await Promise.allSettled(
      ['register', 'notify.1', 'notify.2'].map((id) =>
        writeProjection(database.db, rows([createSubmission(id)], { steps: [step(id)] })),
      ),
    );
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await listSteps(database.db, caseId)).filter(({ status }) => status === 'submitted')).toHaveLength(1);
    expect(await verifyLedger(database.db, caseId)).toEqual([]);
  });

  it('refuses to change anything without an entry', async () => {
    await expect(record([], { steps: [step('register')] })).rejects.toThrow('no entries');
  });

  it('keeps clocks that it is not given and clears values that the state no longer has', async () => {
    await record([createSubmission('register')], {
      promisedAt: AT + 5,
      steps: [
        step('register', { startedAt: AT, promisedAt: AT + 2, attention: 'AGENCY_REJECTED', status: 'attention' }),
      ],
    });
    await record([createSubmission('register')], { steps: [step('register')] });
    const now = await stepOf('register');
    expect(now).toMatchObject({ startedAt: AT, promisedAt: AT + 2 });
    expect(now).not.toHaveProperty('attention');
    expect(await getCase(database.db, caseId)).toMatchObject({ promisedAt: AT + 5 });
  });

  it('keeps the failed attempts of a round until the next one, and the next attempt while one is to come', async () => {
    await record([createSubmission('register')], { steps: [step('register')] });
    const attempt = { caseId, stepId: 'register', round: 1, error: 'ECONNREFUSED', nextAttemptAt: AT + 60_000 };
    await recordAttempt(database.db, attempt);
    await recordAttempt(database.db, attempt);
    expect(await stepOf('register')).toMatchObject({
      attempts: 2,
      lastError: 'ECONNREFUSED',
      nextAttemptAt: AT + 60_000,
    });

    const accepted: LedgerEntry = { kind: 'step-accepted', at: AT, stepId: 'register', round: 1 };
    await record([accepted], { steps: [step('register', { status: 'accepted', keepsAttempt: false })] });
    expect(await stepOf('register')).toMatchObject({ attempts: 2, lastError: 'ECONNREFUSED' });
    expect(await stepOf('register')).not.toHaveProperty('nextAttemptAt');
    await recordAttempt(database.db, attempt);
    expect(await stepOf('register'), 'a late attempt says nothing any more').toMatchObject({ attempts: 2 });

    await record([createSubmission('register', 2)], { steps: [step('register', { round: 2 })] });
    expect(await stepOf('register')).toMatchObject({ attempts: 0, enquiries: 0 });
    expect(await stepOf('register')).not.toHaveProperty('lastError');
  });

  it('keeps an attempt that failed before the projection knew of its round', async () => {
    await recordAttempt(database.db, { caseId, stepId: 'register', round: 1, error: 'ECONNREFUSED' });
    await record([createSubmission('register')], { steps: [step('register')] });
    expect(await stepOf('register')).toMatchObject({ attempts: 1, lastError: 'ECONNREFUSED' });
  });

  it('keeps the enquiry and the claim of a round, and drops the ended ones', async () => {
    const accepted = { status: 'accepted', enquireAt: AT + 900_000, keepsClaim: true } as const;
    await record([createSubmission('register')], { steps: [step('register', accepted)] });
    await claimTask(
      database.db,
      { caseId, stepId: 'register', by: 'officer-1', accounts: ['officer-1'], leaseMs: 60_000 },
      Date.now(),
    );
    // The first time stands in its round.
    await record([createSubmission('notify.1')], { steps: [step('register', { ...accepted, enquireAt: AT })] });
    expect(await stepOf('register')).toMatchObject({ enquireAt: AT + 900_000, claimedBy: 'officer-1' });

    const { enquireAt: _never, ...silent } = accepted;
    await record([createSubmission('notify.2')], { steps: [step('register', silent)] });
    expect(await stepOf('register')).not.toHaveProperty('enquireAt');
    expect(await stepOf('register')).toMatchObject({ claimedBy: 'officer-1' });
    await record([createSubmission('notify.2')], {
      steps: [step('register', { status: 'done', ended: true, endedAt: AT })],
    });
    const done = await stepOf('register');
    expect(done).toMatchObject({ status: 'done', endedAt: AT });
    expect(done).not.toHaveProperty('claimedBy');

    await record([createSubmission('notify.2')], { steps: [step('register', { status: 'undoing', undo: true })] });
    expect(await stepOf('register'), 'what is reopened has not ended').not.toHaveProperty('endedAt');
  });

  it('keeps the end of a case until it is reopened', async () => {
    await record([createSubmission('register')], { status: 'completed', ended: true, endedAt: AT });
    await record([createSubmission('register')], { status: 'completed', ended: true });
    expect(await getCase(database.db, caseId)).toMatchObject({ status: 'completed', endedAt: AT });
    await record([createSubmission('register')]);
    expect(await getCase(database.db, caseId)).not.toHaveProperty('endedAt');
  });

  it('keeps the oldest calendar that a row follows, until all are computed again', async () => {
    const calendar = async () => {
      const { rows: found } = await database.db.query<{ calendar: number }>(
        'select calendar from cases where id = $1',
        [caseId],
      );
      return found[0]?.calendar;
    };
    await record([createSubmission('register')], { calendar: '2026.1' });
    await record([createSubmission('register')], { calendar: '2026.2' });
    expect(await calendar()).toBe(2026001);
    const anew = rows([createSubmission('register')], { calendar: '2026.3', recomputedSeq: head.seq + 1 });
    head = await writeProjection(database.db, anew);
    expect(await calendar()).toBe(2026003);
    const { recomputedSeq } = anew.case;
    await record([createSubmission('register')], { calendar: '2026.2', recomputedSeq: recomputedSeq! });
    expect(await calendar(), 'by an entry that is written already nothing is computed anew').toBe(2026002);
  });

  it('keeps notices as they are given, and the dues that are left', async () => {
    const item = { id: 'register:1:1', messageId: 'm-1', place: 0, stepId: 'register', holds: [], answered: false };
    const due = { key: 'gathering:1', kind: 'gathering', since: AT, dueAt: AT + 9, provisional: false } as const;
    await record([createSubmission('register')], {
      notices: [{ id: '1', seq: head.seq + 1, status: 'gathering', since: AT, items: [item] }],
      dues: [due, { ...due, key: 'pledge', kind: 'pledge', dueAt: AT + 5 }],
    });
    expect(await listNotices(database.db, caseId)).toEqual([
      { id: '1', status: 'gathering', since: AT, items: [item] },
    ]);
    expect((await listDues(database.db, caseId)).map(({ key }) => key)).toEqual(['pledge', 'gathering:1']);

    const told = { status: 'open', since: AT, notifiedAt: AT + 9, dueAt: AT + 90 } as const;
    await record([createSubmission('register')], {
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

/** What of a step's row does not come from its case, or not from it alone. */
interface StoredRow {
  round: number;
  officer: string | null;
  attempts: number;
  attempt_round: number;
  last_error: string | null;
  next_attempt_at: number | null;
  released_parked_at: number | null;
  enquiries: number;
  enquire_at: number | null;
  claimed_by: string | null;
  claimed_until: number | null;
  changed_at: number;
  started_at: number | null;
  yellow_at: number | null;
  promised_at: number | null;
  statutory_at: number | null;
  provisional: boolean;
  statutory_provisional: boolean;
  ended_at: number | null;
}

/** What the row has after a change: the columns that the statement keeps, column by column. */
const mergeRow = (row: StoredRow, change: StepColumns): StoredRow => {
  const inRound = change.round === row.round;
  const inAttempts = change.round === row.attempt_round;
  const isClaimed = change.keepsClaim && inRound && (change.officer ?? null) === row.officer;
  const endsAgain = row.ended_at !== null && change.endedAt === row.ended_at;
  const enquireAt = change.enquireAt ?? null;
  return {
    ...row,
    round: change.round,
    officer: change.officer ?? null,
    attempts: inAttempts ? row.attempts : 0,
    last_error: inAttempts ? row.last_error : null,
    next_attempt_at: inAttempts && change.keepsAttempt ? row.next_attempt_at : null,
    released_parked_at: inRound ? row.released_parked_at : null,
    enquiries: inRound ? row.enquiries : 0,
    enquire_at: inRound && enquireAt !== null ? (row.enquire_at ?? enquireAt) : enquireAt,
    claimed_by: isClaimed ? row.claimed_by : null,
    claimed_until: isClaimed ? row.claimed_until : null,
    changed_at: change.changedAt ?? row.changed_at,
    started_at: change.startedAt ?? row.started_at,
    ...(!endsAgain && {
      yellow_at: change.yellowAt ?? row.yellow_at,
      promised_at: change.promisedAt ?? row.promised_at,
      statutory_at: change.statutoryAt ?? row.statutory_at,
      provisional: change.provisional ?? row.provisional,
      statutory_provisional: change.statutoryProvisional ?? row.statutory_provisional,
    }),
    ended_at: change.ended ? (change.endedAt ?? row.ended_at) : null,
  };
};

describe('a step that is written again', () => {
  const at = fc.integer({ min: 0, max: 3 }).map((minutes) => AT + minutes * 60_000);
  const maybeAt = fc.option(at);
  const round = fc.integer({ min: 1, max: 2 });
  const officer = fc.constantFrom(null, 'officer-1', 'officer-2');
  const before = fc.record<StoredRow>({
    ...{ round, officer, attempt_round: round, attempts: fc.nat(3), enquiries: fc.nat(3) },
    last_error: fc.constantFrom(null, 'ECONNREFUSED'),
    claimed_by: officer,
    ...{ next_attempt_at: maybeAt, released_parked_at: maybeAt, enquire_at: maybeAt, claimed_until: maybeAt },
    ...{ changed_at: at, started_at: maybeAt, yellow_at: maybeAt, promised_at: maybeAt, statutory_at: maybeAt },
    ...{ provisional: fc.boolean(), statutory_provisional: fc.boolean(), ended_at: maybeAt },
  });
  const change = fc.record(
    {
      ...{ round, ended: fc.boolean(), keepsAttempt: fc.boolean(), keepsClaim: fc.boolean() },
      officer: fc.constantFrom('officer-1', 'officer-2'),
      ...{ changedAt: at, startedAt: at, yellowAt: at, promisedAt: at, statutoryAt: at, endedAt: at, enquireAt: at },
      provisional: fc.boolean(),
      statutoryProvisional: fc.boolean(),
    },
    { requiredKeys: ['round', 'ended', 'keepsAttempt', 'keepsClaim'] },
  );

  it('keeps exactly the lasting values of any row', async () => {
    const names = Object.keys(fc.sample(before, 1)[0]!);
    const set = names.map((name, index) => `${name} = $${index + 2}`).join(', ');
    await fc.assert(
      fc.asyncProperty(before, change, async (row, changed) => {
        const values = Object.entries(row).map(([name, value]) =>
          name.endsWith('_at') || name === 'claimed_until' ? (value === null ? null : new Date(Number(value))) : value,
        );
        await database.db.query(`update steps set ${set} where case_id = $1 and id = 'register'`, [caseId, ...values]);
        // Without the instant that stands for all changes.
        const { changedAt: _none, ...one } = step('register');
        await record([createSubmission('register')], { steps: [{ ...one, ...changed }] });
        const found = await database.db.query<StoredRow>(
          `select ${names.join(', ')} from steps where case_id = $1 and id = 'register'`,
          [caseId],
        );
        expect(found.rows[0]).toEqual(mergeRow(row, { ...one, ...changed }));
      }),
      { numRuns: 300 },
    );
  });
});
