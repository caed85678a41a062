import type { RuleTrace } from '../../domain/matter/rules.ts';
import type { Db } from '../sql/pool.ts';

export interface StepRuleTrace {
  caseId: string;
  stepId: string;
  round: number;
  approved: boolean;
  trace: RuleTrace[];
}

/**
 * Keeps the results of the rules of an instant step; the first trace of a round stays. Returns
 * whether all rules hold by the trace that stays.
 */
export const recordRuleTrace = async (
  db: Db,
  { caseId, stepId, round, approved, trace }: StepRuleTrace,
): Promise<boolean> => {
  const { rows } = await db.query<{ approved: boolean }>(
    `with added as (
      insert into rule_traces (case_id, step_id, round, approved, trace) values ($1, $2, $3, $4, $5)
      on conflict do nothing returning approved
    )
    select approved from added
    union all select approved from rule_traces where case_id = $1 and step_id = $2 and round = $3`,
    [caseId, stepId, round, approved, JSON.stringify(trace)],
  );
  return rows[0]?.approved ?? approved;
};

/** The traces of a case, oldest first. */
export const listRuleTraces = async (db: Db, caseId: string): Promise<(StepRuleTrace & { at: number })[]> => {
  const { rows } = await db.query<StepRuleTrace & { at: number }>(
    `select case_id as "caseId", step_id as "stepId", round, approved, trace, at from rule_traces
    where case_id = $1 order by at`,
    [caseId],
  );
  return rows;
};
