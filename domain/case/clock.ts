/**
 * The clock of a step as the engine keeps it: instants only. What they come to in working days is
 * computed outside (domain/deadlines).
 */

/** Why somebody else than the agency holds a step. All but `outage` stop the legal clock; an outage only moves the blame. */
export const HOLD_REASONS = [
  'gathering',
  'supplement',
  'special-procedure',
  'suspension',
  'gap',
  'payment',
  'delivery',
  'address',
  'outage',
] as const;
export type HoldReason = (typeof HOLD_REASONS)[number];

/** Milliseconds since 1970; without `to` it lasts. */
interface Hold {
  from: number;
  to?: number;
  why: HoldReason;
}

export interface StepClock {
  /** When the step was first sent. */
  startedAt: number;
  /** It was ordered again: the limit runs anew from here. */
  restartedAt?: number;
  /** From an end to the order to do it again: nobody held it. */
  rests?: { from: number; to: number }[];
  /** Agencies that had it before, each until it was given to the next. */
  before?: { agency: string; until: number }[];
  holds: Hold[];
  /** Working days by which the limit was extended. */
  extensionDays?: number;
  endedAt?: number;
}

/**
 * Since when nothing runs against an agency, of a case or of a part of it with these clocks: every one that has not ended is paused, or
 * all have ended and what may come next waits for others. Undefined: something runs, or nothing has begun.
 */
export const allPausedSince = (clocks: readonly StepClock[]): number | undefined => {
  const running = clocks.filter(({ endedAt }) => endedAt === undefined);
  const since = (running.length > 0 ? running.map(pausedSince) : clocks.map(({ endedAt }) => endedAt)).filter(
    (at) => at !== undefined,
  );
  return since.length === 0 || since.length < running.length ? undefined : Math.max(...since);
};

/** Since when the legal clock stands still; undefined: it runs, or is over. */
export const pausedSince = ({ holds }: StepClock): number | undefined => {
  const open = holds.filter(({ to, why }) => to === undefined && why !== 'outage').map(({ from }) => from);
  return open.length === 0 ? undefined : Math.min(...open);
};

/** Since when somebody else holds the step for that reason; undefined: nobody does. */
export const openHold = ({ holds }: StepClock, reason: HoldReason): number | undefined =>
  holds.find(({ to, why }) => to === undefined && why === reason)?.from;

/** The same clock at `at`, held for exactly the reasons in `wanted`: others end there, missing ones begin. */
export const holdFor = (clock: StepClock, at: number, wanted: ReadonlySet<HoldReason>): StepClock => {
  const running = new Set(clock.holds.filter(({ to }) => to === undefined).map(({ why }) => why));
  if (running.size === wanted.size && [...wanted].every((why) => running.has(why))) return clock;
  const ended = clock.holds.map((hold) =>
    hold.to === undefined && !wanted.has(hold.why) ? { ...hold, to: at } : hold,
  );
  // What began and ended at one instant held nobody.
  const kept = ended.filter(({ from, to }) => from !== to);
  const begun = [...wanted].filter((why) => !running.has(why)).map((why): Hold => ({ from: at, why }));
  return { ...clock, holds: [...kept, ...begun] };
};
