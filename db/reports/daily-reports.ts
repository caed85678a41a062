import { DECIDED, GRANTED } from '../../domain/case/status.ts';
import type { DayFigures } from '../../domain/reports/daily-report.ts';
import type { Db } from '../sql/pool.ts';

/** A missing report of an older day is not made any more. */
const CATCH_UP_DAYS = 31;

/**
 * The days (YYYY-MM-DD) that are over in China and have no report: since the first case, at most
 * the last 31. Yesterday is always among them until it has one, because a day without cases also
 * gets a report.
 */
export const missingDays = async (db: Db, now: number): Promise<string[]> => {
  const { rows } = await db.query<{ day: string }>(
    `with bounds as (
      select today - 1 as last, greatest(least((select (min(submitted_at) at time zone 'Asia/Shanghai')::date from cases), today - 1), today - $2::int) as first
      from (select ($1::timestamptz at time zone 'Asia/Shanghai')::date as today) as now
    )
    select to_char(day, 'YYYY-MM-DD') as day from bounds, generate_series(first, last, interval '1 day') as day
    where not exists (select from daily_reports where daily_reports.day = day.day::date) order by day`,
    [new Date(now), CATCH_UP_DAYS],
  );
  return rows.map(({ day }) => day);
};

/**
 * Writes the report of a day that is over. Of two calls at once one writes; a later call changes
 * nothing. Open and late cases and stalls are counted as they were at the end of that day, so that
 * the report of a missed day is the same as on time.
 */
export const makeDailyReport = async (db: Db, day: string): Promise<void> => {
  await db.query(
    `with day as (
      select $1::date::timestamp at time zone 'Asia/Shanghai' as start, ($1::date + 1)::timestamp at time zone 'Asia/Shanghai' as stop
    ), touched as (
      select region, matter, status, submitted_at, ended_at, promised_at from cases where ended_at is null and submitted_at < (select stop from day)
      union all
      select region, matter, status, submitted_at, ended_at, promised_at from cases
      where ended_at >= (select start from day) and submitted_at < (select stop from day)
    ), of_cases as (
      select region, matter, count(*) filter (where submitted_at >= start) as submitted,
        count(*) filter (where ended_at < stop) as ended,
        count(*) filter (where ended_at < stop and status = any($2)) as granted,
        count(*) filter (where ended_at < stop and promised_at is not null) as promised,
        count(*) filter (where ended_at < stop and ended_at <= promised_at) as "onTime",
        count(*) filter (where ended_at is null or ended_at >= stop) as open,
        count(*) filter (where (ended_at is null or ended_at >= stop) and promised_at < stop) as late
      from touched, day group by region, matter
    ), of_agencies as (
      select steps.division as region, steps.agency, count(*) as decided, count(steps.promised_at) as promised,
        count(*) filter (where steps.ended_at <= steps.promised_at) as "onTime", count(*) filter (where supplemented) as supplemented
      from day, steps
      where steps.ended_at >= start and steps.ended_at < stop and steps.status = any($3)
      group by steps.division, steps.agency
    ), of_stalls as (
      select division as region, agency, cause, count(*) from day, stalls
      where division is not null and opened_at < stop and (cleared_at is null or cleared_at >= stop) group by division, agency, cause
    )
    insert into daily_reports (day, figures) select $1, json_build_object(
      'cases', (select coalesce(json_agg(of_cases), '[]') from of_cases),
      'agencies', (select coalesce(json_agg(of_agencies), '[]') from of_agencies),
      'stalls', (select coalesce(json_agg(json_strip_nulls(to_json(of_stalls))), '[]') from of_stalls))
    on conflict (day) do nothing`,
    [day, GRANTED, DECIDED],
  );
};

export interface DailyReport {
  day: string;
  figures: DayFigures;
  madeAt: number;
}

/** The reports of the days from `from` to `to`, both included (YYYY-MM-DD), newest first. */
export const listDailyReports = async (db: Db, from: string, to: string): Promise<DailyReport[]> => {
  const { rows } = await db.query<DailyReport>(
    `select to_char(day, 'YYYY-MM-DD') as day, figures, made_at as "madeAt" from daily_reports
    where day between $1 and $2 order by daily_reports.day desc`,
    [from, to],
  );
  return rows;
};
