import type { Calendar } from '../calendar/calendar.ts';
import { listLegalPauses, type Limits } from './step-clock.ts';
import type { StepClock } from '../case/clock.ts';
import type { PlanNeed } from '../case/plan.ts';
import { addLimit, mergePauses, scaleOf, type Deadline, type Pause } from '../calendar/limit.ts';
import type { Limit } from '../matter/schema.ts';

/** A step as the promise of a case (or of an item) sees it. */
export interface PathStep {
  id: string;
  needs: readonly PlanNeed[];
  /**
   * Its limit is part of the promise. The time of any other step is a pause of all steps that
   * depend on it.
   */
  inside: boolean;
  limit: Limits;
  clock?: StepClock | undefined;
  /** It ended successfully; undefined: it has not ended. */
  done?: boolean | undefined;
}

type ClockedStep = Pick<PathStep, 'id' | 'clock'>;

/**
 * The time of a step on the critical path, in milliseconds of the scale of its limit (`scaleOf`).
 */
export interface PathPart {
  stepId: string;
  limitMs: number;
  extensionMs: number;
  pausedMs: number;
  /** The parts of `pausedMs`. */
  pauses: { from: number; to: number }[];
}

export interface PathDeadline extends Deadline {
  limit: Limit;
  /** How much longer the critical path is than the promise, including pauses and extensions. */
  movedMs: number;
  /** The longest path, in order. */
  path: PathPart[];
  /** Steps off the path that were paused within the slack of their own paths. */
  aside: PathPart[];
}

/**
 * The deadline of a promise that was made at `start` over many steps. Each path of dependent steps
 * takes its limits, its extensions and its pauses. The deadline moves by what the longest path
 * takes beyond the promised limit, or beyond the longest path without pauses if the definition
 * promises less than its steps add up to. Therefore a pause within the slack of its path does not
 * move the deadline, and a pause on the only path moves it by its full length. A pause that starts
 * after the deadline does not change it.
 * `steps` are in dependency order, without steps that do not apply. `all` are the steps of the case,
 * if the promise is about a part of them.
 */
export const pathDeadline = (
  calendar: Calendar,
  start: number,
  limits: Limits,
  which: 'promised' | 'statutory',
  steps: readonly PathStep[],
  all: readonly ClockedStep[] = steps,
): PathDeadline => {
  const limit = limits[which] ?? limits.promised;
  const scale = scaleOf(calendar, limit);
  const begin = scale.begin(start);
  const pauses = pausesOfSteps(steps, all);
  const partOf = (step: PathStep, until: number): PathPart => {
    const own = mergePauses(
      (pauses.get(step.id) ?? []).filter(({ from }) => from < until),
      begin,
    );
    const { extensionDays = 0 } = step.clock ?? {};
    return {
      stepId: step.id,
      limitMs: step.inside ? scale.amountOf(step.limit[which] ?? step.limit.promised) : 0,
      extensionMs: step.inside ? scale.amountOf({ workingDays: extensionDays }) : 0,
      pausedMs: own.reduce((sum, { from, to }) => sum + scale.read(to) - scale.read(from), 0),
      pauses: own,
    };
  };
  const planned = findLongestPath(steps, (step) => partOf(step, start).limitMs);
  const allowed = Math.max(scale.amountOf(limit), planned.length);
  /** Later pauses count after earlier ones have moved the deadline past them. */
  const settle = (deadline: Deadline): PathDeadline => {
    const parts = new Map(steps.map((step) => [step.id, partOf(step, deadline.at)]));
    const { length, path } = findLongestPath(steps, ({ id }) => lengthOf(parts.get(id)));
    const movedMs = Math.max(length - allowed, 0);
    const moved = addLimit(calendar, start, limit, [], movedMs);
    if (moved.at !== deadline.at) return settle(moved);
    const aside = [...parts.values()].filter(({ stepId, pausedMs }) => pausedMs > 0 && !path.includes(stepId));
    return { ...moved, limit, movedMs, path: path.flatMap((id) => parts.get(id) ?? []), aside };
  };
  return settle(addLimit(calendar, start, limit));
};

const lengthOf = (part: PathPart | undefined): number => (part ? part.limitMs + part.extensionMs + part.pausedMs : 0);

/**
 * The longest path to a step inside the promise: its own time, added to the path of what it waits
 * for.
 */
const findLongestPath = (steps: readonly PathStep[], lengthOfStep: (step: PathStep) => number) => {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const ways = new Map<string, { length: number; path: string[] }>();
  const none = { length: 0, path: [] };
  for (const step of steps) {
    const before = step.needs.map((need) => {
      const known = listAwaitedSteps(need, byId).flatMap(({ id }) => ways.get(id) ?? []);
      return need.mode === 'any' ? shortestOf(known) : longestOf(known);
    });
    const way = longestOf(before) ?? none;
    ways.set(step.id, { length: way.length + lengthOfStep(step), path: [...way.path, step.id] });
  }
  return longestOf(steps.flatMap(({ id, inside }) => (inside ? (ways.get(id) ?? []) : []))) ?? none;
};

type WeightedPath = { length: number; path: string[] };
const longestOf = (ways: readonly (WeightedPath | undefined)[]): WeightedPath | undefined =>
  ways.reduce((best, way) => (way && (!best || way.length > best.length) ? way : best), undefined);
const shortestOf = (ways: readonly WeightedPath[]): WeightedPath | undefined =>
  ways.reduce<WeightedPath | undefined>((best, way) => (!best || way.length < best.length ? way : best), undefined);

/** Of alternatives, those that are done or can still be done; of all other needs, every one. */
const listAwaitedSteps = ({ mode, of }: PlanNeed, byId: ReadonlyMap<string, PathStep>): PathStep[] => {
  const known = of.flatMap((id) => byId.get(id) ?? []);
  if (mode !== 'any') return known;
  const done = known.filter((step) => step.done);
  if (done.length > 0) return done;
  const open = known.filter((step) => step.done === undefined);
  return open.length > 0 ? open : known;
};

/**
 * The pauses that each step adds to its path: its own pauses; the whole time of a step outside the
 * promise; the time in which it was ready and a material was missing; the time in which the case
 * had ended until the step was started again. Time that an earlier step on the path has already
 * paused is not counted twice.
 */
const pausesOfSteps = (
  steps: readonly PathStep[],
  all: readonly ClockedStep[],
): Map<string, { from: number; to: number }[]> => {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const pauses = new Map<string, { from: number; to: number }[]>();
  const earlier = new Map<string, Set<string>>();
  for (const step of steps) {
    const direct = step.needs.flatMap(({ of }) => of).filter((id) => byId.has(id));
    const before = new Set(direct.flatMap((id) => [id, ...(earlier.get(id) ?? [])]));
    earlier.set(step.id, before);
    const own = [...listOwnPauses(step), ...restsOfCase(step, all), ...listPausesBefore(step, byId)];
    if (own.length === 0) continue;
    const counted = [...before].flatMap((id) => pauses.get(id) ?? []);
    pauses.set(step.id, subtract(mergePauses(own, -Infinity), counted));
  }
  return pauses;
};

const listOwnPauses = ({ inside, clock }: PathStep): Pause[] => {
  if (!clock) return [];
  return inside ? listLegalPauses(clock) : [{ from: clock.startedAt, to: clock.endedAt }];
};

/**
 * Between the end of the case and the command to do a step again, no party held the step. Time in
 * which other steps ran is not counted as a pause.
 */
const restsOfCase = (step: PathStep, steps: readonly ClockedStep[]): { from: number; to: number }[] => {
  if (!step.clock?.rests) return [];
  const atWork = steps.flatMap(({ id, clock }) => {
    if (!clock || id === step.id) return [];
    return subtract([{ from: clock.startedAt, to: clock.endedAt ?? Infinity }], clock.rests ?? []);
  });
  return subtract(step.clock.rests, atWork);
};

const listPausesBefore = (step: PathStep, byId: ReadonlyMap<string, PathStep>): Pause[] => {
  if (!step.clock || step.needs.length === 0) return [];
  const met = step.needs.map((need) => {
    const ends = listAwaitedSteps(need, byId).map(({ clock }) => clock?.endedAt ?? -Infinity);
    return need.mode === 'any' ? Math.min(...ends) : Math.max(...ends);
  });
  const ready = Math.max(...met);
  return Number.isFinite(ready) ? [{ from: ready, to: step.clock.startedAt }] : [];
};

const subtract = (spans: readonly { from: number; to: number }[], counted: readonly { from: number; to: number }[]) =>
  counted.reduce<{ from: number; to: number }[]>(
    (left, { from, to }) =>
      left
        .flatMap((span) => [
          { from: span.from, to: Math.min(span.to, from) },
          { from: Math.max(span.from, to), to: span.to },
        ])
        .filter((span) => span.to > span.from),
    [...spans],
  );
