import { computeDues, type Due } from './dues.ts';
import type { LedgerEntry } from './ledger.ts';
import { agencyOf, findCasePause, listOpenGaps, type CaseState, type Notice, type StepState } from './state.ts';
import type { CaseStatus, Closing } from './status.ts';

/** The facts of a case that some entries may have changed, for the projection. */
export interface Changes {
  entries: LedgerEntry[];
  matter: { code: string; version: number };
  status: CaseStatus;
  closing?: Closing;
  acceptedAt?: number;
  /** Since when the case's own clock is paused. */
  pausedAt?: number;
  /** Materials that were pledged and have not come in. */
  gaps: string[];
  /** Each with the agency that has it now: an office of the agency in the definition. */
  steps: Record<string, StepState>;
  /** All notices, if one of them may have changed. */
  notices?: Record<string, Notice>;
  /** Everything that the case waits for now. */
  dues: Due[];
}

export const changesOf = (state: CaseState, entries: LedgerEntry[]): Changes => {
  const pausedAt = findCasePause(state);
  const { lastChange } = changesOfSteps(entries);
  return {
    entries,
    matter: { code: state.plan.matter, version: state.plan.version },
    status: state.status,
    ...(state.closing !== undefined && { closing: state.closing }),
    ...(state.acceptedAt !== undefined && { acceptedAt: state.acceptedAt }),
    ...(pausedAt !== undefined && { pausedAt }),
    gaps: listOpenGaps(state),
    steps: Object.fromEntries(
      Object.entries(state.steps)
        .filter(([id]) => lastChange(id) >= 0)
        .map(([id, step]) => [id, { ...step, agency: agencyOf(state, id) }]),
    ),
    ...(lastChangeOfNotices(entries) >= 0 && { notices: state.notices }),
    dues: computeDues(state),
  };
};

/**
 * Entries that change only the step that they name. The changes of all other entries are not
 * distinguished.
 */
const OF_ONE_STEP: ReadonlySet<LedgerEntry['kind']> = new Set([
  'step-submitted',
  'step-deferred',
  'step-accepted',
  'step-decided',
  'record-missed',
  'step-attention',
  'step-parked',
  'step-released',
  'step-resent',
  'step-urged',
  'step-suspended',
  'step-resumed',
  'step-reassigned',
  'step-in-doubt',
  'step-kept',
  'step-blocked',
  'step-stopped',
  'supplement-wanted',
  'undo-started',
  'step-undone',
  'undo-retried',
  'parcel-returned',
  'undo-settled',
]);

/** Entries that change no step at all. */
const OF_NO_STEP: ReadonlySet<LedgerEntry['kind']> = new Set([
  'case-submitted',
  'case-accepted',
  'case-closing',
  'case-reopened',
  'case-resumed',
  'case-ended',
  'supplement-reminded',
  'supplement-requested',
  'supplement-lapsed',
  'values-corrected',
  'message-refused',
]);

/** The entries that may have changed the steps, by their index; -1: none. */
interface ChangesOfSteps {
  lastChange: (stepId: string) => number;
  /**
   * As `lastChange`, without a new calendar, which moves the deadlines of a step and is not an event
   * of the step.
   */
  lastEvent: (stepId: string) => number;
}

/** Reads the entries once, because a long case has many entries and many steps. */
export const changesOfSteps = (entries: readonly LedgerEntry[]): ChangesOfSteps => {
  const ofOne = new Map<string, number>();
  let ofAll = -1;
  let eventOfAll = -1;
  for (const [index, entry] of entries.entries()) {
    if (OF_NO_STEP.has(entry.kind)) continue;
    if (OF_ONE_STEP.has(entry.kind)) {
      if ('stepId' in entry) ofOne.set(entry.stepId, index);
      continue;
    }
    ofAll = index;
    if (entry.kind !== 'calendar-changed') eventOfAll = index;
  }
  return {
    lastChange: (stepId) => Math.max(ofOne.get(stepId) ?? -1, ofAll),
    lastEvent: (stepId) => Math.max(ofOne.get(stepId) ?? -1, eventOfAll),
  };
};

/**
 * The index of the last entry that may have changed a notice or its last instant for an answer; -1:
 * none.
 */
export const lastChangeOfNotices = (entries: readonly LedgerEntry[]): number =>
  entries.findLastIndex(({ kind }) => kind.startsWith('supplement-') || kind === 'calendar-changed');
