import { undoClassOf } from './closing.ts';
import type { LedgerEntry } from './ledger.ts';
import type { ResultSource } from './messages.ts';
import { PERSONAL_UNDO, type UndoClass } from './plan.ts';
import type { Run } from './run.ts';
import { agencyOf, stepOf, type CaseState } from './state.ts';
import { WITH_AGENCY } from './status.ts';

/** The effect key of a step is case, step and round. */
interface Call {
  stepId: string;
  agency: string;
  round: number;
  at: number;
}

/** Tell the agency that this round is no longer wanted. Nothing depends on its answer. */
export type CallOff = { kind: 'call-off' } & Call;

/** The work that the engine asks of the workflow. */
export type Effect =
  | ({ kind: 'submit'; results?: ResultSource[] } & Call)
  /** Stop sending: the step was decided by another message, or is taken back. */
  | { kind: 'cancel-submit'; stepId: string; round: number }
  | ({ kind: 'undo'; class: UndoClass } & Call)
  | CallOff;

/** The effects of an entry outside the case. */
export const effectsOf = (run: Run, entry: LedgerEntry): Effect[] => {
  switch (entry.kind) {
    case 'step-submitted':
    case 'step-released':
      return [submit(run.state, entry)];
    case 'step-resumed': {
      // Sending stopped with the clock; the agency may not know of the step yet.
      const { status, round } = stepOf(run.state, entry.stepId);
      return status === 'submitted' ? [submit(run.state, { ...entry, round })] : [];
    }
    case 'step-resent':
      return [...cancelSubmit(run, entry.stepId), submit(run.state, entry)];
    case 'step-redriven':
    case 'step-redone':
      // An adoption decides the new round itself: then there is nothing to send.
      return [...endAtAgency(run, entry), ...(isSent(run, entry) ? [submit(run.state, entry)] : [])];
    case 'step-reassigned':
      return entry.agency === undefined ? [] : [...endAtAgency(run, entry), submit(run.state, entry)];
    case 'step-decided':
    case 'record-missed':
    case 'parcel-returned':
    case 'supplement-wanted':
      return entry.via === 'reply' ? [] : cancelSubmit(run, entry.stepId);
    case 'step-attention':
      return entry.messageId === undefined ? [] : cancelSubmit(run, entry.stepId);
    case 'step-suspended':
    case 'undo-settled':
    case 'case-deemed-accepted':
      return cancelSubmit(run, entry.stepId);
    case 'step-stopped':
      return endAtAgency(run, entry);
    case 'undo-started':
    case 'undo-retried': {
      const { stepId, round, at } = entry;
      const call = { stepId, agency: agencyOf(run.state, stepId), round, at };
      const byMachine = !PERSONAL_UNDO.includes(entry.class);
      return [
        ...cancelSubmit(run, stepId),
        ...(byMachine ? [{ kind: 'undo' as const, class: entry.class, ...call }] : []),
      ];
    }
    default:
      return [];
  }
};

/**
 * The same request in every attempt at a round, byte for byte: the agency may have received an
 * earlier one.
 */
const submit = (state: CaseState, { stepId, round, at }: { stepId: string; round: number; at: number }): Effect => {
  const { sentAt, results } = stepOf(state, stepId);
  return {
    kind: 'submit',
    stepId,
    agency: agencyOf(state, stepId),
    round,
    at: sentAt ?? at,
    ...(results && { results }),
  };
};

/** Whether the round that an entry begins must be sent after the event. */
const isSent = (run: Run, { stepId, round }: { stepId: string; round: number }): boolean => {
  const step = stepOf(run.state, stepId);
  return step.status === 'submitted' && step.round === round;
};

/** Sending continues only for a step that was sent before this event and is not answered yet. */
const cancelSubmit = (run: Run, stepId: string): Effect[] => {
  const before = stepOf(run.before, stepId);
  return before.status === 'submitted' ? [{ kind: 'cancel-submit', stepId, round: before.round }] : [];
};

/** Notifies the agency that has the step, or may have it, of the end of the round. */
const endAtAgency = (run: Run, entry: { stepId: string; at: number }): Effect[] => [
  ...cancelSubmit(run, entry.stepId),
  ...callOff(run.before, entry),
];

const callOff = (before: CaseState, { stepId, at }: { stepId: string; at: number }): CallOff[] => {
  const { status, round } = stepOf(before, stepId);
  if (!WITH_AGENCY.includes(status) || round === 0) return [];
  return [{ kind: 'call-off', stepId, agency: agencyOf(before, stepId), round, at }];
};

/** The notice to an agency that an entry of the ledger led to; `before` is the state before it. */
export const callOffsOf = (before: CaseState, entry: LedgerEntry): CallOff[] => {
  switch (entry.kind) {
    case 'step-redriven':
    case 'step-redone':
    case 'step-stopped':
      return callOff(before, entry);
    case 'step-reassigned':
      return entry.agency === undefined ? [] : callOff(before, entry);
    default:
      return [];
  }
};

/**
 * The effects of a case that may not be carried out yet, in the order of the plan, without the
 * notices of `callOffsOf`. The keys are those of the first time, so agencies recognise the requests.
 */
export const listOpenEffects = (state: CaseState): Effect[] =>
  state.plan.steps.flatMap((step): Effect[] => {
    const { status, round, sentAt, parked, decided } = stepOf(state, step.id);
    const of = { stepId: step.id, round, at: sentAt ?? state.receivedAt };
    if (status === 'submitted' && !parked) return [submit(state, of)];
    if (status !== 'undoing') return [];
    const undoClass = undoClassOf(step, decided?.decision);
    return [{ kind: 'undo', class: undoClass, agency: agencyOf(state, step.id), ...of }];
  });
