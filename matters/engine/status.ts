/** Statuses of a case and of its steps, and what may be done in each: the one table behind every button and every 409. */

export const CASE_STATUSES = [
  'submitted',
  'accepted',
  'completed',
  'partially-completed',
  'refused',
  'not-accepted',
  'returned',
  'withdrawn',
] as const;
export type CaseStatus = (typeof CASE_STATUSES)[number];
export type CaseEnd = Exclude<CaseStatus, 'submitted' | 'accepted'>;

export const STEP_STATUSES = [
  'waiting',
  'ready',
  'submitted',
  'accepted',
  'supplement',
  'suspended',
  'attention',
  'undoing',
  'done',
  'refused',
  'skipped',
  'blocked',
  'stopped',
  'undone',
] as const;
export type StepStatus = (typeof STEP_STATUSES)[number];

const STEP_ENDS: ReadonlySet<StepStatus> = new Set(['done', 'refused', 'skipped', 'blocked', 'stopped', 'undone']);

/** Nothing more happens to the step by itself. */
export const isStepEnd = (status: StepStatus): boolean => STEP_ENDS.has(status);

export const isCaseEnd = (status: CaseStatus): status is CaseEnd => status !== 'submitted' && status !== 'accepted';

/** What a person or an agency can do to a step. */
export const STEP_ACTIONS = ['decide', 'answer-supplement', 'resend', 'settle-undo'] as const;
export type StepAction = (typeof STEP_ACTIONS)[number];

/** The statuses in which each action is open. `settle-undo` further needs an undo that waits for a person. */
const OPEN_IN = {
  decide: ['submitted', 'accepted', 'attention'],
  'answer-supplement': ['supplement'],
  resend: ['submitted', 'accepted', 'attention'],
  'settle-undo': ['attention', 'undoing'],
} as const satisfies Record<StepAction, readonly StepStatus[]>;

/** The actions that are open for a step; `undoing` says that an undo of it is under way or waits for a person. */
export const stepActions = (status: StepStatus, undoing: boolean): StepAction[] =>
  STEP_ACTIONS.filter(
    (action) => OPEN_IN[action].some((open) => open === status) && (action === 'settle-undo') === undoing,
  );
