import type { Actor, Message, Outcome } from './messages.ts';
import { OPINIONS } from './plan.ts';
import { act, APPLIED, because, refuse, type Run } from './run.ts';
import { isUndoing, stepOf } from './state.ts';
import { isCaseEnd, isReopenable } from './status.ts';

/** A person orders a step again, in a new round. A case that has ended is taken up again for it. */
export const redo = (run: Run, message: Extract<Message, { kind: 'redo' }>): Outcome =>
  act(run, message, 'redo', () => {
    const { stepId } = message;
    if (isCaseEnd(run.state.status)) run.record({ kind: 'case-reopened', at: run.at, ...because(message) });
    const round = stepOf(run.state, stepId).round + 1;
    run.record({ kind: 'step-redone', at: run.at, stepId, round, ...because(message) });
  });

/** A value was corrected after steps had used it. */
export const correct = (run: Run, message: Extract<Message, { kind: 'correction' }>): Outcome => {
  const { status, closing } = run.state;
  if (isCaseEnd(status) && !isReopenable(status)) return refuse(run, message, 'CASE_ENDED');
  if (closing !== undefined) return refuse(run, message, 'CASE_CLOSING');
  if (!message.affected.every((id) => run.state.steps[id] !== undefined)) return refuse(run, message, 'STEP_UNKNOWN');
  if (isCaseEnd(status)) run.record({ kind: 'case-reopened', at: run.at, ...because(message) });
  run.record({ kind: 'values-corrected', at: run.at, ...because(message) });
  redrive(run, message.affected, message);
  return APPLIED;
};

/**
 * What a corrected value does to the steps that used it. One that is with its agency is sent again in a new round; an opinion is
 * formed again; a fact that stands is put before a person; what has not been sent yet will be sent with the new value.
 */
export const redrive = (run: Run, affected: readonly string[], message: { id: string; by: Actor }): void => {
  for (const { id: stepId, kind } of run.state.plan.steps) {
    if (!affected.includes(stepId)) continue;
    const step = stepOf(run.state, stepId);
    if (isUndoing(step)) continue;
    const open = step.status === 'submitted' || step.status === 'accepted' || step.status === 'suspended';
    const again = open || step.status === 'attention' || (step.status === 'done' && OPINIONS.has(kind));
    if (again && step.attention !== 'CORRECTION_BY_PERSON') {
      run.record({ kind: 'step-redriven', at: run.at, stepId, round: step.round + 1, ...because(message) });
    } else if (step.status === 'done') {
      run.record({ kind: 'step-in-doubt', at: run.at, stepId, ...because(message) });
    }
  }
};

/** A person looked at a result that a correction had put in doubt: it stands. */
export const keep = (run: Run, message: Extract<Message, { kind: 'keep' }>): Outcome =>
  act(run, message, 'keep', () => {
    run.record({ kind: 'step-kept', at: run.at, stepId: message.stepId, ...because(message) });
  });
