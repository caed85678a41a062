import type { Db } from '../sql/pool.ts';

/**
 * An SQL condition on a row of `steps`: its agency is known to the registry, and does not serve the
 * division that decides it. `domain/office/offices.ts` has the same rule for a new case. An agency
 * that no registration mentions is no matter of divisions.
 */
export const NO_OFFICE = `(exists (select from agencies where steps.agency in (agencies.id, agencies.serves))
    and not exists (select from agencies where agencies.id = steps.agency and (agencies.divisions is null
      or exists (select from unnest(agencies.divisions) as prefix where starts_with(steps.division, prefix)))))`;

/** Whether no office serves the division of a step. */
export const isUnserved = async (db: Db, { caseId, stepId }: { caseId: string; stepId: string }): Promise<boolean> => {
  const { rowCount } = await db.query({
    name: 'is-unserved',
    text: `select from steps where case_id = $1 and id = $2 and ${NO_OFFICE}`,
    values: [caseId, stepId],
  });
  return rowCount === 1;
};
