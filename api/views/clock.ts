import { listCalendars } from '../../db/registry/calendars.ts';
import { databaseError } from '../../db/sql/pool.ts';
import type { CaseWithPlan } from '../../db/cases/cases.ts';
import { getStep, listSteps, type StepRow } from '../../db/cases/steps.ts';
import { listHeldSteps, type HeldStepRow } from '../../db/reports/time-ledger.ts';
import type { Calendar } from '../../domain/calendar/calendar.ts';
import { caseDeadlines, itemClocks } from '../../domain/deadlines/case-clock.ts';
import { findStep } from '../../domain/matter/compile.ts';
import { explainPaths, explainStep, type ExplainedDates } from '../../domain/deadlines/explain-clock.ts';
import { lightOf } from '../../domain/deadlines/light.ts';
import type { Matter } from '../../domain/matter/schema.ts';
import { sharesOf, spansOfCase, spansOfStep, type Span } from '../../domain/reports/time-ledger.ts';
import type { Calendars } from '../../runtime/reference-data.ts';
import type { ClockView, ExplainedClock } from '../../contract/clocks.ts';
import type { AgencyScope } from '../../domain/case/agency-scope.ts';
import type { Deps } from '../deps.ts';
import { agencyName } from './names.ts';
import { explainedView, type Agencies, sharesView } from './explained.ts';
import { deadlinesView } from './instants.ts';
import { clockedSteps } from './items.ts';
import { addNumber, stepName } from './names.ts';

interface CaseClockFacts {
  found: CaseWithPlan;
  steps: readonly StepRow[];
  held: readonly HeldStepRow[];
  matter: Matter;
  agencies: Agencies;
  calendars: readonly Calendar[];
  now: number;
}

/**
 * Explains the deadlines of a case, its items and its steps, or of one step. With a `scope`, only
 * those of the own steps. Throws `STEP_UNKNOWN`.
 */
export const viewClock = async (
  deps: Deps,
  found: CaseWithPlan,
  scope: AgencyScope | undefined,
  stepId?: string,
): Promise<ClockView> => {
  const { pool, registry } = deps;
  if (stepId !== undefined && scope && !scope.own.has(stepId))
    throw databaseError('STEP_UNKNOWN', `no visible step ${stepId}`);
  const [steps, held, { matter }, agencies, calendars] = await Promise.all([
    stepId === undefined ? listSteps(pool, found.caseId) : getStep(pool, found.caseId, stepId).then((step) => [step]),
    listHeldSteps(pool, found.caseId),
    registry.matterOf(found),
    registry.agencies(),
    publishedCalendars(deps.pool, deps.calendars),
  ]);
  const newest = await deps.calendars.newest();
  const clocked: CaseClockFacts = { found, steps, held, matter, agencies, calendars, now: deps.now() };
  const ofSteps = steps
    .filter(({ status, stepId: id }) => status !== 'skipped' && (!scope || scope.own.has(id)))
    .map((step) => stepClock(clocked, step));
  return {
    caseId: found.caseId,
    caseNo: found.caseNo,
    calendar: { version: newest.version, coveredUntil: newest.coveredUntil },
    clocks: stepId === undefined && !scope ? [wholeClock(clocked), ...clocksOfItems(clocked), ...ofSteps] : ofSteps,
  };
};

/** All published versions, newest first. */
const publishedCalendars = async (pool: Deps['pool'], calendars: Calendars): Promise<Calendar[]> =>
  Promise.all((await listCalendars(pool)).map(({ version }) => calendars.version(version)));

/**
 * The dates, computed with the newest calendar version that yields the recorded ones. An ended case
 * keeps the version that it ended with. An open case keeps its version until the new one reaches
 * it.
 */
const useRecorded = (
  calendars: readonly Calendar[],
  recorded: number | undefined,
  explain: (calendar: Calendar) => ExplainedDates,
): { calendar: Calendar; dates: ExplainedDates } | undefined => {
  const [newest] = calendars;
  if (!newest) return undefined;
  for (const calendar of calendars) {
    const dates = explain(calendar);
    if (recorded === undefined || dates.promised.at === recorded) return { calendar, dates };
  }
  return { calendar: newest, dates: explain(newest) };
};

const wholeClock = ({ found, steps, held, matter, agencies, calendars, now }: CaseClockFacts): ExplainedClock => {
  const { acceptedAt, endedAt, submittedAt } = found;
  const explained =
    acceptedAt === undefined
      ? undefined
      : useRecorded(calendars, found.promisedAt, (calendar) =>
          explainPaths(
            calendar,
            acceptedAt,
            caseDeadlines(calendar, matter, found.plan, clockedSteps(steps), acceptedAt),
            stepsIn(matter, steps),
          ),
        );
  return {
    of: 'case',
    name: matter.name,
    agency: agencyName(agencies, matter.lead),
    light: lightOf({ ...found, now }),
    ...deadlinesView(found),
    example: matter.limit.example,
    ...datesView(calendars, explained),
    ...heldView(calendars, spansOfCase({ receivedAt: submittedAt, endedAt, steps: held }, now), agencies),
  };
};

const clocksOfItems = ({ found, steps, matter, agencies, calendars, now }: CaseClockFacts): ExplainedClock[] => {
  const [calendar] = calendars;
  if (!calendar) return [];
  return itemClocks(calendar, matter, found.plan, clockedSteps(steps)).map((clock) => {
    const { id, item, startedAt, promised, statutory } = clock;
    const dates =
      startedAt === undefined || !promised
        ? undefined
        : explainPaths(calendar, startedAt, { promised, ...(statutory && { statutory }) }, stepsIn(matter, steps));
    return {
      of: 'item' as const,
      id,
      name: addNumber(item.name, id),
      agency: agencyName(agencies, item.lead),
      light: lightOf({ ...clock, now }),
      ...deadlinesView(clock),
      example: item.limit.example,
      ...datesView(calendars, dates && { calendar, dates }),
    };
  });
};

const stepClock = ({ held, matter, agencies, calendars, now }: CaseClockFacts, step: StepRow): ExplainedClock => {
  const { stepId, clock, status, agency } = step;
  const limit = findStep(matter, stepId)?.step.limit;
  const own = held.find((one) => one.stepId === stepId);
  const explained =
    clock && limit
      ? useRecorded(calendars, step.promisedAt, (calendar) => explainStep(calendar, limit, stepId, clock))
      : undefined;
  return {
    of: 'step',
    id: stepId,
    name: stepName(matter, stepId),
    agency: agencyName(agencies, agency),
    status,
    light: lightOf({ ...step, now }),
    ...deadlinesView(step),
    example: limit?.example === true,
    ...datesView(calendars, explained),
    ...(own && heldView(calendars, spansOfStep(own, now), agencies)),
  };
};

const datesView = (
  [newest]: readonly Calendar[],
  explained: { calendar: Calendar; dates: ExplainedDates } | undefined,
): Pick<ExplainedClock, 'calendar' | 'promised' | 'statutory'> => ({
  calendar: (explained?.calendar ?? newest)?.version ?? '',
  ...(explained && { promised: explainedView(explained.dates.promised) }),
  ...(explained?.dates.statutory && { statutory: explainedView(explained.dates.statutory) }),
});

const heldView = (
  [newest]: readonly Calendar[],
  spans: readonly Span[],
  agencies: Agencies,
): Pick<ExplainedClock, 'held'> => (newest ? { held: sharesView(sharesOf(newest, spans), agencies) } : {});

const stepsIn = (matter: Matter, steps: readonly StepRow[]) => (stepId: string) => ({
  clock: steps.find((step) => step.stepId === stepId)?.clock,
  outside: findStep(matter, stepId)?.step.limit.outside === true,
});
