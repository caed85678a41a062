import type { QueryConfig, QueryResult, QueryResultRow } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readClocks } from '../../db/cases/clocks.ts';
import type { Db } from '../../db/sql/pool.ts';
import { compilePlan } from '../../domain/matter/compile.ts';
import { accept, openDatabase, type TestDatabase } from '../support/database.ts';
import { wideForm, wideMatter } from '../support/matters.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openDatabase();
});
afterAll(() => database.close());

const planOf = (items: number) => compilePlan(wideMatter(400), 'a'.repeat(64), wideForm(items), { now: Date.now() });

/** The bytes of everything that reading the clocks of a case takes from the database. */
const measureRead = async (items: number): Promise<number> => {
  const plan = planOf(items);
  const { caseId } = await accept(database, { plan });
  let bytes = 0;
  const query = async <Row extends QueryResultRow>(config: QueryConfig): Promise<QueryResult<Row>> => {
    const found = await database.db.query<Row>(config);
    bytes += JSON.stringify(found.rows).length;
    return found;
  };
  const clocks = await readClocks({ query } as Db, caseId);
  expect(clocks.plan).toEqual(plan);
  expect(clocks.steps.map(({ id }) => id)).toEqual(plan.steps.map(({ id }) => id));
  return bytes;
};

it('reading the clocks of a case of 400 steps takes four times the bytes of 100 steps, not sixteen times', async () => {
  const small = await measureRead(25);
  expect(await measureRead(100)).toBeLessThan(5 * small);
});

it('an unknown case has no clocks', async () => {
  await expect(readClocks(database.db, uuidv7())).rejects.toMatchObject({ code: 'CASE_UNKNOWN' });
});
