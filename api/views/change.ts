import type { CaseWithPlan } from '../../db/cases/cases.ts';
import { readCaseState } from '../../db/cases/case-state.ts';
import type { CaseState } from '../../domain/case/state.ts';
import { agencyOf, stepOf } from '../../domain/case/state.ts';
import { previewChange } from '../../domain/case/preview.ts';
import type { ChangePreview } from '../../contract/supplements.ts';
import type { Deps } from '../deps.ts';
import { agencyName } from './names.ts';
import { stepName } from './names.ts';

type Change = Parameters<typeof previewChange>[1];

/**
 * The effect that an answer or a correction would have now. `message` builds it from the state.
 */
export const viewChange = async (
  deps: Deps,
  found: CaseWithPlan,
  message: (state: CaseState) => Change,
): Promise<Omit<ChangePreview, 'warnings'>> => {
  const [{ state }, agencies, { matter }] = await Promise.all([
    readCaseState(deps.pool, found),
    deps.registry.agencies(),
    deps.registry.matterOf(found),
  ]);
  const { code, steps } = previewChange(state, message(state), deps.now());
  return {
    allowed: code === undefined,
    ...(code !== undefined && { code }),
    steps: steps.map(({ stepId, effect }) => ({
      id: stepId,
      name: stepName(matter, stepId),
      agency: agencyName(agencies, agencyOf(state, stepId)),
      status: stepOf(state, stepId).status,
      effect,
    })),
  };
};
