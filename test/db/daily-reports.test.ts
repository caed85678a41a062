import { afterAll, beforeAll, expect, it } from 'vitest';
import { listDailyReports, makeDailyReport, missingDays } from '../../db/reports/daily-reports.ts';
import { accept, openDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openDatabase();
});
afterAll(() => database.close());

/** An instant of November 2024 in China. */
const at = (day: number, time: string): number => Date.parse(`2024-11-${day}T${time}:00+08:00`);
const time = (instant: number | undefined) => (instant === undefined ? null : new Date(instant));

interface Row {
  region?: string;
  status?: string;
  submitted: number;
  promised?: number;
  ended?: number;
}

const add = async ({ region = '330411', status = 'accepted', submitted, promised, ended }: Row): Promise<string> => {
  const { caseId } = await accept(database, { region, at: submitted });
  await database.db.query('update cases set status = $2, promised_at = $3, ended_at = $4 where id = $1', [
    caseId,
    status,
    time(promised),
    time(ended),
  ]);
  return caseId;
};
const stall = (caseId: string, agency: string, cause: string, opened: number, cleared?: number) =>
  database.db.query(
    `insert into stalls (case_id, step_id, agency, matter, region, division, cause, detail, turn, since, opened_at, cleared_at)
    select $1, 'register', $2, matter, region, region, $3, 'DECISION', 'officer', $4, $4, $5 from cases where id = $1`,
    [caseId, agency, cause, time(opened), time(cleared)],
  );

it('a day has the cases received, ended and decided between its midnights in China, and those open, late and stalled at its end', async () => {
  // Before the day; open all through it; late at its end, not at its beginning.
  const open = await add({ submitted: at(18, '10:00'), promised: at(20, '17:00') });
  await stall(open, 'police', 'officer-idle', at(20, '09:00'));
  // In its first minute, ended the next day: open at its end, and not yet late.
  const next = await add({
    submitted: at(20, '00:00'),
    promised: at(21, '09:00'),
    ended: at(21, '00:00'),
    status: 'completed',
  });
  await stall(next, 'police', 'agency-silent', at(20, '10:00'), at(21, '08:00'));
  // Ended in its last minute, in time; its stall was over before.
  const done = await add({
    submitted: at(20, '08:00'),
    promised: at(20, '23:59'),
    ended: at(20, '23:59'),
    status: 'completed',
  });
  await stall(done, 'post', 'applicant', at(20, '09:00'), at(20, '10:00'));
  await add({ submitted: at(19, '08:00'), promised: at(19, '17:00'), ended: at(20, '09:00'), status: 'refused' });
  await add({ submitted: at(20, '08:00'), ended: at(20, '09:00'), status: 'partially-completed', region: '330402' });
  // The day before and the day after.
  await add({ submitted: at(19, '08:00'), promised: at(19, '20:00'), ended: at(19, '23:59'), status: 'completed' });
  await add({ submitted: at(21, '00:00') });
  const decide = (
    caseId: string,
    stepId: string,
    ended: number,
    promised: number,
    supplemented: boolean,
    status = 'done',
  ) =>
    database.db.query(
      'update steps set status = $6, ended_at = $3, promised_at = $4, supplemented = $5 where case_id = $1 and id = $2',
      [caseId, stepId, time(ended), time(promised), supplemented, status],
    );
  await decide(done, 'register', at(20, '12:00'), at(20, '13:00'), true);
  await decide(done, 'notify.1', at(20, '12:00'), at(20, '11:00'), false, 'refused');
  await decide(open, 'register', at(20, '12:00'), at(20, '12:00'), false);
  await decide(open, 'notify.1', at(21, '00:00'), at(22, '00:00'), false);
  await decide(next, 'register', at(20, '12:00'), at(20, '12:00'), false, 'stopped');

  // What another division than that of the case decides is counted there.
  await database.db.query(`update steps set division = '330402' where case_id = $1 and id = 'notify.1'`, [done]);
  await database.db.query(`update stalls set division = '330402' where case_id = $1`, [next]);

  await makeDailyReport(database.db, '2024-11-20');
  const [report] = await listDailyReports(database.db, '2024-11-20', '2024-11-20');
  expect(report?.day).toBe('2024-11-20');
  const figures = report!.figures;
  expect(figures.cases).toHaveLength(2);
  expect(figures.cases).toContainEqual({
    ...{ region: '330411', matter: 'house-move', submitted: 2, ended: 2, granted: 1 },
    ...{ promised: 2, onTime: 1, open: 2, late: 1 },
  });
  expect(figures.cases).toContainEqual({
    ...{ region: '330402', matter: 'house-move', submitted: 1, ended: 1, granted: 1 },
    ...{ promised: 0, onTime: 0, open: 0, late: 0 },
  });
  expect(figures.agencies).toHaveLength(2);
  expect(figures.agencies).toContainEqual({
    ...{ region: '330411', agency: 'police', decided: 2, promised: 2, onTime: 2, supplemented: 1 },
  });
  expect(figures.agencies).toContainEqual({
    ...{ region: '330402', agency: 'post', decided: 1, promised: 1, onTime: 0, supplemented: 0 },
  });
  expect(figures.stalls).toHaveLength(2);
  expect(figures.stalls).toContainEqual({ region: '330411', agency: 'police', cause: 'officer-idle', count: 1 });
  expect(figures.stalls).toContainEqual({ region: '330402', agency: 'police', cause: 'agency-silent', count: 1 });
});

it('a day is written once: a second report, or two at the same time, change nothing', async () => {
  const [before] = await listDailyReports(database.db, '2024-11-20', '2024-11-20');
  await add({ submitted: at(20, '09:00') });
  await Promise.all([makeDailyReport(database.db, '2024-11-20'), makeDailyReport(database.db, '2024-11-20')]);
  expect(await listDailyReports(database.db, '2024-11-20', '2024-11-20')).toEqual([before]);
});

it('past days without a report are found from the first case on, with a gap at any place', async () => {
  expect(await missingDays(database.db, at(22, '00:00'))).toEqual(['2024-11-18', '2024-11-19', '2024-11-21']);
  await makeDailyReport(database.db, '2024-11-18');
  expect(await missingDays(database.db, at(22, '00:00'))).toEqual(['2024-11-19', '2024-11-21']);
  expect(await missingDays(database.db, at(21, '23:59'))).toEqual(['2024-11-19']);
});

it('at most 31 days are made up for, and always yesterday, also before the first case', async () => {
  const later = await missingDays(database.db, Date.parse('2025-03-01T00:10:00+08:00'));
  expect(later).toHaveLength(31);
  expect([later[0], later.at(-1)]).toEqual(['2025-01-29', '2025-02-28']);
  expect(await missingDays(database.db, Date.parse('2024-11-10T12:00:00+08:00'))).toEqual(['2024-11-09']);
});
