import { afterAll, beforeAll, expect, it } from 'vitest';
import { markStarted } from '../../db/messages/start-requests.ts';
import { countLost } from '../../db/supervision/resumptions.ts';
import { databaseNow } from '../../db/supervision/watch.ts';
import type { RunProgress } from '../../domain/supervision/lost-runs.ts';
import { cacheCalendars, cacheMatters } from '../../runtime/reference-data.ts';
import { createRound } from '../../watcher/round.ts';
import type { Temporal } from '../../watcher/temporal.ts';
import { accept, openDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openDatabase();
});
afterAll(() => database.close());

/** More than a round looks up. */
const MANY = 100;

/** A Temporal that has no workflow, or only ones that tell how far they have come. */
const createFake = (progress: () => RunProgress | undefined) => {
  const asked: string[] = [];
  const temporal: Temporal = {
    answers: () => Promise.resolve(true),
    namespaceId: () => Promise.resolve('namespace'),
    look: () => Promise.resolve({ agencies: new Map(), ...(!progress() && { fault: 'WORKFLOW_MISSING' as const }) }),
    findProgress: (caseId) => {
      asked.push(caseId);
      return Promise.resolve(progress());
    },
    list: () => Promise.resolve({ caseIds: [], running: [] }),
    brokenOff: () => Promise.resolve([]),
    unserved: () => Promise.resolve([]),
  };
  return { temporal, asked };
};

const startCases = async (count: number): Promise<string[]> => {
  const { db } = database;
  const accepted = await Promise.all(Array.from({ length: count }, () => accept(database)));
  const caseIds = accepted.map(({ caseId }) => caseId);
  await markStarted(db, caseIds);
  await db.query('update cases set ledger_seq = 2 where id = any ($1)', [caseIds]);
  return caseIds;
};

/** Rounds with a sweep each. */
const startRounds = async (temporal: Temporal) => {
  const { db } = database;
  const matter = cacheMatters(db, Date.now).matter;
  const round = createRound({ db, temporal, calendars: cacheCalendars(db, Date.now), matter });
  let now = await databaseNow(db);
  return async (count: number, steadySince: number): Promise<void> => {
    for (let done = 0; done < count; done += 1) {
      await round((now += 3_000), { fault: undefined, steadySince, changed: [] });
      await db.query(`update stalls set judged_at = judged_at - interval '10 seconds'`);
    }
  };
};

it('the runs are compared once after each time that Postgres or Temporal did not answer', async () => {
  const caseIds = await startCases(40);
  const { temporal, asked } = createFake(() => ({ seq: 2, confirmedSeq: 2 }));
  const play = await startRounds(temporal);
  await play(4, 1);
  expect(asked.toSorted()).toEqual(caseIds.toSorted());
  await play(4, 1);
  expect(asked).toHaveLength(caseIds.length);
  await play(4, 2);
  expect(asked).toHaveLength(2 * caseIds.length);
});

it('runs that do not answer are asked again before the sweep goes on without them', async () => {
  const { temporal, asked } = createFake(() => ({ seq: 2, confirmedSeq: 2 }));
  let left = 2;
  const findProgress: Temporal['findProgress'] = (caseId) =>
    left-- > 0 ? Promise.resolve(undefined) : temporal.findProgress(caseId);
  const play = await startRounds({ ...temporal, findProgress });
  await play(5, 1);
  expect(new Set(asked).size).toBe(40);
});

it('any number of lost cases are found, are one incident, and keep their stalls', async () => {
  const { db } = database;
  const caseIds = await startCases(MANY);
  const { temporal } = createFake(() => undefined);
  const play = await startRounds(temporal);
  await play(12, 1);
  const { rows } = await db.query<{ open: number; all: number }>(
    `select count(*) filter (where cleared_at is null) as open, count(*) as all from stalls
    where detail = 'WORKFLOW_MISSING' and case_id = any ($1)`,
    [caseIds],
  );
  expect(rows).toEqual([{ open: MANY, all: MANY }]);
  expect((await countLost(db)).lost).toBeGreaterThanOrEqual(MANY);
  expect((await db.query('select from run_losses')).rowCount).toBe(1);
});
