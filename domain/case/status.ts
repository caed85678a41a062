import { ANSWERS, isEnding } from './answers.ts';
import { isExtended, findLongestExtension } from './extension-days.ts';
import type { AttentionCode, DecisionKind, RefusalCode } from './messages.ts';
import type { StepKind } from './plan.ts';

/**
 * The statuses of a case and of its steps, and the actions that each allows. Every offered action
 * and every 409 follows this one table.
 */

export const CASE_STATUSES = [
  'submitted',
  'accepted',
  'completed',
  'partially-completed',
  'refused',
  /** Nothing was gained, and nothing was refused: the applicant did not pay in time. */
  'lapsed',
  'not-accepted',
  'returned',
  'withdrawn',
] as const;
export type CaseStatus = (typeof CASE_STATUSES)[number];
export type CaseEnd = Exclude<CaseStatus, 'submitted' | 'accepted'>;

/**
 * Why an open case is being closed before its steps have ended: withdrawn by the applicant,
 * returned (退件), or terminated by a supervisor.
 */
export const CLOSINGS = ['withdrawal', 'return', 'termination'] as const;
export type Closing = (typeof CLOSINGS)[number];

/** The facts of a case on which its actions depend. */
export interface CaseStanding {
  status: CaseStatus;
  closing?: Closing | undefined;
}

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
  /** The applicant did not pay, or did not collect, in time: no decision against them. */
  'lapsed',
  'skipped',
  'blocked',
  'stopped',
  'undone',
] as const;
export type StepStatus = (typeof STEP_STATUSES)[number];

/** A step with this status has no part in its case, and its agency has no right in it. */
export const SKIPPED = 'skipped' satisfies StepStatus;

/** Who a step waits for in each status. A new status without a place here does not compile. */
const WAITS_FOR = {
  waiting: 'engine',
  ready: 'engine',
  submitted: 'agency',
  accepted: 'agency',
  supplement: 'applicant',
  suspended: 'agency',
  attention: 'agency',
  undoing: 'agency',
  done: 'end',
  refused: 'end',
  lapsed: 'end',
  skipped: 'end',
  blocked: 'end',
  stopped: 'end',
  undone: 'end',
} as const satisfies Record<StepStatus, 'engine' | 'agency' | 'applicant' | 'end'>;

/**
 * Its agency has the step, or may have it: the agency is responsible for it, and its worklist shows
 * it.
 */
export const WITH_AGENCY: readonly StepStatus[] = STEP_STATUSES.filter((status) => WAITS_FOR[status] === 'agency');

/** The step was sent and has not ended: it is with its agency or waits for the applicant. */
export const UNDER_WAY: readonly StepStatus[] = STEP_STATUSES.filter(
  (status) => WAITS_FOR[status] === 'agency' || WAITS_FOR[status] === 'applicant',
);

/** Nothing more happens to the step by itself. */
export const isStepEnd = (status: StepStatus): boolean => WAITS_FOR[status] === 'end';

/** The ends that its agency decided. */
export const DECIDED = ['done', 'refused', 'lapsed'] as const satisfies readonly StepStatus[];

/** The agency has answered nothing yet, according to a row that may be behind. */
export const UNANSWERED = ['waiting', 'ready', 'submitted'] as const satisfies readonly StepStatus[];

/** Sending or undoing the step may be in progress, according to a row that may be behind. */
export const IN_CALL = [...UNANSWERED, 'supplement', 'attention', 'undoing'] as const satisfies readonly StepStatus[];

/** The agency has not confirmed yet that it has the step. */
export const BEING_SENT = ['submitted'] as const satisfies readonly StepStatus[];

/** The agency has confirmed that it has the step. It is asked about these when it stays silent. */
export const ENQUIRABLE = ['accepted'] as const satisfies readonly StepStatus[];

/** The agency has the step or is being sent it, and has answered nothing that a person must look at. */
export const AWAITING_ANSWER: readonly StepStatus[] = [...BEING_SENT, ...ENQUIRABLE];

export const isCaseEnd = (status: CaseStatus): status is CaseEnd => status !== 'submitted' && status !== 'accepted';

/** The ends of a case that gave the applicant something. */
export const GRANTED = ['completed', 'partially-completed'] as const satisfies readonly CaseStatus[];

const REOPENABLE: ReadonlySet<CaseStatus> = new Set([...GRANTED, 'refused', 'lapsed']);

/**
 * The ends after which a step may be done again or a result corrected. A case that was taken back
 * or never accepted cannot be reopened.
 */
const isReopenable = (status: CaseStatus): boolean => REOPENABLE.has(status);

/** What a person or an agency can do to a step. */
export const STEP_ACTIONS = [
  'decide',
  'answer-supplement',
  'resend',
  'urge',
  'extend',
  'suspend',
  'resume',
  'reassign',
  'redo',
  'keep',
  'confirm',
  'settle-undo',
  'retry-undo',
] as const;
export type StepAction = (typeof STEP_ACTIONS)[number];

/** The facts that decide which actions are open for a step. */
export interface StepSituation {
  status: StepStatus;
  /** An undo of it is in progress or waits for a person. */
  undoing: boolean;
  attention?: AttentionCode | undefined;
  /**
   * The number of working days by which its limit can be extended; 0: not, or not any more, because
   * only one extension is possible.
   */
  extension: number;
  /** It was extended before. */
  extended?: boolean;
}

/** The facts about its situation that both the state and the row of a step have. */
export interface SituationFacts {
  status: StepStatus;
  /** An undo was started; it stays set when the step is undone. */
  undo?: boolean | undefined;
  attention?: AttentionCode | undefined;
  /** The number of working days by which the plan lets its limit be extended, once. */
  extension?: number | undefined;
  /** The number of working days by which it was extended. */
  extensionDays?: number | undefined;
}

/** An undo of the step is in progress or waits for a person. */
export const isUndoing = ({ status, undo }: SituationFacts): boolean => undo === true && !isStepEnd(status);

/** The situation of a step, from its state or from its row. */
export const situationOf = (step: SituationFacts): StepSituation => {
  const { status, attention } = step;
  return {
    status,
    attention,
    undoing: isUndoing(step),
    extension: findLongestExtension(step),
    extended: isExtended(step),
  };
};

/** The actions of a person on an undo. */
type UndoAction = 'settle-undo' | 'retry-undo';

/** The statuses in which each action is open, while no undo is in progress. */
const OPEN_IN = {
  decide: ['submitted', 'accepted', 'suspended', 'attention'],
  'answer-supplement': ['supplement'],
  resend: ['submitted', 'accepted', 'attention'],
  urge: ['submitted', 'accepted', 'suspended', 'attention'],
  extend: ['submitted', 'accepted', 'suspended', 'attention'],
  suspend: ['submitted', 'accepted', 'attention'],
  resume: ['suspended'],
  reassign: ['submitted', 'accepted', 'attention'],
  redo: ['done', 'refused', 'lapsed', 'stopped', 'undone', 'attention'],
  keep: ['attention'],
  confirm: ['attention'],
} as const satisfies Record<Exclude<StepAction, UndoAction>, readonly StepStatus[]>;

/**
 * An officer can claim a task that the agency can decide. A step in `attention` that is being
 * undone is no such task: a supervisor settles it. A user of this group must check `undo` too.
 */
export const CLAIMABLE: readonly StepStatus[] = OPEN_IN.decide;

/**
 * The causes for which a step waits for a person although it was answered. The same request would get
 * the same answer, so the step is sent again only in a new round.
 */
export const ANSWERED: ReadonlySet<AttentionCode> = new Set([
  'DECISION_NOT_OF_KIND',
  'DECISION_BY_PERSON',
  'RECORD_MISSED',
  'RULES_NOT_MET',
]);

/** The actions that are open for a step. `caseAllows` decides whether the case allows them. */
export const openActions = (step: StepSituation): StepAction[] => {
  if (step.undoing) {
    if (step.status === 'undoing') return ['settle-undo'];
    if (step.status !== 'attention') return [];
    // No agency was asked, so a second attempt cannot change the answer.
    return step.attention === 'UNDO_BY_PERSON' ? ['settle-undo'] : ['settle-undo', 'retry-undo'];
  }
  // A returned parcel is not waited for again: it is sent anew, or a person decides its end.
  if (step.attention === 'PARCEL_RETURNED') return ['decide', 'redo'];
  // A result that a correction put in doubt is kept or made again; it was decided already.
  if (step.attention === 'CORRECTION_BY_PERSON') return ['redo', 'keep'];
  return STEP_ACTIONS.filter(
    (action) =>
      action !== 'settle-undo' &&
      action !== 'retry-undo' &&
      action !== 'keep' &&
      !(action === 'confirm' && step.attention !== 'RECORD_MISSED') &&
      !(action === 'resend' && step.attention !== undefined && ANSWERED.has(step.attention)) &&
      OPEN_IN[action].some((open) => open === step.status) &&
      !(action === 'extend' && step.extension === 0),
  );
};

/** The actions that a closing case still needs. */
const IN_CLOSING: ReadonlySet<StepAction> = new Set([
  'settle-undo',
  'retry-undo',
  'decide',
  'resend',
  'keep',
  'confirm',
]);

/**
 * Whether the case allows an action on a step: a closing case only ends its steps; an ended one can
 * be reopened by a redo.
 */
export const caseAllows = ({ status, closing }: CaseStanding, action: StepAction): boolean => {
  if (isCaseEnd(status)) return action === 'redo' && closing === undefined && isReopenable(status);
  return closing === undefined || IN_CLOSING.has(action);
};

/** Why the case can neither be changed nor reopened; undefined: it is open or can be reopened. */
export const whyNotReopen = ({ status, closing }: CaseStanding): RefusalCode | undefined => {
  if (isCaseEnd(status)) return closing === undefined && isReopenable(status) ? undefined : 'CASE_ENDED';
  return closing === undefined ? undefined : 'CASE_CLOSING';
};

/**
 * Why a kept answer cannot become the decision of its step; undefined: it can. One that ends nothing
 * (a request for what is missing, a miss, a returned parcel) has lost its time.
 */
export const whyNotAdopt = (
  found: CaseStanding,
  { undoing, round, kind }: { undoing: boolean; round: number; kind: StepKind },
  decision: DecisionKind,
): RefusalCode | undefined => {
  if (!isEnding(decision)) return 'ACTION_NOT_ALLOWED';
  const code = whyNotReopen(found);
  if (code) return code;
  if (undoing) return 'STEP_BEING_UNDONE';
  if (round === 0) return 'STEP_NOT_STARTED';
  return ANSWERS[kind].some((possible) => possible === decision) ? undefined : 'DECISION_NOT_OF_KIND';
};
