import type { CaseWithPlan } from '../../db/cases.ts';
import { readCaseState } from '../../db/case-state.ts';
import { closingEffect } from '../../matters/engine/closing.ts';
import { whyNotOpen } from '../../matters/engine/run.ts';
import { agencyOf, stepOf } from '../../matters/engine/state.ts';
import type { WithdrawalPreview } from '../contract.ts';
import type { Deps } from '../deps.ts';
import { agencyName } from '../registry.ts';
import { stepName } from './case.ts';

/** What a withdrawal would do to each step as the case stands now, by the very rules that will do it. */
export const previewWithdrawal = async (deps: Deps, found: CaseWithPlan): Promise<WithdrawalPreview> => {
  const [{ state }, agencies, { matter }] = await Promise.all([
    readCaseState(deps.pool, found),
    deps.registry.agencies(),
    deps.registry.matterOf(found),
  ]);
  const code = whyNotOpen(state);
  return {
    allowed: code === undefined,
    ...(code !== undefined && { code }),
    steps: state.plan.steps.map((step) => ({
      id: step.id,
      name: stepName(matter, step.id),
      agency: agencyName(agencies, agencyOf(state, step.id)),
      status: stepOf(state, step.id).status,
      effect: closingEffect(state, step, 'withdrawal'),
      undo: step.undo.class,
    })),
  };
};
