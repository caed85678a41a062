import type { CaseRow } from '../../db/cases.ts';
import type { StepRow } from '../../db/steps.ts';
import { isCaseEnd, isStepEnd, stepActions, type StepAction } from '../../matters/engine/status.ts';
import type { CASE_ACTIONS } from '../contract.ts';
import { can, type Action, type Caller, type Resource } from '../policy.ts';

/** The rights of which one lets a caller do this to a step. */
const RIGHTS: Record<StepAction, readonly Action[]> = {
  decide: ['task.decide', 'step.decide'],
  'answer-supplement': ['supplement.answer'],
  resend: ['step.resend'],
  'settle-undo': ['step.settle-undo'],
};

/** What this caller can do to a step now, so that screens need no rules of their own. */
export const stepActionsFor = (caller: Caller, found: CaseRow, step: StepRow): StepAction[] => {
  const resource = stepResource(found, step);
  return stepActions(step.status, isUndoing(step)).filter((action) =>
    RIGHTS[action].some((right) => can(caller, right, resource)),
  );
};

/** What this caller can do to a case now. */
export const caseActions = (caller: Caller, found: CaseRow): (typeof CASE_ACTIONS)[number][] => {
  const open = !isCaseEnd(found.status) && !found.withdrawing;
  return open && can(caller, 'withdrawal.request', { region: found.region, agencies: [] }) ? ['withdraw'] : [];
};

/** A step as the policy sees it. */
export const stepResource = ({ region }: CaseRow, { agency }: StepRow): Resource => ({ region, agencies: [agency] });

const isUndoing = (step: StepRow): boolean => step.undo && !isStepEnd(step.status);
