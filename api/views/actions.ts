import type { CaseRow } from '../../db/cases.ts';
import type { CaseOfStep, StepRow } from '../../db/steps.ts';
import {
  caseAllows,
  isCaseEnd,
  isReopenable,
  isStepEnd,
  stepActions,
  type StepAction,
  type StepSituation,
  type StepStatus,
} from '../../matters/engine/status.ts';
import type { OrderAction } from '../../matters/supervision/supervision.ts';
import type { CASE_ACTIONS } from '../contract.ts';
import { can, type Action, type Caller, type Resource } from '../policy.ts';

/** The rights of which one lets a caller do this to a step. */
const RIGHTS: Record<StepAction, readonly Action[]> = {
  decide: ['task.decide', 'step.decide'],
  'answer-supplement': ['supplement.answer'],
  resend: ['step.resend'],
  urge: ['step.urge'],
  extend: ['step.extend'],
  suspend: ['task.decide', 'step.suspend'],
  resume: ['task.decide', 'step.suspend'],
  reassign: ['step.reassign'],
  redo: ['step.redo'],
  keep: ['step.keep'],
  'settle-undo': ['step.settle-undo'],
  'retry-undo': ['step.settle-undo'],
};

/** What can be done to a step: told to its case, or about it to its agency, by a supervision order (督办单). */
export type StepActionView = StepAction | 'order';

/** What this caller can do to a step now, so that screens need no rules of their own. */
export const stepActionsFor = (caller: Caller, found: CaseOfStep, step: StepRow): StepActionView[] => {
  const resource = stepResource(found, step);
  const actions = stepActions(situationOf(step)).filter(
    (action) => caseAllows(found, action) && RIGHTS[action].some((right) => can(caller, right, resource)),
  );
  return mayBeOrdered(found, step) && can(caller, 'order.open', resource) ? [...actions, 'order'] : actions;
};

/** What decides which actions are open for a step, as its row has it. */
export const situationOf = ({ status, attention, undo, extension, extensionDays }: StepRow): StepSituation => ({
  status,
  attention,
  undoing: undo && !isStepEnd(status),
  extension: extensionDays === undefined ? extension : 0,
  extended: extensionDays !== undefined,
});

/** The statuses in which a step is with its agency, so that the agency can be called to account for it. */
const WITH_AGENCY: readonly StepStatus[] = ['submitted', 'accepted', 'suspended', 'attention', 'undoing'];

/** Whether a supervision order can be given about the step. */
export const mayBeOrdered = ({ status }: Pick<CaseRow, 'status'>, step: StepRow): boolean =>
  !isCaseEnd(status) && WITH_AGENCY.includes(step.status);

/** The right that an action on a supervision order needs. */
export const orderRights = (action: OrderAction): Action =>
  action === 'answer' || action === 'contest' ? 'order.reply' : 'order.judge';

type CaseAction = (typeof CASE_ACTIONS)[number];

const CASE_RIGHTS: Record<CaseAction, Action> = {
  withdraw: 'withdrawal.request',
  'request-supplement': 'supplement.request',
  'fill-gap': 'gap.fill',
  correct: 'case.correct',
  terminate: 'case.terminate',
};

/** What this caller can do to a case now. */
export const caseActions = (caller: Caller, found: CaseRow): CaseAction[] => {
  const { status, closing, region, gaps } = found;
  const open = !isCaseEnd(status) && closing === undefined;
  const possible: CaseAction[] = [
    ...(open ? (['withdraw', 'request-supplement', 'terminate'] as const) : []),
    ...(open && gaps.length > 0 ? (['fill-gap'] as const) : []),
    ...(open || (isReopenable(status) && closing === undefined) ? (['correct'] as const) : []),
  ];
  return possible.filter((action) => can(caller, CASE_RIGHTS[action], { region, agencies: [] }));
};

/** A step as the policy sees it. */
export const stepResource = ({ region }: Pick<CaseRow, 'region'>, { agency }: StepRow): Resource => ({
  region,
  agencies: [agency],
});
