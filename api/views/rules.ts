import type { StepRuleTrace } from '../../db/cases/rule-traces.ts';
import type { StepRow } from '../../db/cases/steps.ts';
import { findStep } from '../../domain/matter/compile.ts';
import type { Matter } from '../../domain/matter/schema.ts';
import type { StepView } from '../../contract/steps.ts';

/** How the rules of an instant step came out in its present round: a person who decides after a miss sees what was missed. */
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
