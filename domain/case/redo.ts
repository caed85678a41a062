import { hasResult } from './given-results.ts';
import type { Actor, Digest, Message, Outcome } from './messages.ts';
import { OPINIONS, type StepKind } from './plan.ts';
import { act, APPLIED, causeOf, refuse, type Run } from './run.ts';
import { stepOf, type CaseState, type StepState } from './state.ts';
import { isCaseEnd, isUndoing, whyNotReopen } from './status.ts';

/** A person starts a step again, in a new round. A case that has ended is reopened for it. */
export const redo = (run: Run, message: Extract<Message, { kind: 'redo' }>): Outcome =>
  act(run, message, 'redo', () => {
    const { stepId } = message;
    if (isCaseEnd(run.state.status)) run.record({ kind: 'case-reopened', at: run.at, ...causeOf(message) });
    const round = stepOf(run.state, stepId).round + 1;
    run.record({ kind: 'step-redone', at: run.at, stepId, round, ...causeOf(message) });
  });

/** A value was corrected after steps had used it. */
export const correct = (run: Run, message: Extract<Message, { kind: 'correction' }>): Outcome => {
  const code = whyNotReopen(run.state);
  if (code) return refuse(run, message, code);
  if (!message.affected.every((id) => run.state.steps[id] !== undefined)) return refuse(run, message, 'STEP_UNKNOWN');
  if (isCaseEnd(run.state.status)) run.record({ kind: 'case-reopened', at: run.at, ...causeOf(message) });
  const { confirmed } = message;
  run.record({ kind: 'values-corrected', at: run.at, ...(confirmed && { confirmed }), ...causeOf(message) });
  redrive(run, message.affected, message);
  return APPLIED;
};

/**
 * The effect of a corrected value on the steps that used it. A step that is with its agency is sent
 * again in a new round; an opinion is formed again; a person decides about a fact that stands; a
 * step that was not sent yet will be sent with the new value.
 */
export const redrive = (run: Run, affected: readonly string[], message: { id: string; by: Actor }): void => {
  for (const { id: stepId, kind } of run.state.plan.steps) {
    if (!affected.includes(stepId)) continue;
    const step = stepOf(run.state, stepId);
    const effect = correctionEffect(step, kind);
    if (effect === 'sent-again') {
      run.record({ kind: 'step-redriven', at: run.at, stepId, round: step.round + 1, ...causeOf(message) });
    } else if (effect === 'to-person') {
      run.record({ kind: 'step-in-doubt', at: run.at, stepId, ...causeOf(message) });
    }
  }
};

/**
 * A step was decided again, and its result is another one than before or is gone: for the steps
 * that were sent the earlier one, that is a corrected value.
 */
export const redriveReaders = (run: Run, stepId: string, message: { id: string; by: Actor }): void => {
  // A closing case sends nothing again.
  if (run.state.closing !== undefined) return;
  const given = digestOfResult(run.state, stepId);
  const affected = run.state.plan.steps.filter(({ id, reads = [] }) => {
    const { round, results = [] } = stepOf(run.state, id);
    const sent = results.find((source) => source.stepId === stepId)?.digest;
    return reads.includes(stepId) && round > 0 && sent !== given;
  });
  redrive(
    run,
    affected.map(({ id }) => id),
    message,
  );
};

const digestOfResult = (state: CaseState, stepId: string): Digest | undefined => {
  const { decided, ...step } = stepOf(state, stepId);
  return hasResult(step) ? decided?.result : undefined;
};

type CorrectionEffect = 'sent-again' | 'to-person' | 'sent-later' | 'none';

/** The effect of a corrected value on a step that uses it, in its present state. */
export const correctionEffect = (step: StepState, kind: StepKind): CorrectionEffect => {
  if (isUndoing(step)) return 'none';
  switch (step.status) {
    case 'submitted':
    case 'accepted':
    case 'suspended':
      return 'sent-again';
    case 'attention':
      return step.attention === 'CORRECTION_BY_PERSON' ? 'none' : 'sent-again';
    case 'done':
      return OPINIONS.has(kind) ? 'sent-again' : 'to-person';
    case 'waiting':
    case 'ready':
    case 'supplement':
      return 'sent-later';
    default:
      return 'none';
  }
};

/** A person examined a result that a correction had put in doubt: it stands. */
export const keep = (run: Run, message: Extract<Message, { kind: 'keep' }>): Outcome =>
  act(run, message, 'keep', () => {
    run.record({ kind: 'step-kept', at: run.at, stepId: message.stepId, ...causeOf(message) });
  });
