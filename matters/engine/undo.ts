import { descendants } from './needs.ts';
import type { PlanStep } from './plan.ts';
import { stepOf, type CaseState, type StepState } from './state.ts';
import { isStepEnd } from './status.ts';

/** What a withdrawal does to a step as it is now. Also what a preview shows before anyone confirms. */
export type Withdrawal = 'ended' | 'not-started' | 'stopped' | 'undone' | 'stands';

export const withdrawalOf = (state: CaseState, step: PlanStep): Withdrawal => {
  const now = stepOf(state, step.id);
  if (now.status === 'waiting' || now.status === 'ready') return 'not-started';
  if (now.status === 'done') return canUndo(state, step, now) ? 'undone' : 'stands';
  if (isStepEnd(now.status)) return 'ended';
  return canUndo(state, step, now) ? 'undone' : 'stopped';
};

const canUndo = (state: CaseState, step: PlanStep, now: StepState): boolean =>
  step.undo.class !== 'none' &&
  now.stands === undefined &&
  !(step.undo.standsAfter ?? []).some((id) => stepOf(state, id).status === 'done');

/**
 * The steps whose undo is to start now: those that a withdrawal or a failed branch takes back and behind which nothing
 * remains to be taken back, so that undoing runs in reverse.
 */
export const dueUndos = (state: CaseState): PlanStep[] => {
  const unsettled = state.plan.steps.filter((step) => undoUnsettled(state, step));
  const ids = new Set(unsettled.map((step) => step.id));
  return unsettled.filter(
    (step) =>
      stepOf(state, step.id).undo === undefined && ![...descendants(state.plan, step.id)].some((id) => ids.has(id)),
  );
};

/** Whether an undo of the step is wanted or under way. */
const undoUnsettled = (state: CaseState, step: PlanStep): boolean => {
  const now = stepOf(state, step.id);
  if (now.undo) return !isStepEnd(now.status);
  if (now.status !== 'done' && (isStepEnd(now.status) || now.round === 0)) return false;
  return canUndo(state, step, now) && (state.withdrawing || servesOnlyWhatFailed(state, step));
};

const servesOnlyWhatFailed = (state: CaseState, step: PlanStep): boolean =>
  (step.undo.whenFails ?? []).some((id) => {
    const { status } = stepOf(state, id);
    return status === 'refused' || status === 'blocked';
  });
