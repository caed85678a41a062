import { undoClassOf } from './closing.ts';
import { whyNotExtendBy } from './extension-days.ts';
import type { Message, Outcome } from './messages.ts';
import { act, APPLIED, causeOf, factsOf, refuse, type Run } from './run.ts';
import { planStepOf, stepOf } from './state.ts';
import { AWAITING_ANSWER } from './status.ts';

/**
 * The commands of people about a single step while it is with its agency. Each entry names its
 * author.
 */

export const resend = (run: Run, message: Extract<Message, { kind: 'resend' }>): Outcome =>
  act(run, message, 'resend', () => {
    const { stepId } = message;
    const { round } = stepOf(run.state, stepId);
    run.record({ kind: 'step-resent', at: run.at, stepId, round, ...causeOf(message) });
  });

export const urge = (run: Run, message: Extract<Message, { kind: 'urge' }>): Outcome =>
  act(run, message, 'urge', () => {
    run.record({ kind: 'step-urged', at: run.at, stepId: message.stepId, ...causeOf(message) });
  });

/** Once for each step, within the limits of the law and of the definition. */
export const extend = (run: Run, message: Extract<Message, { kind: 'extension' }>): Outcome => {
  const { stepId, days } = message;
  const code = run.state.steps[stepId] && whyNotExtendBy(factsOf(run.state, stepId), days);
  if (code) return refuse(run, message, code);
  return act(run, message, 'extend', () => {
    run.record({ kind: 'step-extended', at: run.at, stepId, days, ...causeOf(message) });
  });
};

export const suspend = (run: Run, message: Extract<Message, { kind: 'suspension' }>): Outcome =>
  act(run, message, 'suspend', () => {
    const { stepId, procedure, expectedDays, unit } = message;
    const length = { expectedDays, ...(unit !== undefined && { unit }) };
    run.record({ kind: 'step-suspended', at: run.at, stepId, procedure, ...length, ...causeOf(message) });
  });

export const resume = (run: Run, message: Extract<Message, { kind: 'resumption' }>): Outcome =>
  act(run, message, 'resume', () => {
    run.record({ kind: 'step-resumed', at: run.at, stepId: message.stepId, ...causeOf(message) });
  });

/**
 * Another agency gets the step as a new round, because the request is new to it; another officer of
 * the same agency gets the same round.
 */
export const reassign = (run: Run, message: Extract<Message, { kind: 'reassignment' }>): Outcome =>
  act(run, message, 'reassign', () => {
    const { stepId, to } = message;
    const { round } = stepOf(run.state, stepId);
    const next = 'agency' in to ? round + 1 : round;
    run.record({ kind: 'step-reassigned', at: run.at, stepId, round: next, ...to, ...causeOf(message) });
  });

/** The outage of the agency has ended, and this step is released. */
export const release = (run: Run, message: Extract<Message, { kind: 'release' }>): Outcome => {
  const { stepId, round } = message;
  const step = run.state.steps[stepId];
  if (!step) return refuse(run, message, 'STEP_UNKNOWN');
  if (step.parked !== true || step.round !== round) return refuse(run, message, 'NOT_DUE');
  run.record({ kind: 'step-released', at: run.at, stepId, round, ...causeOf(message) });
  return APPLIED;
};

/** The step waits for a person, as after such an answer to the request itself. */
export const holdAnswer = (run: Run, message: Extract<Message, { kind: 'answer-fault' }>): Outcome => {
  const { stepId, round, code } = message;
  const step = run.state.steps[stepId];
  if (!step) return refuse(run, message, 'STEP_UNKNOWN');
  if (!AWAITING_ANSWER.includes(step.status) || step.round !== round) return refuse(run, message, 'NOT_DUE');
  run.record({ kind: 'step-attention', at: run.at, stepId, round, code, ...causeOf(message) });
  return APPLIED;
};

/**
 * A person has the agency asked again to take its step back: it may answer otherwise, or can be
 * reached again.
 */
export const retryUndo = (run: Run, message: Extract<Message, { kind: 'undo-retry' }>): Outcome =>
  act(run, message, 'retry-undo', () => {
    const { stepId } = message;
    const { round, decided } = stepOf(run.state, stepId);
    const undoClass = undoClassOf(planStepOf(run.state.plan, stepId), decided?.decision);
    run.record({ kind: 'undo-retried', at: run.at, stepId, round, class: undoClass, ...causeOf(message) });
  });

/** A person settles how an undo ended. */
export const settleUndo = (run: Run, message: Extract<Message, { kind: 'undo-settlement' }>): Outcome =>
  act(run, message, 'settle-undo', () => {
    const { stepId, result } = message;
    const { round } = stepOf(run.state, stepId);
    run.record({ kind: 'undo-settled', at: run.at, stepId, round, result, ...causeOf(message) });
  });
