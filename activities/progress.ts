import {
  recordProgress as writeProgress,
  type DueChange,
  type LedgerHead,
  type NoticeChange,
  type StepChange,
} from '../db/ledger.ts';
import { calendarOrdinal } from '../db/calendars.ts';
import { agencyTime, wasSupplemented } from '../matters/clock/agency-time.ts';
import { readClocks } from '../db/clocks.ts';
import type { Calendar } from '../matters/calendar/calendar.ts';
import { caseDeadlines, mayMovePromise } from '../matters/clock/case-clock.ts';
import { deadlines, stepDeadlines, type Deadlines } from '../matters/clock/step-clock.ts';
import { findStep } from '../matters/definition/compile.ts';
import { dueDate } from '../matters/clock/due-dates.ts';
import { openHold, pausedSince } from '../matters/engine/clock.ts';
import type { Due } from '../matters/engine/dues.ts';
import {
  lastChangeOfNotices,
  lastChangeOfStep,
  lastHappeningToStep,
  type Changes,
} from '../matters/engine/progress.ts';
import type { LedgerEntry } from '../matters/engine/ledger.ts';
import type { Notice, StepState } from '../matters/engine/state.ts';
import { isStepEnd } from '../matters/engine/status.ts';
import { addLimit } from '../matters/calendar/limit.ts';
import type { Matter, Step } from '../matters/definition/schema.ts';
import { duesOf, lookAt, waitOf } from '../matters/supervision/waiting.ts';
import type { Dependencies } from './dependencies.ts';

/** What happened since the last entry that the case knows to be in Postgres: the entries, and steps and case as they are after them. */
export interface Progress extends Changes {
  caseId: string;
  prevSeq: number;
  /** Hash of the entry before these, hex. */
  prevHash: string;
}

/**
 * Writes entries, steps and case in one transaction. Deadlines are set here, from the instants in the entries and the
 * calendar. Safe to repeat, and by several writers at once: what is in the ledger already is passed over.
 */
const recordProgress = async (deps: Dependencies, progress: Progress): Promise<LedgerHead> => {
  const { matter: version, steps, notices, dues, ...rest } = progress;
  const { prevSeq, entries } = progress;
  const matter = await deps.matter(version.code, version.version);
  const calendar = await calendarFor(deps, entries);
  const coming = dues.map((due) => dueChange(calendar, matter, due));
  const at = entries.at(-1)?.at ?? deps.now();
  const changes = Object.entries(steps).map(async ([id, step]) => ({
    seq: prevSeq + 1 + lastChangeOfStep(entries, id),
    happenedSeq: prevSeq + 1 + lastHappeningToStep(entries, id),
    ...(await stepChange(deps, calendar, matter, id, step)),
    ...(await watching(deps, calendar, matter, { id, step, at, notices, dues: coming })),
  }));
  const noticesSeq = prevSeq + 1 + lastChangeOfNotices(entries);
  return writeProgress(deps.db, {
    ...rest,
    ...(await caseTimes(deps, calendar, matter, progress)),
    calendar: calendarOrdinal(calendar.version),
    steps: await Promise.all(changes),
    notices: Object.entries(notices ?? {}).map(([id, notice]) =>
      noticeChange(calendar, matter, id, noticesSeq, notice),
    ),
    dues: coming,
  });
};

export const createProgressActivities = (deps: Dependencies) => ({
  /** Writes what no delivered message has written, so that the case knows of it. Safe to repeat. */
  recordProgress: (progress: Progress): Promise<LedgerHead> => recordProgress(deps, progress),
});

/** The newest calendar; where all is computed anew by one that the entries name, that one, so that the ledger says the truth. */
const calendarFor = ({ calendars }: Dependencies, entries: readonly LedgerEntry[]): Promise<Calendar> => {
  const changed = entries.findLast((entry) => entry.kind === 'calendar-changed');
  return changed ? calendars.version(changed.calendar) : calendars.newest();
};

const caseTimes = async (deps: Dependencies, calendar: Calendar, matter: Matter, progress: Progress) => {
  const ended = progress.entries.findLast((entry) => entry.kind === 'case-ended');
  return {
    ...(await promiseOf(deps, calendar, matter, progress)),
    ...(ended && { endedAt: ended.at }),
  };
};

/** The deadlines of the case where they may have become other ones; otherwise its row keeps what it has. */
const promiseOf = async (
  deps: Dependencies,
  calendar: Calendar,
  matter: Matter,
  { caseId, acceptedAt, entries, steps }: Progress,
): Promise<Deadlines | undefined> => {
  if (acceptedAt === undefined) return undefined;
  if (mayMovePromise(matter, entries, steps)) {
    // The rows may be older than these entries, and newer only when another writer was faster: then nothing of this is written.
    const rows = await readClocks(deps.db, caseId);
    const now = rows.steps.map((step) => ({ ...step, ...steps[step.id] }));
    const {
      promised: _promised,
      statutory: _statutory,
      ...found
    } = caseDeadlines(calendar, matter, rows.plan, now, acceptedAt);
    return found;
  }
  const accepted = entries.some(({ kind }) => ACCEPTANCES.has(kind));
  return accepted ? deadlines({ calendar, startedAt: acceptedAt, limit: matter.limit, pauses: [] }) : undefined;
};

const ACCEPTANCES: ReadonlySet<LedgerEntry['kind']> = new Set(['case-accepted', 'case-deemed-accepted']);

const stepChange = async (
  deps: Dependencies,
  calendar: Calendar,
  matter: Matter,
  id: string,
  state: StepState,
): Promise<Omit<StepChange, 'seq'>> => {
  const found = findStep(matter, id);
  if (!found) throw new Error(`no step ${id} in ${matter.code} version ${matter.version}`);
  const { clock } = state;
  const pausedAt = clock && pausedSince(clock);
  const parkedAt = clock && openHold(clock, 'outage');
  return {
    id,
    agency: state.agency ?? found.step.agency,
    status: state.status,
    round: state.round,
    undo: state.undo === true,
    ...(state.sentAt !== undefined && { sentAt: state.sentAt }),
    ...(state.officer !== undefined && { officer: state.officer }),
    ...(state.decided && { decision: state.decided.decision, messageId: state.decided.messageId }),
    ...(state.attention && { attention: state.attention }),
    ...(state.because !== undefined && { because: state.because }),
    ...(state.noticeId !== undefined && { noticeId: state.noticeId }),
    ...(state.suspension && { suspension: state.suspension }),
    ...(clock && { clock, startedAt: clock.startedAt, ...stepDeadlines(calendar, found.step.limit, clock) }),
    ...(pausedAt !== undefined && { pausedAt }),
    ...(parkedAt !== undefined && { parkedAt }),
    ...(clock?.endedAt !== undefined && {
      endedAt: clock.endedAt,
      ...agencyTime(calendar, { ...clock, endedAt: clock.endedAt }),
      supplemented: wasSupplemented(clock),
    }),
    ...(state.status === 'accepted' && { enquireAt: await enquiryAt(deps, state, found.step) }),
  };
};

/** When a system that has accepted a step and stays silent is asked; officers of a worklist are not asked by machine. */
const enquiryAt = async (deps: Dependencies, { agency, sentAt }: StepState, step: Step): Promise<number | null> => {
  const { connection, enquireAfterS } = await deps.agency(agency ?? step.agency);
  return connection === 'push' && sentAt !== undefined ? sentAt + enquireAfterS * 1_000 : null;
};

/** When the watcher looks at the step, should nothing happen to it meanwhile; it then sees what is not known here. */
const watching = async (
  deps: Dependencies,
  calendar: Calendar,
  matter: Matter,
  now: {
    id: string;
    step: StepState;
    at: number;
    notices: Record<string, Notice> | undefined;
    dues: readonly DueChange[];
  },
): Promise<{ watchAt?: number }> => {
  const { id, step: state, at, notices } = now;
  const found = findStep(matter, id);
  if (!found || isStepEnd(state.status)) return {};
  const { kind, agency, limit } = found.step;
  const parkedAt = state.parked === true ? at : undefined;
  const row = { ...state, kind, parkedAt, changedAt: at, attempts: 0, enquiries: 0 };
  const wait = waitOf(row, {
    now: at,
    calendar,
    agency: await deps.agency(state.agency ?? agency),
    limit: limit.promised,
    notice: notices?.[state.noticeId ?? ''],
    dues: duesOf({ ...row, stepId: id }, now.dues),
  });
  const watchAt = wait && lookAt(wait);
  return watchAt === undefined ? {} : { watchAt };
};

const noticeChange = (calendar: Calendar, matter: Matter, id: string, seq: number, notice: Notice): NoticeChange => {
  const { status, items, since, notifiedAt } = notice;
  return {
    id,
    seq,
    status,
    items,
    since,
    ...(notifiedAt !== undefined && {
      notifiedAt,
      dueAt: addLimit(calendar, notifiedAt, matter.supplements.answerWithin).at,
    }),
  };
};

const dueChange = (calendar: Calendar, matter: Matter, due: Due): DueChange => {
  const { key, kind, from, stepId } = due;
  const { at, provisional } = dueDate(calendar, matter, due);
  return { key, kind, since: from, dueAt: at, provisional, ...(stepId !== undefined && { stepId }) };
};
