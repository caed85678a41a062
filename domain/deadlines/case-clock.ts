import type { Calendar } from '../calendar/calendar.ts';
import { findYellowAt } from './light.ts';
import type { Deadlines, Limits } from './step-clock.ts';
import { findStep } from '../matter/compile.ts';
import { pathDeadline, type PathDeadline, type PathStep } from './critical-path.ts';
import { findCommonPause, type StepClock } from '../case/clock.ts';
import type { LedgerEntry } from '../case/ledger.ts';
import type { Plan } from '../case/plan.ts';
import { isStepEnd, type StepStatus } from '../case/status.ts';
import { formatStepId, parseStepId } from '../case/step-id.ts';
import { listNeedIds } from '../matter/sorting.ts';
import type { Item, Matter } from '../matter/schema.ts';

/** The data of the clocks of case and items: the present steps of the plan. */
export interface ClockedStep {
  id: string;
  status: StepStatus;
  clock?: StepClock | undefined;
  endedAt?: number | undefined;
}

/** The deadlines of a case or an item, and the paths that led to them. */
export interface PathDeadlines extends Deadlines {
  promised: PathDeadline;
  statutory?: PathDeadline;
}

export interface ItemClock extends Partial<PathDeadlines> {
  /** The item's id, with `.1`, `.2` … where it is repeated for a list of several. */
  id: string;
  item: Item;
  /** The plan's steps that belong to it. */
  steps: string[];
  startedAt?: number;
  pausedAt?: number;
  endedAt?: number;
}

/**
 * The promised date of a case that was accepted at `acceptedAt`, by its critical path. Steps
 * outside the promise only delay the others.
 */
export const caseDeadlines = (
  calendar: Calendar,
  matter: Matter,
  plan: Plan,
  steps: readonly ClockedStep[],
  acceptedAt: number,
): PathDeadlines => {
  const limited = stepsOf(matter, plan, steps);
  const inside = limited.filter(({ outside }) => !outside).map(({ id }) => id);
  return partDeadlines(
    calendar,
    matter.limit,
    limited,
    inside.length > 0 ? inside : limited.map(({ id }) => id),
    acceptedAt,
  );
};

/**
 * The items of a case: each runs from the first sending of one of its steps until all have ended.
 * Items that do not apply are left out.
 */
export const itemClocks = (
  calendar: Calendar,
  matter: Matter,
  plan: Plan,
  steps: readonly ClockedStep[],
): ItemClock[] => {
  const limited = stepsOf(matter, plan, steps);
  const places = new Map(limited.map((step, place) => [step.id, { step, place }]));
  return matter.items.flatMap((item) =>
    instancesOf(matter, item, limited).map(({ id, own }) => {
      // An item that consists only of certificate-making or payment promises exactly that.
      const promised = own.filter(({ outside }) => !outside);
      const inside = promised.length > 0 ? promised : own;
      const clocks = inside.flatMap(({ clock }) => clock ?? []);
      const startedAt = clocks.length === 0 ? undefined : Math.min(...clocks.map((clock) => clock.startedAt));
      const ends = inside.map(({ status, endedAt, clock }) =>
        isStepEnd(status) ? (endedAt ?? clock?.endedAt) : undefined,
      );
      const known = ends.filter((at) => at !== undefined);
      const pausedAt = findCommonPause(clocks);
      return {
        id,
        item,
        steps: own.map((step) => step.id),
        ...(startedAt !== undefined && {
          startedAt,
          ...partDeadlines(
            calendar,
            item.limit,
            listAwaited(places, inside),
            inside.map((step) => step.id),
            startedAt,
            limited,
          ),
        }),
        ...(pausedAt !== undefined && { pausedAt }),
        ...(known.length === ends.length && { endedAt: Math.max(...known) }),
      };
    }),
  );
};

/**
 * These steps and all that they wait for, directly or through others, in the order of the plan: an
 * item of one list item does not need the steps of all others.
 */
const listAwaited = (
  places: ReadonlyMap<string, { step: LimitedStep; place: number }>,
  steps: readonly LimitedStep[],
): LimitedStep[] => {
  const found = new Set(steps.map(({ id }) => id));
  // A set that grows is walked to its end.
  for (const id of found)
    for (const { of } of places.get(id)?.step.needs ?? []) for (const needed of of) found.add(needed);
  return [...found]
    .flatMap((id) => places.get(id) ?? [])
    .sort((a, b) => a.place - b.place)
    .map(({ step }) => step);
};

interface LimitedStep extends Omit<PathStep, 'inside'> {
  status: StepStatus;
  endedAt?: number | undefined;
  outside: boolean;
}

/** The steps that apply to the case, in the order of the plan. */
const stepsOf = (matter: Matter, plan: Plan, steps: readonly ClockedStep[]): LimitedStep[] => {
  const byId = new Map(steps.map((step) => [step.id, step]));
  return plan.steps.flatMap(({ id, needs }) => {
    const now = byId.get(id);
    const found = findStep(matter, id);
    if (!now || now.status === 'skipped' || !found) return [];
    const { limit } = found.step;
    const done = isStepEnd(now.status) ? now.status === 'done' : undefined;
    return [{ ...now, needs, limit, outside: limit.outside, done }];
  });
};

/** An item once, or once for each list item for which its steps are repeated. */
const instancesOf = (
  matter: Matter,
  item: Item,
  steps: readonly LimitedStep[],
): { id: string; own: LimitedStep[] }[] => {
  const instances = new Map<string, LimitedStep[]>();
  for (const step of steps) {
    const found = findStep(matter, step.id);
    if (!found || !item.steps.includes(found.step.id)) continue;
    const number = found.item && parseStepId(step.id)?.number;
    const id = formatStepId({ definition: item.id, ...(number !== undefined && { number }) });
    instances.set(id, [...(instances.get(id) ?? []), step]);
  }
  return [...instances].map(([id, own]) => ({ id, own }));
};

/** `all` are the steps of the case, if `steps` are only those that matter to the part. */
const partDeadlines = (
  calendar: Calendar,
  limit: Limits,
  steps: readonly LimitedStep[],
  inside: readonly string[],
  startedAt: number,
  all: readonly LimitedStep[] = steps,
): PathDeadlines => {
  const own = new Set(inside);
  const path = steps.map((step) => ({ ...step, inside: own.has(step.id) }));
  const promised = pathDeadline(calendar, startedAt, limit, 'promised', path, all);
  const statutory = limit.statutory && pathDeadline(calendar, startedAt, limit, 'statutory', path, all);
  return {
    yellowAt: findYellowAt(calendar, promised.at, limit.promised),
    promisedAt: promised.at,
    ...(statutory && { statutoryAt: statutory.at }),
    provisional: promised.provisional,
    statutoryProvisional: statutory?.provisional === true,
    promised,
    ...(statutory && { statutory }),
  };
};

/**
 * Entries after which a step that waited for a material may continue, or after which everything is
 * computed by another calendar.
 */
const MOVING: ReadonlySet<LedgerEntry['kind']> = new Set(['supplement-answered', 'gap-filled', 'calendar-changed']);

/**
 * Whether these entries can have moved the promise of the case: a pause, an extension, a redo, a
 * step outside the promise that others waited for, a material that came in, another calendar.
 * Otherwise its row has the right instants already.
 */
export const mayMovePromise = (
  matter: Matter,
  entries: readonly LedgerEntry[],
  steps: Readonly<Record<string, { clock?: StepClock }>>,
): boolean =>
  entries.some(({ kind }) => MOVING.has(kind)) ||
  Object.entries(steps).some(([id, { clock }]) => {
    if (!clock) return false;
    const step = findStep(matter, id)?.step;
    if (step?.limit.outside) return clock.endedAt !== undefined && isAwaited(matter, step.id);
    return (
      clock.extensionDays !== undefined ||
      clock.rests !== undefined ||
      clock.holds.some(({ to, why }) => to !== undefined && why !== 'outage')
    );
  });

/** A step of the promise waits for it, directly or through others. */
const isAwaited = (matter: Matter, stepId: string): boolean =>
  matter.steps.some(
    ({ id, needs, limit }) => needs.flatMap(listNeedIds).includes(stepId) && (!limit.outside || isAwaited(matter, id)),
  );
