import type { LedgerEntry } from './ledger.ts';
import { PERSONAL_UNDO, type UndoClass } from './plan.ts';
import type { Run } from './run.ts';
import { agencyOf, stepOf } from './state.ts';
import { WITH_AGENCY } from './status.ts';

/** The effect key of a step is case, step and round. */
interface Call {
  stepId: string;
  agency: string;
  round: number;
  at: number;
}

/** The work that the engine asks of the workflow. */
export type Effect =
  | ({ kind: 'submit' } & Call)
  /** Stop sending: the step was decided by another message, or is taken back. */
  | { kind: 'cancel-submit'; stepId: string; round: number }
  | ({ kind: 'undo'; class: UndoClass } & Call)
  /** Tell the agency that this round is no longer wanted. Nothing depends on its answer. */
  | ({ kind: 'call-off' } & Call);

/** The effects of an entry outside the case. */
export const effectsOf = (run: Run, entry: LedgerEntry): Effect[] => {
  switch (entry.kind) {
    case 'step-submitted':
      return [submit(run, entry)];
    case 'step-released':
      // The same request as before the outage, byte for byte: the agency may have received it.
      return [submit(run, { ...entry, at: stepOf(run.state, entry.stepId).sentAt ?? entry.at })];
    case 'step-resumed': {
      // Sending stopped with the clock; the agency may not know of the step yet.
      const { status, round } = stepOf(run.state, entry.stepId);
      return status === 'submitted' ? [submit(run, { ...entry, round })] : [];
    }
    case 'step-resent':
      return [...cancelSubmit(run, entry.stepId), submit(run, entry)];
    case 'step-redriven':
    case 'step-redone':
      // An adoption decides the new round itself: then there is nothing to send.
      return [...endAtAgency(run, entry), ...(isSent(run, entry) ? [submit(run, entry)] : [])];
    case 'step-reassigned':
      return entry.agency === undefined ? [] : [...endAtAgency(run, entry), submit(run, entry)];
    case 'step-decided':
    case 'parcel-returned':
    case 'supplement-wanted':
      return entry.via === 'reply' ? [] : cancelSubmit(run, entry.stepId);
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

const submit = (run: Run, { stepId, round, at }: { stepId: string; round: number; at: number }): Effect => ({
  kind: 'submit',
  stepId,
  agency: agencyOf(run.state, stepId),
  round,
  at,
});

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
const endAtAgency = (run: Run, { stepId, at }: { stepId: string; at: number }): Effect[] => {
  const { status, round } = stepOf(run.before, stepId);
  if (!WITH_AGENCY.includes(status) || round === 0) return [];
  return [...cancelSubmit(run, stepId), { kind: 'call-off', stepId, agency: agencyOf(run.before, stepId), round, at }];
};
