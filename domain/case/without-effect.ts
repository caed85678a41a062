import { isTooEarly } from './decisions.ts';
import { next } from './engine.ts';
import type { Message, Outcome } from './messages.ts';
import type { CaseState } from './state.ts';
import { isCaseEnd, isStepEnd } from './status.ts';

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
  if (isCaseEnd(state.status)) return true;
  const step = 'stepId' in message ? state.steps[message.stepId] : undefined;
  if (!step) return false;
  return isStepEnd(step.status) || ('round' in message && message.round < step.round);
};
