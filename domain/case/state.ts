import type { DeferralCause } from './ledger.ts';
import { findCommonPause, type StepClock } from './clock.ts';
import type {
  Actor,
  AttentionCode,
  DecisionKind,
  Digest,
  Outcome,
  Procedure,
  ProcedureLength,
  ResultSource,
} from './messages.ts';
import type { Plan, PlanStep } from './plan.ts';
import type { CaseStatus, Closing, StepStatus } from './status.ts';

/** A decision that counts, with its author and its message. */
export interface DecisionRecord {
  decision: DecisionKind;
  messageId: string;
  by: Actor;
  at: number;
  digest?: Digest;
  /** The digest of the result that came with it. */
  result?: Digest;
}

export interface StepState {
  status: StepStatus;
  /**
   * 0 before it is first sent; rises with every supplement that arrives, every redo and every
   * correction that affects it.
   */
  round: number;
  /** When this round was sent. */
  sentAt?: number;
  /** The agency to which a supervisor reassigned it; otherwise the agency of the plan. */
  agency?: string;
  /** The officer to whom it was assigned. */
  officer?: string;
  /** The last decision of this round. */
  decided?: DecisionRecord;
  /**
   * What agencies and officers decided in this round before the last decision: they asked for missing
   * things, or delivered a parcel that came back.
   */
  askedBefore?: DecisionRecord[];
  /** The results of other steps that its agency was sent in this round. */
  results?: ResultSource[];
  /** The notice with its supplement. */
  noticeId?: string;
  attention?: AttentionCode;
  /** What defers it before it starts, or the step whose end blocked it. */
  because?: string;
  /** `attention`: what the step waited for a person for, and will again. */
  suspension?: ProcedureLength & { procedure: Procedure; at: number; before: StepStatus; attention?: AttentionCode };
  /** Its agency has an outage: it is not sent until it is released. */
  parked?: true;
  /** An undo was started; it stays set when the step is undone. */
  undo?: true;
  /** An undo ended with the result in place: it is not repeated. */
  stands?: true;
  clock?: StepClock;
}

/**
 * One missing thing, requested by the agency of a step, or by the window for the steps that it
 * defers.
 */
interface NoticeItem {
  id: string;
  /** The message whose text names the missing thing, and the place in its list, from 0. */
  messageId: string;
  place: number;
  stepId?: string;
  holds: string[];
  answered: boolean;
  /** The applicant had nothing to add to it. */
  nothingFurther?: true;
}

/**
 * A notice of everything that is missing (一次性告知): it gathers all requests, is sent to the applicant
 * once, and is answered item by item.
 */
export interface Notice {
  status: 'gathering' | 'open' | 'answered' | 'lapsed';
  items: NoticeItem[];
  /** When the first request came, and when the applicant was notified. */
  since: number;
  notifiedAt?: number;
  reminded?: true;
}

export interface CaseState {
  plan: Plan;
  /** When the papers came in, and from when the case counts as accepted. */
  receivedAt: number;
  acceptedAt?: number;
  status: CaseStatus;
  closing?: Closing;
  steps: Record<string, StepState>;
  /** By id: 1, 2, … */
  notices: Record<string, Notice>;
  /** Materials that have come in later. */
  filled: string[];
  /** Since when the pledge has expired with a material still missing. */
  pledgeExpiredAt?: number;
  /**
   * Every message that was applied or refused, with its outcome, so that each counts once.
   */
  messages: Record<string, Outcome>;
  /** The number of ledger entries; the next one is `seq + 1`. */
  seq: number;
}

/** A case without any entry. */
export const emptyCase = (plan: Plan): CaseState => ({
  plan,
  receivedAt: 0,
  status: 'submitted',
  steps: Object.fromEntries(
    plan.steps.map((step): [string, StepState] => [step.id, { status: step.skip ? 'skipped' : 'waiting', round: 0 }]),
  ),
  notices: {},
  filled: [],
  messages: {},
  seq: 0,
});

/** The state of a step. A step that is not in the plan is a fault of this program. */
export const stepOf = (state: CaseState, stepId: string): StepState => {
  const step = state.steps[stepId];
  if (!step) throw new Error(`no step ${stepId} in ${state.plan.matter} version ${state.plan.version}`);
  return step;
};

export const planStepOf = (plan: Plan, stepId: string): PlanStep => {
  const step = plan.steps.find((candidate) => candidate.id === stepId);
  if (!step) throw new Error(`no step ${stepId} in ${plan.matter} version ${plan.version}`);
  return step;
};

/** The agency that has the step now. */
export const agencyOf = (state: CaseState, stepId: string): string =>
  stepOf(state, stepId).agency ?? planStepOf(state.plan, stepId).agency;

/**
 * When the papers for the intake came in: with the case, or with the last supplement. The five days
 * of the law count from then.
 */
export const receiptOf = (state: CaseState, intakeId: string): number => {
  const { round, sentAt } = stepOf(state, intakeId);
  return round === 1 ? state.receivedAt : (sentAt ?? state.receivedAt);
};

/** The pledged materials that have not come in. */
export const listOpenGaps = ({ plan, filled }: CaseState): string[] =>
  (plan.pledge?.gaps ?? []).map(({ material }) => material).filter((material) => !filled.includes(material));

/**
 * Since when no step of the promise runs against an agency. Steps outside the promise
 * (certificates, posting, payment) count only if there are no others.
 */
export const findCasePause = ({ plan, steps }: CaseState): number | undefined => {
  const promised = plan.steps.filter(({ outside }) => outside === undefined);
  const counted = promised.length === 0 ? plan.steps : promised;
  return findCommonPause(counted.flatMap(({ id }) => steps[id]?.clock ?? []));
};

/** What defers a step although its needs are met; undefined: nothing. */
export const whyDeferred = (state: CaseState, stepId: string): DeferralCause | undefined => {
  if (state.pledgeExpiredAt !== undefined) return 'pledge';
  const open = listOpenGaps(state);
  if (state.plan.pledge?.gaps.some(({ material, holds }) => open.includes(material) && holds.includes(stepId)))
    return 'gap';
  const asked = Object.values(state.notices).flatMap(({ status, items }) => (isOver(status) ? [] : items));
  return asked.some(({ answered, holds }) => !answered && holds.includes(stepId)) ? 'supplement' : undefined;
};

const isOver = (status: Notice['status']): boolean => status === 'answered' || status === 'lapsed';
