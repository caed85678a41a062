import type { ResultSource } from './messages.ts';
import { isStepEnd, isUndoing } from './status.ts';
import { planStepOf, stepOf, type CaseState, type StepState } from './state.ts';

/** Whether the step has a result that counts. A result in doubt counts until a person decides. */
export const hasResult = ({ status, attention }: Pick<StepState, 'status' | 'attention'>): boolean =>
  status === 'done' || attention === 'CORRECTION_BY_PERSON';

/**
 * The results that a step is sent when a round of it begins. While a step is decided again, the
 * result that it gave before is sent: if the new one is another, it is sent as well.
 */
export const listResults = (state: CaseState, stepId: string): ResultSource[] => {
  const before = stepOf(state, stepId).results ?? [];
  return (planStepOf(state.plan, stepId).reads ?? []).flatMap((giver) => {
    const { decided, ...step } = stepOf(state, giver);
    if (decided && hasResult(step)) {
      const { messageId, result } = decided;
      return [{ stepId: giver, messageId, ...(result !== undefined && { digest: result }) }];
    }
    const isDecidedAgain = !isStepEnd(step.status) && !isUndoing(step);
    return isDecidedAgain ? before.filter((source) => source.stepId === giver) : [];
  });
};
