import type { StepRuleTrace } from '../../db/cases/rule-traces.ts';
import type { StepRow } from '../../db/cases/steps.ts';
import { findStep } from '../../domain/matter/compile.ts';
import type { Matter } from '../../domain/matter/schema.ts';
import type { StepView } from '../../contract/steps.ts';

/**
 * The results of the rules of an instant step in its current round, for the person who decides
 * after a rule failed.
 */
export const rulesView = (
  matter: Matter,
  { stepId, round }: StepRow,
  traces: readonly StepRuleTrace[],
): Pick<StepView, 'rules'> => {
  const judged = traces.find((one) => one.stepId === stepId && one.round === round);
  if (!judged) return {};
  const rules = findStep(matter, stepId)?.step.rules ?? [];
  return {
    rules: judged.trace.flatMap((outcome) =>
      rules.filter(({ id }) => id === outcome.id).map(({ name, source }) => ({ ...outcome, name, source })),
    ),
  };
};
