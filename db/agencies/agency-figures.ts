import { DECIDED, UNDER_WAY, type StepStatus } from '../../domain/case/status.ts';
import { AGENCY_CAUSES } from '../../domain/waiting/causes.ts';
import type { Db } from '../sql/pool.ts';
import { dropNulls } from '../sql/rows.ts';

export interface AgencyLoad {
  agency: string;
  pending: number;
  running: number;
  attention: number;
  late: number;
  stalled: number;
}

/**
 * Steps in progress are counted in three groups: being sent to the agency, waiting for a person,
 * and the rest.
 */
const PENDING: StepStatus = 'submitted';
const ATTENTION: StepStatus = 'attention';

const IN_DIVISION = `steps.division >= $1 and steps.division < $1 || ':'`;

/**
 * Open steps by agency that a division decides (prefix; empty: everywhere), and the stalls for which the
 * agency itself is the cause.
 */
export const agenciesNow = async (db: Db, region: string, now: number): Promise<AgencyLoad[]> => {
  const { rows } = await db.query<AgencyLoad>(
    `with open as (
      select steps.agency, count(*) filter (where steps.status = $5) as pending,
        count(*) filter (where steps.status not in ($5, $6)) as running,
        count(*) filter (where steps.status = $6) as attention,
        count(*) filter (where light_rank($2, steps.yellow_at, steps.promised_at, steps.statutory_at, null, steps.paused_at) <= 2) as late
      from steps where steps.status = any ($4) and ${IN_DIVISION}
      group by steps.agency
    ), stalling as (
      select agency, count(*) as stalled from stalls
      where cleared_at is null and cause = any ($3) and division >= $1 and division < $1 || ':' group by agency
    )
    select agency, coalesce(pending, 0) as pending, coalesce(running, 0) as running, coalesce(attention, 0) as attention,
      coalesce(late, 0) as late, coalesce(stalled, 0) as stalled
    from open full join stalling using (agency)`,
    [region, new Date(now), AGENCY_CAUSES, UNDER_WAY, PENDING, ATTENTION],
  );
  return rows;
};

/** Minutes: the median, and the 90th and 99th percentile. */
type Percentiles = [p50: number, p90: number, p99: number];

export interface AgencyHistory {
  agency: string;
  /** Absent: all steps of the agency together. */
  matter?: string;
  definition?: string;
  finished: number;
  /** Of those that had a promised deadline. */
  promised: number;
  onTime: number;
  supplemented: number;
  /**
   * While the agency held them, in minutes and in minutes of the windows; absent: nothing was
   * measured.
   */
  held?: Percentiles;
  worked?: Percentiles;
}

/** The decisions of agencies since an instant, by agency and by each step of each matter. */
export const agenciesSince = async (db: Db, region: string, since: number): Promise<AgencyHistory[]> => {
  const { rows } = await db.query<AgencyHistory>(
    `select agency, matter, definition, count(*) as finished, count(promised_at) as promised,
      count(*) filter (where ended_at <= promised_at) as "onTime", count(*) filter (where supplemented) as supplemented,
      percentile_cont(array[0.5, 0.9, 0.99]) within group (order by held_minutes) as held,
      percentile_cont(array[0.5, 0.9, 0.99]) within group (order by worked_minutes) as worked
    from (
      select steps.agency, cases.matter, steps.definition, steps.promised_at, steps.ended_at, supplemented, held_minutes, worked_minutes
      from steps join cases on cases.id = steps.case_id
      where steps.ended_at >= $2 and steps.status = any ($3) and ${IN_DIVISION}
    ) as finished
    group by grouping sets ((agency), (agency, matter, definition)) order by agency, matter, definition`,
    [region, new Date(since), DECIDED],
  );
  return rows.map(dropNulls);
};
