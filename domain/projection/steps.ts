import { firstEnquiryAt, type AgencyFacts } from '../agency/enquiries.ts';
import type { Calendar } from '../calendar/calendar.ts';
import { agencyTime, isSupplemented } from '../deadlines/agency-time.ts';
import { stepDeadlines } from '../deadlines/step-clock.ts';
import { getStep } from '../matter/compile.ts';
import type { Matter, Step } from '../matter/schema.ts';
import { openHold, findPause, type StepClock } from '../case/clock.ts';
import type { Notice, StepState } from '../case/state.ts';
import { ENQUIRABLE, isStepEnd } from '../case/status.ts';
import { waitOfStep, type DueFacts } from '../waiting/question.ts';
import { lookAt } from '../waiting/wait.ts';
import { claimLasts } from '../worklist/claims.ts';
import type { StepColumns } from './rows.ts';

/** A step after some entries, with the facts around it. */
export interface ProjectedStep {
  id: string;
  state: StepState;
  /** When the last event of the step happened; undefined: before these entries. */
  changedAt: number | undefined;
  /** When it ended without ever being sent; undefined: before these entries, or it was sent. */
  unsentEndAt: number | undefined;
  /** The last of these entries. */
  at: number;
  matter: Matter;
  calendar: Calendar;
  agencies: ReadonlyMap<string, AgencyFacts>;
  /** By id, if they may have changed. */
  notices: Readonly<Record<string, Notice>> | undefined;
  /** Everything that the case waits for. */
  dues: readonly DueFacts[];
}

/** The row of a step, without its `seq`. Throws if the matter does not have the step. */
export const stepColumns = (step: ProjectedStep): Omit<StepColumns, 'seq'> => {
  const { id, state, changedAt, unsentEndAt, calendar, agencies } = step;
  const definition = getStep(step.matter, id);
  const { status, round, sentAt, clock, decided } = state;
  const agency = state.agency ?? definition.agency;
  const facts = agencies.get(agency);
  const ended = isStepEnd(status);
  const parkedAt = clock && openHold(clock, 'outage');
  const endedAt = clock?.endedAt ?? (ended ? unsentEndAt : undefined);
  const enquireAt = ENQUIRABLE.some((asked) => asked === status) && facts ? firstEnquiryAt(facts, sentAt) : undefined;
  const watchAt = ended ? undefined : findWatchAt(step, definition, facts);
  return {
    ...{ id, agency, status, round, undo: state.undo === true, ended },
    ...(changedAt !== undefined && { changedAt }),
    ...(sentAt !== undefined && { sentAt }),
    ...(state.officer !== undefined && { officer: state.officer }),
    ...(decided && { decision: decided.decision, messageId: decided.messageId }),
    ...(state.attention && { attention: state.attention }),
    ...(state.because !== undefined && { because: state.because }),
    ...(state.noticeId !== undefined && { noticeId: state.noticeId }),
    ...(state.suspension && { suspension: state.suspension }),
    ...(state.results && { results: state.results }),
    ...(clock && clockColumns(calendar, definition, clock)),
    ...(parkedAt !== undefined && { parkedAt }),
    ...(endedAt !== undefined && { endedAt }),
    ...(enquireAt !== undefined && { enquireAt }),
    ...(watchAt !== undefined && { watchAt }),
    keepsAttempt: (status === 'submitted' || status === 'undoing') && parkedAt === undefined,
    keepsClaim: claimLasts(status),
  };
};

const clockColumns = (calendar: Calendar, { limit }: Step, clock: StepClock) => {
  const { startedAt, extensionDays, endedAt } = clock;
  const pausedAt = findPause(clock);
  return {
    ...{ clock, startedAt, ...stepDeadlines(calendar, limit, clock) },
    ...(extensionDays !== undefined && { extensionDays }),
    ...(pausedAt !== undefined && { pausedAt }),
    ...(endedAt !== undefined && {
      ...agencyTime(calendar, { ...clock, endedAt }),
      supplemented: isSupplemented(clock),
    }),
  };
};

/**
 * When the watcher checks the step if no event comes before. Attempts and enquiries are not known
 * here: the watcher sees them when it checks, and finds overdue enquiries by a query of its own
 * (`stepsToWatch` in `db/supervision/watch.ts`).
 */
const findWatchAt = (
  { id, state, at, matter, calendar, notices, dues }: ProjectedStep,
  { kind }: Step,
  agency: AgencyFacts | undefined,
): number | undefined => {
  const parkedAt = state.parked === true ? at : undefined;
  const row = { ...state, stepId: id, kind, parkedAt, changedAt: at, attempts: 0, enquiries: 0 };
  const notice = notices?.[state.noticeId ?? ''];
  const wait = waitOfStep(row, { now: at, matter, calendar, agency, notice, dues });
  return wait && lookAt(wait);
};
