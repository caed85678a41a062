import { WITH_AGENCY } from '../../domain/case/status.ts';
import type { Db } from '../sql/pool.ts';

/** A step whose clock runs and has passed a light for which no rule was applied yet. */
export interface LateStep {
  caseId: string;
  stepId: string;
  round: number;
  light: 'yellow' | 'red';
  agency: string;
  region: string;
  matter: string;
  version: number;
}

/**
 * Steps that are with their agency while the clock runs, at lights for which no rule was applied in
 * this round, longest late first. A step that is red is not reported as yellow, so that after a
 * pause of this loop the agency is not urged and ordered at the same moment.
 */
export const findLateSteps = async (db: Db, limit: number): Promise<LateStep[]> => {
  // Not a named statement: a plan for any statuses could not use the index of the steps under way.
  const { rows } = await db.query<LateStep>(
    `select late.case_id as "caseId", late.id as "stepId", late.round, late.light, late.agency, region, matter, version from (
      select case_id, id, round, agency, case when promised_at < now() then 'red' else 'yellow' end as light, yellow_at
      from steps where status = any($2)
        and yellow_at <= now() and paused_at is null and parked_at is null
    ) late join cases on cases.id = late.case_id
    where cases.ended_at is null and closing is null and not exists (
      select from supervision_rungs as taken where taken.case_id = late.case_id and taken.step_id = late.id
        and taken.round = late.round and taken.light = late.light)
    order by late.yellow_at limit $1`,
    [limit, WITH_AGENCY],
  );
  return rows;
};

/** Claims a level, in the transaction that acts on it; false: another process did. */
export const takeRung = async (
  client: Db,
  { caseId, stepId, round, light }: LateStep,
  rung: 'nothing' | 'urge' | 'order',
): Promise<boolean> => {
  const { rowCount } = await client.query(
    `insert into supervision_rungs (case_id, step_id, round, light, rung) values ($1, $2, $3, $4, $5)
    on conflict do nothing`,
    [caseId, stepId, round, light, rung],
  );
  return rowCount === 1;
};
