import { getCase, type CaseWithPlan } from '../../db/cases.ts';
import { getStep, type StepRow } from '../../db/steps.ts';
import type { Deps } from '../deps.ts';
import type { Found } from '../route.ts';
import { stepResource } from '../views/actions.ts';

/** The case in the path, for `can`: it belongs to its region and to every agency that has a step in it. */
export const caseScope =
  ({ pool }: Deps) =>
  async ({ params }: { params: { caseId: string } }): Promise<Found<CaseWithPlan>> => {
    const found = await getCase(pool, params.caseId);
    const agencies = found.plan.steps.map(({ agency }) => agency);
    return { resource: { region: found.region, agencies }, found };
  };

/** The step in the path with its case, for `can`: it belongs to its own agency alone. */
export const stepScope =
  ({ pool }: Deps) =>
  async ({
    params,
  }: {
    params: { caseId: string; stepId: string };
  }): Promise<Found<{ found: CaseWithPlan; step: StepRow }>> => {
    const [found, step] = await Promise.all([
      getCase(pool, params.caseId),
      getStep(pool, params.caseId, params.stepId),
    ]);
    return { resource: stepResource(found, step), found: { found, step } };
  };
