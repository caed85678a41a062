import type { RefusalCode } from './messages.ts';
import type { StepFacts } from './run.ts';
import { isCaseEnd, openActions, situationOf, type CaseStanding } from './status.ts';

/**
 * Why the step cannot be decided in this round (default: its present one); undefined: it can. An
 * answer that comes late does not count: after the end of its case or step, after a first decision,
 * in an earlier round, or while the step is being undone. The case refuses it, and the review queue
 * shows it.
 */
export const whyNotDecide = (
  { status }: CaseStanding,
  step: StepFacts,
  round: number = step.round,
): RefusalCode | undefined => {
  if (isCaseEnd(status)) return 'CASE_ENDED';
  if (step.undo === true) return 'STEP_BEING_UNDONE';
  if (step.status === 'waiting' || step.status === 'ready') return 'STEP_NOT_STARTED';
  if (round !== step.round) return 'ROUND_STALE';
  if (openActions(situationOf(step)).includes('decide')) return undefined;
  return step.decision === undefined ? 'STEP_ENDED' : 'STEP_ALREADY_DECIDED';
};
