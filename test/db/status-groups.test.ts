import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agencyTasks } from '../../db/worklist/agency-tasks.ts';
import { agenciesNow, agenciesSince } from '../../db/agencies/agency-figures.ts';
import { makeDailyReport } from '../../db/reports/daily-reports.ts';
import type { Db } from '../../db/sql/pool.ts';
import { findLateSteps } from '../../db/supervision/escalation-levels.ts';
import { begin } from '../../domain/case/engine.ts';
import { CASE_STATUSES, DECIDED, STEP_STATUSES, UNDER_WAY } from '../../domain/case/status.ts';
import { openDatabase, type TestDatabase } from '../support/database.ts';
import { HOUSE_MOVE_PLAN } from '../support/matters.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openDatabase();
});
afterAll(() => database.close());

/**
 * Checks, indexes and defaults cannot have parameters: these are the only places where it names statuses of cases
 * and steps, and each names exactly a group of the status table.
 */
describe('the statuses that the schema names', () => {
  const WORDS = new Set<string>([...CASE_STATUSES, ...STEP_STATUSES]);
  const wordsOf = (text: string): string[] =>
    [...text.matchAll(/'([a-z-]+)'/g)].flatMap(([, word = '']) => (WORDS.has(word) ? [word] : [])).sort();

  /** What names statuses, by name, as `query` gives them. */
  const naming = async (query: string): Promise<Record<string, string[]>> => {
    const { rows } = await database.db.query<{ name: string; text: string }>(query);
    const found = rows.map(({ name, text }): [string, string[]] => [name, wordsOf(text)]);
    return Object.fromEntries(found.filter(([, words]) => words.length > 0));
  };
  const sort = (of: readonly string[]): string[] => [...of].sort();

  it('in checks are all that there are', async () => {
    const checks = await naming(
      `select conname as name, pg_get_constraintdef(oid) as text from pg_constraint
      where contype = 'c' and conrelid in ('cases'::regclass, 'steps'::regclass) and conname like '%status%'`,
    );
    expect(checks).toEqual({ cases_status_check: sort(CASE_STATUSES), steps_status_check: sort(STEP_STATUSES) });
  });

  it('in indexes are what is under way and what was decided', async () => {
    const indexes = await naming(
      `select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as text from pg_index
      where indrelid in ('cases'::regclass, 'steps'::regclass)`,
    );
    expect(indexes).toEqual({ steps_finished: sort(DECIDED), steps_open_by_agency: sort(UNDER_WAY) });
  });

  it('in functions are none, because a function has parameters', async () => {
    const functions = await naming(
      `select proname as name, prosrc as text from pg_proc where pronamespace = 'public'::regnamespace`,
    );
    expect(functions).toEqual({});
  });

  it('in defaults is the one with which a case begins', async () => {
    const defaults = await naming(
      `select attrelid::regclass || '.' || attname as name, pg_get_expr(adbin, adrelid) as text
      from pg_attrdef join pg_attribute on attrelid = adrelid and attnum = adnum
      where attrelid in ('cases'::regclass, 'steps'::regclass)`,
    );
    expect(defaults).toEqual({ 'cases.status': [begin(HOUSE_MOVE_PLAN, 0).status] });
  });
});

/**
 * The groups reach the statements as parameters. The partial indexes that name the same statuses
 * still serve them.
 */
describe('a statement about a group of statuses', () => {
  const NOW = Date.parse('2024-11-20T03:00:00Z');

  /** The plan of the only statement that `ask` runs, as if the tables were large. */
  const planOf = async (ask: (db: Db) => Promise<unknown>): Promise<string> => {
    const client = await database.db.connect();
    let plan = '';
    const explain = async (text: string, values: unknown[]): Promise<{ rows: never[] }> => {
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain ${text}`, values);
      plan = rows.map((row) => row['QUERY PLAN']).join('\n');
      return { rows: [] };
    };
    try {
      await client.query('set enable_seqscan = off');
      await ask({ query: explain as unknown as Pool['query'] });
    } finally {
      client.release(true);
    }
    return plan;
  };

  it.each<[string, string, (db: Db) => Promise<unknown>]>([
    ['the worklist of an agency', 'steps_open_by_agency', (db) => agencyTasks(db, 'police', { limit: 20 })],
    ['the open steps of all agencies', 'steps_open_by_agency', (db) => agenciesNow(db, '33', NOW)],
    ['the late steps', 'steps_open_by_agency', (db) => findLateSteps(db, Date.now(), 20)],
    ['what agencies have decided', 'steps_finished', (db) => agenciesSince(db, '33', NOW)],
    ['the report of a day', 'steps_finished', (db) => makeDailyReport(db, '2024-11-20')],
  ])('that asks for %s uses the index %s', async (_what, index, ask) => {
    expect(await planOf(ask)).toContain(index);
  });
});
