import { isGranted } from './answers.ts';
import { hasResult } from './given-results.ts';
import type { CaseEvent, DecisionKind, Message, Outcome } from './messages.ts';
import { PERSONAL_UNDO, RESULTS, type PlanStep, type UndoClass } from './plan.ts';
import { APPLIED, causeOf, refuse, whyNotOpen, type Run } from './run.ts';
import { stepOf, type CaseState, type StepState } from './state.ts';
import { isStepEnd, isUndoing, type CaseEnd, type Closing, type StepStatus } from './status.ts';

/** The applicant withdraws the case, or a supervisor terminates one that cannot continue. */
export const close = (run: Run, message: Extract<Message, { kind: 'withdrawal' | 'termination' }>): Outcome => {
  const code = whyNotOpen(run.state);
  if (code) return refuse(run, message, code);
  run.record({ kind: 'case-closing', at: run.at, closing: message.kind, ...causeOf(message) });
  return APPLIED;
};

/**
 * The effect of closing on a step in its present state. A preview shows it before anyone confirms.
 */
export type ClosingEffect = 'ended' | 'not-started' | 'stopped' | 'undone' | 'to-person' | 'stands';

export const closingEffect = (state: CaseState, step: PlanStep, closing: Closing): ClosingEffect => {
  const now = stepOf(state, step.id);
  if (now.status === 'waiting' || now.status === 'ready') return 'not-started';
  if (hasResult(now)) return closing === 'withdrawal' && canUndo(state, step, now) ? undoEffect(step, now) : 'stands';
  if (isStepEnd(now.status)) return 'ended';
  return canUndo(state, step, now) ? undoEffect(step, now) : 'stopped';
};

/** A result that no machine takes back may stand in the end: a person decides. */
const undoEffect = (step: PlanStep, now: StepState): 'undone' | 'to-person' =>
  PERSONAL_UNDO.includes(undoClassOf(step, now.decided?.decision)) ? 'to-person' : 'undone';

const TAKEN_BACK: readonly ClosingEffect[] = ['undone', 'to-person'];

const canUndo = (state: CaseState, step: PlanStep, now: StepState): boolean =>
  step.undo.class !== 'none' &&
  now.stands === undefined &&
  !(step.undo.standsAfter ?? []).some((id) => stepOf(state, id).status === 'done');

/**
 * Ends the steps of a closing case that were not sent, and those that were sent and cannot be
 * undone; their agencies are notified.
 */
export const stopClosing = (run: Run): void => {
  const { closing } = run.state;
  if (closing === undefined) return;
  for (const step of run.state.plan.steps) {
    const effect = closingEffect(run.state, step, closing);
    if (effect !== 'not-started' && (effect !== 'stopped' || isUndoing(stepOf(run.state, step.id)))) continue;
    run.record({ kind: 'step-stopped', at: run.at, stepId: step.id });
  }
};

/**
 * The steps whose undo is to start now: those that a closing case or a failed branch takes back, if
 * all steps after them have been taken back. Undoing therefore runs in reverse order.
 */
const findDueUndos = (state: CaseState): PlanStep[] => {
  const due: PlanStep[] = [];
  const waiting = new Set<string>();
  // In plan.steps every step comes after its needs: backwards, all steps after a step come before it.
  for (const step of state.plan.steps.toReversed()) {
    const unsettled = isUndoUnsettled(state, step);
    if (unsettled && stepOf(state, step.id).undo === undefined && !waiting.has(step.id)) due.push(step);
    if (unsettled || waiting.has(step.id)) for (const { of } of step.needs) for (const id of of) waiting.add(id);
  }
  return due.reverse();
};

/** Whether the step is to be undone, or its undo is in progress. */
const isUndoUnsettled = (state: CaseState, step: PlanStep): boolean => {
  const now = stepOf(state, step.id);
  if (now.undo) return !isStepEnd(now.status);
  if (now.status !== 'done' && (isStepEnd(now.status) || now.round === 0)) return false;
  if (!canUndo(state, step, now)) return false;
  const closes = state.closing !== undefined && TAKEN_BACK.includes(closingEffect(state, step, state.closing));
  return closes || servesOnlyWhatFailed(state, step);
};

const FAILED: ReadonlySet<string> = new Set(['refused', 'lapsed', 'blocked', 'stopped', 'undone']);

const servesOnlyWhatFailed = (state: CaseState, step: PlanStep): boolean =>
  (step.undo.whenFails ?? []).some((id) => FAILED.has(stepOf(state, id).status));

/**
 * How a step is taken back in its present state. Only a result needs the decision of a person (更正,
 * 撤销). Before its agency has approved it, it is an application, and is withdrawn (撤回).
 */
export const undoClassOf = (step: PlanStep, decision: DecisionKind | undefined): UndoClass =>
  PERSONAL_UNDO.includes(step.undo.class) && !isGranted(decision) ? 'withdraw' : step.undo.class;

export const startUndos = (run: Run): void => {
  for (const step of findDueUndos(run.state)) {
    const { round, decided } = stepOf(run.state, step.id);
    const of = { at: run.at, stepId: step.id, round };
    const undoClass = undoClassOf(step, decided?.decision);
    run.record({ kind: 'undo-started', class: undoClass, ...of });
    if (PERSONAL_UNDO.includes(undoClass)) {
      run.record({ kind: 'step-attention', code: 'UNDO_BY_PERSON', ...of });
    }
  }
};

/**
 * The answer of an agency to the undo of a round. An answer that comes after a person settled that
 * undo changes no later round.
 */
export const takeUndoAnswer = (run: Run, event: Extract<CaseEvent, { kind: 'undo-answered' }>): void => {
  const { stepId, round, answer } = event;
  const step = stepOf(run.state, stepId);
  if (step.status !== 'undoing' || step.round !== round) return;
  const of = { at: run.at, stepId, round };
  if (answer.kind === 'undone') run.record({ kind: 'step-undone', ...of });
  else run.record({ kind: 'step-attention', code: answer.code, ...of });
};

/** The end of a case whose steps have all ended. */
export const endOf = (state: CaseState): CaseEnd => {
  if (state.closing === 'withdrawal') return 'withdrawn';
  const steps = state.plan.steps.map((step) => ({ kind: step.kind, status: stepOf(state, step.id).status }));
  const gained = steps.some(({ kind, status }) => status === 'done' && RESULTS.has(kind));
  if (state.closing !== undefined) return gained && state.plan.partial ? 'partially-completed' : 'returned';
  const hasEnd = (end: StepStatus): boolean => steps.some(({ status }) => status === end);
  const lost = !hasEnd('refused') && hasEnd('lapsed') ? 'lapsed' : 'refused';
  if (state.status === 'submitted') {
    // 不予受理 is the decision of a person about the intake. Without one the case was not examined.
    if (isIntakeRefused(state)) return 'not-accepted';
    return hasEnd('refused') || hasEnd('lapsed') ? lost : 'returned';
  }
  if (steps.every(({ status }) => status === 'done' || status === 'skipped')) return 'completed';
  return gained && state.plan.partial ? 'partially-completed' : lost;
};

const isIntakeRefused = ({ plan, steps }: CaseState): boolean =>
  plan.acceptedBy !== undefined && steps[plan.acceptedBy]?.status === 'refused';
