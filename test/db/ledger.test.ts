import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findLedgerOutcome, readLedger } from '../../db/cases/ledger.ts';
import { verifyLedger } from '../../db/cases/ledger-verification.ts';
import { writeProjection } from '../../db/cases/projection.ts';
import type { LedgerEntry } from '../../domain/case/ledger.ts';
import { withClient } from '../../sandbox/database.ts';
import { accept, openDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let caseId: string;
const AT = Date.parse('2024-11-20T03:00:01Z');

beforeAll(async () => {
  database = await openDatabase();
});
afterAll(() => database.close());

describe('verifyLedger', () => {
  beforeEach(async () => {
    ({ caseId } = await accept(database));
    const [first] = await readLedger(database.db, caseId, 0, 1);
    await writeProjection(database.db, {
      ...{ caseId, prevSeq: 1, prevHash: first!.hash, runs: ['run'] },
      entries: ['register', 'notify.1', 'notify.2', 'register'].map((stepId) => ({
        ...{ kind: 'step-submitted', at: AT, stepId, round: 1 },
      })),
      case: { status: 'accepted', gaps: [], ended: false, calendar: '2026.1' },
      ...{ steps: [], notices: [], dues: [] },
    });
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

  it('names no case that was not changed', async () => {
    const tampered = caseId;
    await tamper('delete from ledger where CASE and seq = 3');
    const { caseId: untouched } = await accept(database);
    const problems = await verifyLedger(database.db);
    expect(problems.some((problem) => problem.caseId === tampered)).toBe(true);
    expect(problems.some((problem) => problem.caseId === untouched)).toBe(false);
  });
});

describe('the outcome of a message in the ledger', () => {
  const by = { role: 'agency', id: 'police' } as const;
  const of = { at: AT, stepId: 'register' };
  const refused: LedgerEntry = { kind: 'message-refused', ...of, messageId: 'm', code: 'REASON_MISSING' };
  const decided: LedgerEntry = {
    ...{ kind: 'step-decided', ...of, round: 1, decision: 'approved', via: 'reply', messageId: 'm', by },
  };

  it.each<[string, LedgerEntry[], unknown]>([
    ['refused', [refused, refused], { kind: 'refused', code: 'REASON_MISSING' }],
    ['applied', [decided], { kind: 'applied' }],
    ['applied, although the message was refused before it came as a reply', [refused, decided], { kind: 'applied' }],
    ['unknown', [{ kind: 'case-accepted', at: AT }], undefined],
  ])('is %s', async (_what, entries, outcome) => {
    ({ caseId } = await accept(database));
    const [first] = await readLedger(database.db, caseId, 0, 1);
    await writeProjection(database.db, {
      ...{ caseId, prevSeq: 1, prevHash: first!.hash, runs: ['run'], entries },
      case: { status: 'accepted', gaps: [], ended: false, calendar: '2026.1' },
      ...{ steps: [], notices: [], dues: [] },
    });
    expect(await findLedgerOutcome(database.db, caseId, 'm')).toEqual(outcome);
  });
});
