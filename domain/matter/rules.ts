import { findStep } from './compile.ts';
import { judge } from './expressions.ts';
import { resultScope, type StepResult } from './results.ts';
import type { Matter } from './schema.ts';
import { caseScope, itemScope, listItems } from './scope.ts';
import type { Clock, Form } from './values.ts';

/** The result of one rule; `note` says why it could not be judged, without a value of the form. */
export interface RuleTrace {
  id: string;
  held: boolean;
  note?: string;
}

/**
 * Decides an `instant` step by its rules (智能秒办): approved when all hold. A rule that cannot be
 * judged does not hold. A step that is not approved goes to a person, so a machine never refuses.
 * Every rule is judged and traced, also after one that did not hold. `results` are those of the
 * steps that it reads.
 */
export const decideByRules = (
  matter: Matter,
  planStepId: string,
  form: Form,
  clock: Clock,
  results: readonly StepResult[],
): { approved: boolean; trace: RuleTrace[] } => {
  const found = findStep(matter, planStepId);
  const { scope: ofForm } = caseScope(matter, form, clock);
  const { item } = found ?? {};
  const itemsOf = (list: string): number => listItems(ofForm, list).length;
  const scope = found ? { ...ofForm, results: resultScope(matter, found, results, itemsOf) } : ofForm;
  const judged = item ? itemScope(scope, listItems(scope, item.list)[item.index], item.index) : scope;
  const trace = (found?.step.rules ?? []).map(({ id, expr }): RuleTrace => {
    const judgement = judge(expr, judged);
    return judgement.holds === undefined ? { id, held: false, note: judgement.fault } : { id, held: judgement.holds };
  });
  return { approved: trace.length > 0 && trace.every(({ held }) => held), trace };
};
