import type { ClockedStep } from '../../domain/deadlines/case-clock.ts';
import type { Plan } from '../../domain/case/plan.ts';
import { databaseError, type Db } from '../sql/pool.ts';
import { dropNulls } from '../sql/rows.ts';

/**
 * The data from which the deadlines of a case and its items are computed. Only the first row has the
 * plan, which grows with the number of rows. Throws `CASE_UNKNOWN`.
 */
export const readClocks = async (db: Db, caseId: string): Promise<{ plan: Plan; steps: ClockedStep[] }> => {
  const { rows } = await db.query<ClockedStep & { plan: Plan | null }>({
    name: 'read-clocks',
    text: `select case when position = 1 then plan end as plan, steps.id, steps.status, steps.clock,
        steps.ended_at as "endedAt"
      from cases join steps on steps.case_id = cases.id where cases.id = $1 order by position`,
    values: [caseId],
  });
  const plan = rows[0]?.plan;
  if (!plan) throw databaseError('CASE_UNKNOWN', `no case ${caseId}`);
  return { plan, steps: rows.map(({ plan: _, ...step }) => dropNulls(step)) };
};
