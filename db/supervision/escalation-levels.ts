import { WITH_AGENCY } from '../../domain/case/status.ts';
import type { EscalationLevel } from '../../domain/matter/schema.ts';
import type { LateStep } from '../../domain/supervision/escalation.ts';
import { NO_OFFICE } from '../cases/unserved-steps.ts';
import type { Db } from '../sql/pool.ts';

/** A step whose clock runs and has passed a light for which no rule was applied yet. */
export interface DueEscalation extends LateStep {
  caseId: string;
  stepId: string;
  round: number;
  agency: string;
  /** The division that decides the step. */
  region: string;
  matter: string;
  version: number;
}

/**
 * Steps that are with their agency while the clock runs, at lights for which no rule was applied in
 * this round, longest late first; not those that no office serves. A step that is red is not
 * reported as yellow, so that after a pause of this loop the agency is not urged and ordered at the
 * same moment.
 */
export const findLateSteps = async (db: Db, now: number, limit: number): Promise<DueEscalation[]> => {
  // Not a named statement: a plan for any statuses could not use the index of the steps under way.
  const { rows } = await db.query<DueEscalation>(
    `select late.case_id as "caseId", late.id as "stepId", late.round, late.kind, late.light, late.agency, late.division as region, matter, version from (
      select case_id, id, round, kind, agency, division, case when promised_at < $3 then 'red' else 'yellow' end as light, yellow_at
      from steps where status = any($2)
        and yellow_at <= $3 and paused_at is null and parked_at is null and not ${NO_OFFICE}
    ) late join cases on cases.id = late.case_id
    where cases.ended_at is null and closing is null and not exists (
      select from escalations as taken where taken.case_id = late.case_id and taken.step_id = late.id
        and taken.round = late.round and taken.light = late.light)
    order by late.yellow_at limit $1`,
    [limit, WITH_AGENCY, new Date(now)],
  );
  return rows;
};

/** Claims a level, in the transaction that acts on it; false: another process did. */
export const takeEscalation = async (
  client: Db,
  { caseId, stepId, round, light }: DueEscalation,
  level: EscalationLevel,
): Promise<boolean> => {
  const { rowCount } = await client.query(
    `insert into escalations (case_id, step_id, round, light, level) values ($1, $2, $3, $4, $5)
    on conflict do nothing`,
    [caseId, stepId, round, light, level],
  );
  return rowCount === 1;
};
