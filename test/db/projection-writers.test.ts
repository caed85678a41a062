import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getCase } from '../../db/cases/cases.ts';
import { listDues } from '../../db/cases/dues.ts';
import { readLedger } from '../../db/cases/ledger.ts';
import { entryHash } from '../../db/cases/ledger-chain.ts';
import { verifyLedger } from '../../db/cases/ledger-verification.ts';
import { listNotices } from '../../db/cases/notices.ts';
import { errorCode } from '../../db/sql/pool.ts';
import { writeProjection, type LedgerHead } from '../../db/cases/projection.ts';
import { listSteps } from '../../db/cases/steps.ts';
import type { LedgerEntry } from '../../domain/case/ledger.ts';
import type { ProjectionRows } from '../../domain/projection/rows.ts';
import { accept, openDatabase, type TestDatabase } from '../support/database.ts';

/**
 * Several writers may hold overlapping parts of one case: activities, and every relay that a
 * message reached. With any timing and order of the writers, the rows are those of the longest
 * part, as if one writer had written it alone.
 */

let database: TestDatabase;
beforeAll(async () => {
  database = await openDatabase({ max: 8 });
});
afterAll(() => database.close());

const AT = Date.parse('2024-11-20T03:00:01Z');
const STEPS = ['register', 'notify.1', 'notify.2'];
const atOf = (seq: number) => AT + seq * 1_000;

/**
 * One history of a case: entry `seq` is about `about[seq - 2]`, in a round that is its own number,
 * so every state is another.
 */
interface History {
  caseId: string;
  about: readonly string[];
  /** By number of the entry. */
  hashes: readonly string[];
}

const createEntry = (stepId: string, seq: number): LedgerEntry => ({
  kind: 'step-submitted',
  at: atOf(seq),
  stepId,
  round: seq,
});
const findLastAbout = ({ about }: History, to: number, stepId: string): number =>
  about.slice(0, to - 1).lastIndexOf(stepId) + 2;

const newHistory = async (about: readonly string[]): Promise<History> => {
  const { caseId } = await accept(database);
  const [first] = await readLedger(database.db, caseId, 0, 1);
  const hashes = ['', first!.hash];
  about.forEach((stepId, index) => {
    const before = Buffer.from(hashes.at(-1)!, 'hex');
    hashes.push(entryHash(before, index + 2, JSON.stringify(createEntry(stepId, index + 2))).toString('hex'));
  });
  return { caseId, about, hashes };
};

/**
 * What a writer holds who knows entry `from` to be in Postgres and was told the case as it was at
 * entry `to`.
 */
const part = (history: History, from: number, to: number): ProjectionRows => ({
  caseId: history.caseId,
  prevSeq: from,
  prevHash: history.hashes[from]!,
  runs: ['run'],
  entries: history.about.slice(from - 1, to - 1).map((stepId, index) => createEntry(stepId, from + 1 + index)),
  case: { status: 'accepted', ended: false, calendar: '2026.1', gaps: [`gap-${to}`] },
  steps: STEPS.flatMap((id) => {
    const seq = findLastAbout(history, to, id);
    if (seq <= from) return [];
    return [
      {
        ...{ id, seq, changedAt: atOf(seq), agency: 'police', status: 'submitted', round: seq, undo: false },
        ...{ ended: false, keepsAttempt: true, keepsClaim: false },
      },
    ];
  }),
  // Each entry opens a notice and makes something due that replaces what was due before.
  notices: Array.from({ length: to - from }, (_, index) => from + 1 + index).map((seq) => ({
    id: String(seq),
    seq,
    status: 'open',
    since: atOf(seq),
    items: [],
  })),
  dues: [{ key: `gathering:${to}`, kind: 'gathering', since: atOf(to), dueAt: atOf(to), provisional: false }],
});

/** The rows, without what differs between two cases. */
const rowsOf = async ({ caseId }: History) => {
  const [{ status, gaps, ledgerSeq }, steps, notices, dues, ledger] = await Promise.all([
    getCase(database.db, caseId),
    listSteps(database.db, caseId),
    listNotices(database.db, caseId),
    listDues(database.db, caseId),
    readLedger(database.db, caseId, 1, 100),
  ]);
  const ofSteps = steps
    .filter(({ round }) => round > 0)
    .map(({ stepId, round, changedAt }) => ({ stepId, round, changedAt }));
  const entries = ledger.map((row) => row.entry);
  return { status, gaps, ledgerSeq, steps: ofSteps, notices, dues: dues.map(({ key }) => key), entries };
};

interface Wave {
  /** Each writer's part, as shares of what is known and of what there is. */
  writers: { from: number; to: number }[];
}

const WAVES = fc.array(
  fc.record<Wave>({
    writers: fc.array(fc.record({ from: fc.nat(1_000), to: fc.nat(1_000) }), { minLength: 1, maxLength: 6 }),
  }),
  { minLength: 1, maxLength: 4 },
);
const ABOUT = fc.array(fc.constantFrom(...STEPS), { minLength: 1, maxLength: 25 });

describe('writers of one case', () => {
  it('leave the rows of the longest part, at the same time and in any order', async () => {
    await fc.assert(
      fc.asyncProperty(ABOUT, WAVES, async (about, waves) => {
        const history = await newHistory(about);
        const last = about.length + 1;
        let known = 1;
        for (const { writers } of waves) {
          const parts = writers.flatMap(({ from, to }) => {
            const start = 1 + (from % known);
            return start < last ? [part(history, start, start + 1 + (to % (last - start)))] : [];
          });
          const heads = await Promise.all(parts.map((one) => writeProjection(database.db, one)));
          const ends = parts.map(({ prevSeq, entries }) => prevSeq + entries.length);
          expect(heads).toEqual(ends.map((seq): LedgerHead => ({ seq, hash: history.hashes[seq]! })));
          known = Math.max(known, ...ends);
        }
        const alone = await newHistory(about);
        if (known > 1) await writeProjection(database.db, part(alone, 1, known));
        expect(await rowsOf(history)).toEqual(await rowsOf(alone));
        expect(await verifyLedger(database.db, history.caseId)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('of another history are refused from any difference on, and change nothing', async () => {
    await fc.assert(
      fc.asyncProperty(ABOUT, fc.nat(1_000), fc.nat(1_000), async (about, where, from) => {
        const history = await newHistory(about);
        const last = about.length + 1;
        await writeProjection(database.db, part(history, 1, last));
        const before = await rowsOf(history);
        const parting = where % about.length;
        const other = about.map((stepId, index) => (index === parting ? `${stepId}.other` : stepId));
        // It holds more than is written, and knows nothing but what both have in common.
        const strange = { ...history, about: [...other, 'register'] };
        const writing = writeProjection(database.db, part(strange, 1 + (from % (parting + 1)), last + 1));
        expect(await writing.catch(errorCode)).toBe('LEDGER_CONFLICT');
        expect(await rowsOf(history)).toEqual(before);
      }),
      { numRuns: 30 },
    );
  });

  it('detect a ledger that lacks entries which the case knows', async () => {
    const history = await newHistory(['register', 'notify.1', 'notify.2']);
    await writeProjection(database.db, part(history, 1, 2));
    const writing = writeProjection(database.db, part(history, 3, 4));
    expect(await writing.catch(errorCode)).toBe('LEDGER_SHORT');
  });
});
