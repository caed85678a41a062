import type { AgencyFacts } from '../agency/enquiries.ts';
import type { Calendar } from '../calendar/calendar.ts';
import { caseDeadlines, mayMovePromise, type ClockedStep } from '../deadlines/case-clock.ts';
import { deadlines, type Deadlines } from '../deadlines/step-clock.ts';
import type { Matter } from '../matter/schema.ts';
import type { LedgerEntry } from '../case/ledger.ts';
import type { Plan } from '../case/plan.ts';
import { changesOfSteps, lastChangeOfNotices, type Changes } from '../case/changes.ts';
import { isCaseEnd } from '../case/status.ts';
import { dueColumns, noticeColumns } from './notices-and-dues.ts';
import type { CaseColumns, ProjectionRows } from './rows.ts';
import { stepColumns } from './steps.ts';

/**
 * The changes since the last entry that the case knows to be in Postgres: the entries, and the
 * steps and the case after them.
 */
export interface CaseChanges extends Changes {
  caseId: string;
  prevSeq: number;
  /** Hash of the entry before these, hex. */
  prevHash: string;
  /**
   * The run of the workflow that hands these over, after the runs that it continues: Postgres has
   * one of them as the run that may write, or none.
   */
  runs: string[];
}

/** The other data from which the rows are computed. */
export interface ProjectionFacts {
  matter: Matter;
  /** The version that `calendarOf` names, or the newest. */
  calendar: Calendar;
  /** The registered agencies, by id. */
  agencies: ReadonlyMap<string, AgencyFacts>;
  /** The plan of the case and its steps as Postgres has them. Needed only if `movesPromise`. */
  before?: { plan: Plan; steps: readonly ClockedStep[] } | undefined;
}

/**
 * The rows of a case after some entries, from the instants in the entries and the calendar. Throws
 * if there is no entry, and if the matter does not have a step.
 */
export const project = (changes: CaseChanges, facts: ProjectionFacts): ProjectionRows => {
  const { caseId, prevSeq, prevHash, runs, entries } = changes;
  const { matter, calendar } = facts;
  const last = entries.at(-1);
  if (!last) throw new Error(`no entries to project in case ${caseId}`);
  const seqOf = (index: number): number => prevSeq + 1 + index;
  const dues = changes.dues.map((due) => dueColumns(calendar, matter, due));
  const around = { ...facts, at: last.at, notices: changes.notices, dues };
  const { lastChange, lastEvent } = changesOfSteps(entries);
  const unsentEnds = listUnsentEnds(entries);
  const steps = Object.entries(changes.steps).map(([id, state]) => {
    const changedAt = entries[lastEvent(id)]?.at;
    const columns = stepColumns({ ...around, id, state, changedAt, unsentEndAt: unsentEnds.get(id) });
    return { ...columns, seq: seqOf(lastChange(id)) };
  });
  const seq = seqOf(lastChangeOfNotices(entries));
  const notices = Object.entries(changes.notices ?? {}).map(([id, notice]) => ({
    ...{ id, seq },
    ...noticeColumns(calendar, matter, notice),
  }));
  return { caseId, prevSeq, prevHash, runs, entries, case: caseColumns(changes, facts), steps, notices, dues };
};

/**
 * When steps were blocked or stopped, by their id: such an entry can end a step that was never sent,
 * so that no clock has its end.
 */
const listUnsentEnds = (entries: readonly LedgerEntry[]): ReadonlyMap<string, number> =>
  new Map(
    entries.flatMap((entry) =>
      entry.kind === 'step-blocked' || entry.kind === 'step-stopped' ? [[entry.stepId, entry.at] as const] : [],
    ),
  );

/**
 * The version of the calendar that these entries name for all rows, so that the ledger is correct.
 * Undefined: use the newest.
 */
export const calendarOf = (entries: readonly LedgerEntry[]): string | undefined =>
  entries.findLast((entry) => entry.kind === 'calendar-changed')?.calendar;

/** Whether the deadlines of the case may have moved: then all its steps are needed. */
export const movesPromise = (matter: Matter, { acceptedAt, entries, steps }: Changes): boolean =>
  acceptedAt !== undefined && mayMovePromise(matter, entries, steps);

const caseColumns = (changes: CaseChanges, facts: ProjectionFacts): CaseColumns => {
  const { prevSeq, entries, status, closing, pausedAt, acceptedAt, gaps } = changes;
  const ended = entries.findLast((entry) => entry.kind === 'case-ended');
  const recomputed = entries.findLastIndex((entry) => entry.kind === 'calendar-changed');
  return {
    status,
    ...(closing !== undefined && { closing }),
    ...(pausedAt !== undefined && { pausedAt }),
    gaps,
    ...(acceptedAt !== undefined && { acceptedAt }),
    ...promiseOf(changes, facts),
    ended: isCaseEnd(status),
    ...(ended && { endedAt: ended.at }),
    calendar: facts.calendar.version,
    ...(recomputed >= 0 && { recomputedSeq: prevSeq + 1 + recomputed }),
  };
};

const ACCEPTANCES: ReadonlySet<LedgerEntry['kind']> = new Set(['case-accepted', 'case-deemed-accepted']);

/** The deadlines of the case, if they begin or may have moved; otherwise its row keeps them. */
const promiseOf = (
  { acceptedAt, entries, steps }: Changes,
  { calendar, matter, before }: ProjectionFacts,
): Deadlines | undefined => {
  if (acceptedAt === undefined) return undefined;
  if (before) {
    // The rows may be older than these entries. They are newer only if another writer was faster;
    // then none of this is written.
    const now = before.steps.map((step) => ({ ...step, ...steps[step.id] }));
    const found = caseDeadlines(calendar, matter, before.plan, now, acceptedAt);
    const { promised: _path, statutory: _statutoryPath, ...promise } = found;
    return promise;
  }
  const isAccepted = entries.some(({ kind }) => ACCEPTANCES.has(kind));
  return isAccepted ? deadlines({ calendar, startedAt: acceptedAt, limit: matter.limit, pauses: [] }) : undefined;
};
