import { adopt, confirm, takeAnswer, decide } from './decisions.ts';
import { close, endOf, startUndos, stopClosing, takeUndoAnswer } from './closing.ts';
import { fallDue } from './dues.ts';
import { effectsOf, type Effect } from './effects.ts';
import type { LedgerEntry } from './ledger.ts';
import type { CaseEvent, Message, Outcome } from './messages.ts';
import { readinessOf } from './needs.ts';
import {
  extend,
  holdAnswer,
  reassign,
  release,
  resend,
  resume,
  retryUndo,
  settleUndo,
  suspend,
  urge,
} from './step-commands.ts';
import type { Plan } from './plan.ts';
import { fillGap } from './pledge.ts';
import { correct, keep, redo } from './redo.ts';
import { APPLIED, causeOf, refuse, Run, whyNotOpen, withFirst } from './run.ts';
import { emptyCase, whyDeferred, stepOf, type CaseState } from './state.ts';
import { isCaseEnd, isStepEnd } from './status.ts';
import { answerSupplement, requestSupplement } from './supplements.ts';
import { notifyWhenNoAgencyWorks } from './supplement-notice.ts';

/**
 * The case engine: decides the next entries and effects of a case. Pure: no clock, no I/O, no
 * Temporal. An event leads to ledger entries; the entries lead to the next state (`fold`) and to
 * the effects. The state can therefore be restored from the ledger alone.
 */
export interface Transition {
  state: CaseState;
  entries: LedgerEntry[];
  effects: Effect[];
  outcome: Outcome;
}

/**
 * A case that was handed in: it has its first ledger entry, at `receivedAt`, and no step has
 * started.
 */
export const begin = (plan: Plan, receivedAt: number): CaseState => ({ ...emptyCase(plan), receivedAt, seq: 1 });

export const next = (state: CaseState, event: CaseEvent): Transition => {
  const run = new Run(state, event.at);
  const outcome = respond(run, event);
  cascade(run);
  return {
    state: run.state,
    entries: run.entries,
    effects: run.entries.flatMap((entry) => effectsOf(run, entry)),
    outcome,
  };
};

const respond = (run: Run, event: CaseEvent): Outcome => {
  switch (event.kind) {
    case 'started':
      if (event.resumedBy && !isCaseEnd(run.state.status)) {
        run.record({ kind: 'case-resumed', at: run.at, by: event.resumedBy });
      }
      // A run that continues a case has nothing to start.
      if (run.state.plan.acceptedBy === undefined && run.state.status === 'submitted') {
        run.record({ kind: 'case-accepted', at: run.at });
      }
      return APPLIED;
    case 'answered':
      takeAnswer(run, event.stepId, event.round, event.answer);
      return APPLIED;
    case 'undo-answered':
      takeUndoAnswer(run, event);
      return APPLIED;
    case 'message':
      return takeMessage(run, event.message);
  }
};

const takeMessage = (run: Run, message: Message): Outcome => {
  const before = run.state.messages[message.id];
  if (before) return before.kind === 'refused' ? withFirst(run.state, message, before) : before;
  if (message.rightsLost) return refuse(run, message, 'RIGHTS_LOST');
  switch (message.kind) {
    case 'decision':
      return decide(run, message, 'message');
    case 'adoption':
      return adopt(run, message);
    case 'supplement-request':
      return requestSupplement(run, message);
    case 'supplement-answer':
      return answerSupplement(run, message);
    case 'gap-fill':
      return fillGap(run, message);
    case 'withdrawal':
    case 'termination':
      return close(run, message);
    case 'correction':
      return correct(run, message);
    case 'resend':
      return resend(run, message);
    case 'urge':
      return urge(run, message);
    case 'extension':
      return extend(run, message);
    case 'suspension':
      return suspend(run, message);
    case 'resumption':
      return resume(run, message);
    case 'reassignment':
      return reassign(run, message);
    case 'redo':
      return redo(run, message);
    case 'keep':
      return keep(run, message);
    case 'confirmation':
      return confirm(run, message);
    case 'undo-retry':
      return retryUndo(run, message);
    case 'undo-settlement':
      return settleUndo(run, message);
    case 'release':
      return release(run, message);
    case 'answer-fault':
      return holdAnswer(run, message);
    case 'due':
      return fallDue(run, message);
    case 'calendar-change':
      return changeCalendar(run, message);
  }
};

const changeCalendar = (run: Run, message: Extract<Message, { kind: 'calendar-change' }>): Outcome => {
  const code = whyNotOpen(run.state);
  if (code) return refuse(run, message, code);
  const { calendar, before } = message;
  run.record({ kind: 'calendar-changed', at: run.at, calendar, before, ...causeOf(message) });
  return APPLIED;
};

/**
 * Applies all rules that need no further event, until none applies: steps start, are blocked or
 * taken back; the case ends.
 */
const cascade = (run: Run): void => {
  if (isCaseEnd(run.state.status)) return;
  let before: CaseState;
  do {
    before = run.state;
    stopClosing(run);
    startAndBlock(run);
    startUndos(run);
    notifyWhenNoAgencyWorks(run);
  } while (run.state !== before);
  const steps = Object.values(run.state.steps);
  if (steps.every((step) => isStepEnd(step.status))) {
    run.record({ kind: 'case-ended', at: run.at, status: endOf(run.state) });
  }
};

const startAndBlock = (run: Run): void => {
  for (const step of run.state.plan.steps) {
    const { status } = stepOf(run.state, step.id);
    if (status !== 'waiting' && status !== 'ready') continue;
    const ready = readinessOf(run.state, step);
    if (ready.kind === 'failed') {
      run.record({ kind: 'step-blocked', at: run.at, stepId: step.id, because: ready.because });
    }
    if (ready.kind === 'met') start(run, step.id);
  }
};

/**
 * Sends a step whose needs are met, unless it is deferred: then it is ready, and its state has the
 * reason.
 */
const start = (run: Run, stepId: string): void => {
  const { status, round, because: known } = stepOf(run.state, stepId);
  const because = whyDeferred(run.state, stepId);
  if (because === undefined) run.record({ kind: 'step-submitted', at: run.at, stepId, round: round + 1 });
  else if (status === 'waiting' || known !== because)
    run.record({ kind: 'step-deferred', at: run.at, stepId, because });
};
