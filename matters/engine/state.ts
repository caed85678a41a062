import type { LedgerEntry } from './ledger.ts';
import type { Actor, AttentionCode, DecisionKind, Outcome } from './messages.ts';
import type { Plan } from './plan.ts';
import type { CaseStatus, StepStatus } from './status.ts';

export interface StepState {
  status: StepStatus;
  /** 0 before it is first sent; rises with every supplement that arrives and every redo that a person orders. */
  round: number;
  /** What was decided last, by whom, on which message. */
  decided?: { decision: DecisionKind; messageId: string; by: Actor; at: number };
  supplementId?: string;
  attention?: AttentionCode;
  /** The step whose end blocked this one. */
  because?: string;
  /** An undo was started; it stays set when the undo is over. */
  undo?: true;
  /** The undo ended with the result left in place: it is not tried again. */
  stands?: true;
}

export interface CaseState {
  plan: Plan;
  status: CaseStatus;
  withdrawing: boolean;
  steps: Record<string, StepState>;
  /** Supplements that were asked for, by id, with the step that asked. */
  supplements: Record<string, { stepId: string; answered: boolean }>;
  /** Every message that was applied or refused, with its outcome: the memory that makes delivery exactly-once. */
  messages: Record<string, Outcome>;
  /** Number of ledger entries so far; the next one is `seq + 1`. */
  seq: number;
}

/** A case before anything was recorded. */
export const emptyCase = (plan: Plan): CaseState => ({
  plan,
  status: 'submitted',
  withdrawing: false,
  steps: Object.fromEntries(
    plan.steps.map((step): [string, StepState] => [step.id, { status: step.skip ? 'skipped' : 'waiting', round: 0 }]),
  ),
  supplements: {},
  messages: {},
  seq: 0,
});

/** One entry applied to a case. The only place where a case changes. */
export const fold = (state: CaseState, entry: LedgerEntry): CaseState => {
  const next = foldEntry(state, entry);
  return { ...next, seq: state.seq + 1 };
};

const foldEntry = (state: CaseState, entry: LedgerEntry): CaseState => {
  switch (entry.kind) {
    case 'case-submitted':
      return state;
    case 'case-accepted':
      return { ...state, status: 'accepted' };
    case 'case-ended':
      return { ...state, status: entry.status };
    case 'step-submitted':
      return withStep(state, entry.stepId, { status: 'submitted', round: entry.round });
    case 'step-accepted':
      return changeStep(state, entry.stepId, { status: 'accepted' });
    case 'step-decided':
      return applied(
        withStep(state, entry.stepId, {
          status: entry.decision === 'approved' ? 'done' : 'refused',
          round: entry.round,
          decided: decided(entry, entry.decision),
        }),
        entry.messageId,
      );
    case 'supplement-wanted':
      return applied(
        {
          ...withStep(state, entry.stepId, {
            status: 'supplement',
            round: entry.round,
            supplementId: entry.supplementId,
            decided: decided(entry, 'supplement'),
          }),
          supplements: { ...state.supplements, [entry.supplementId]: { stepId: entry.stepId, answered: false } },
        },
        entry.messageId,
      );
    case 'supplement-answered':
      return applied(
        {
          ...state,
          supplements: { ...state.supplements, [entry.supplementId]: { stepId: entry.stepId, answered: true } },
        },
        entry.messageId,
      );
    case 'step-attention':
      return changeStep(state, entry.stepId, { status: 'attention', attention: entry.code });
    case 'step-resent':
      return applied(withStep(state, entry.stepId, { status: 'submitted', round: entry.round }), entry.messageId);
    case 'step-blocked':
      return changeStep(state, entry.stepId, { status: 'blocked', because: entry.because });
    case 'step-stopped':
      return changeStep(state, entry.stepId, { status: 'stopped' });
    case 'withdrawal-requested':
      return applied({ ...state, withdrawing: true }, entry.messageId);
    case 'undo-started':
      return changeStep(state, entry.stepId, { status: 'undoing', undo: true });
    case 'step-undone':
      return changeStep(state, entry.stepId, { status: 'undone' });
    case 'undo-settled':
      return applied(
        changeStep(
          state,
          entry.stepId,
          entry.result === 'undone' ? { status: 'undone' } : { status: standing(state, entry.stepId), stands: true },
        ),
        entry.messageId,
      );
    case 'message-refused':
      return {
        ...state,
        messages: { ...state.messages, [entry.messageId]: { kind: 'refused', code: entry.code } },
      };
  }
};

/** A result that was decided stands as done; an application that never was decided is simply stopped. */
const standing = (state: CaseState, stepId: string): StepStatus =>
  stepOf(state, stepId).decided?.decision === 'approved' ? 'done' : 'stopped';

/** The state of a step; a step that the plan does not have is a fault of ours. */
export const stepOf = (state: CaseState, stepId: string): StepState => {
  const step = state.steps[stepId];
  if (!step) throw new Error(`no step ${stepId} in ${state.plan.matter} version ${state.plan.version}`);
  return step;
};

const withStep = (state: CaseState, stepId: string, step: StepState): CaseState => ({
  ...state,
  steps: { ...state.steps, [stepId]: step },
});

/** Changes a step; what waited for a person is over unless the change says otherwise. */
const changeStep = (state: CaseState, stepId: string, change: Partial<StepState>): CaseState => {
  const { attention: _over, ...step } = stepOf(state, stepId);
  return withStep(state, stepId, { ...step, ...change });
};

const applied = (state: CaseState, messageId: string): CaseState => ({
  ...state,
  messages: { ...state.messages, [messageId]: { kind: 'applied' } },
});

const decided = (entry: { messageId: string; by: Actor; at: number }, decision: DecisionKind) => ({
  decision,
  messageId: entry.messageId,
  by: entry.by,
  at: entry.at,
});
