import { isTooEarly } from './decisions.ts';
import { next } from './engine.ts';
import type { Message, Outcome } from './messages.ts';
import type { CaseState, StepState } from './state.ts';
import { isCaseEnd, isStepEnd, type CaseStatus } from './status.ts';

/**
 * Messages that change nothing: a workflow takes a limited number of updates, and one sender must
 * not use them up for all others.
 */

/**
 * The number of messages of one sender about one step that may change nothing. Further ones are
 * refused with `TOO_MANY_WITHOUT_EFFECT` and not recorded.
 */
export const MOST_WITHOUT_EFFECT = 50;

/** After this time such a sender may try again. */
export const WITHOUT_EFFECT_RETRY_S = 3600;

/** The number of answers of one step that the review queue keeps until a person settles some. */
export const MOST_KEPT_ANSWERS = 20;

/** The case and the step of a message; a message may name no step, or an unknown one. */
export interface Situation {
  status: CaseStatus;
  step?: Pick<StepState, 'status' | 'round'> | undefined;
}

/** What the inbox has about the step of a message, or about the case as a whole. */
export interface Heard {
  /** The message itself is recorded. */
  known: boolean;
  /** Another message about the step or about the whole case is not settled. */
  waiting: boolean;
  /** The messages of this sender about this step that changed nothing, or nothing yet. */
  withoutEffect: number;
  /** The answers of this step that are in the review queue. */
  kept: number;
}

export type Hearing =
  | { kind: 'dispatch' }
  /** It needs no dispatch: it is recorded with this outcome. */
  | { kind: 'settle'; outcome: Outcome }
  /** It is recorded as refused, and its words are not kept: the review queue is full. */
  | { kind: 'discard'; outcome: Extract<Outcome, { kind: 'refused' }> }
  | { kind: 'too-many' };

/**
 * Whether the record has to be read to say what becomes of a message. Otherwise `hear` says
 * `dispatch`: most messages are about an open step.
 */
export const mustJudge = (situation: Situation, message: Message, heard: Heard): boolean =>
  !heard.known &&
  (heard.withoutEffect >= MOST_WITHOUT_EFFECT || heard.kept >= MOST_KEPT_ANSWERS || hasMovedOn(situation, message));

/**
 * What becomes of a message before it is recorded, by the recorded state of its case. A message that
 * can change something is always dispatched.
 */
export const hear = (state: CaseState, message: Message, heard: Heard, at: number): Hearing => {
  if (heard.known) return { kind: 'dispatch' };
  const { outcome } = next(state, { kind: 'message', at, message });
  if (outcome.kind === 'applied') return { kind: 'dispatch' };
  if (heard.withoutEffect >= MOST_WITHOUT_EFFECT) return { kind: 'too-many' };
  const isFinal = !heard.waiting && isOver(state, message);
  const isKept = message.kind === 'decision' && message.by.role === 'agency' && outcome.kind === 'refused';
  if (isKept && heard.kept >= MOST_KEPT_ANSWERS) return isFinal ? { kind: 'discard', outcome } : { kind: 'too-many' };
  return isFinal ? { kind: 'settle', outcome } : { kind: 'dispatch' };
};

/**
 * The case has ended, or the step has ended or was sent in a later round. Only another message can
 * change that, so a message that is refused or repeated now stays so.
 */
const isOver = (state: CaseState, message: Message): boolean => {
  if (isTooEarly(state, message)) return false;
  const step = 'stepId' in message ? state.steps[message.stepId] : undefined;
  return hasMovedOn({ status: state.status, step }, message);
};

const hasMovedOn = ({ status, step }: Situation, message: Message): boolean =>
  isCaseEnd(status) ||
  (step !== undefined && (isStepEnd(step.status) || ('round' in message && message.round < step.round)));
