/**
 * The clock of a step as the engine keeps it: only instants. domain/deadlines computes them in
 * working days.
 */

/**
 * Why another party than the agency holds the step. All but `outage` stop the legal clock; an
 * outage only moves the responsibility.
 */
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
  /** The step was sent again by a person: its limit starts again at this instant. */
  restartedAt?: number;
  /** From an end to the command to do the step again: no party held it. */
  rests?: { from: number; to: number }[];
  /** The agencies that had it before, each until it was given to the next. */
  before?: { agency: string; until: number }[];
  holds: Hold[];
  /** The number of working days by which the limit was extended. */
  extensionDays?: number;
  endedAt?: number;
}

/**
 * Since when no time counts against an agency, for the clocks of a case or of a part of it: every
 * clock that has not ended is paused, or all have ended and the next steps wait for other parties.
 * Undefined: a clock runs, or none has begun.
 */
export const findCommonPause = (clocks: readonly StepClock[]): number | undefined => {
  const running = clocks.filter(({ endedAt }) => endedAt === undefined);
  const since = (running.length > 0 ? running.map(findPause) : clocks.map(({ endedAt }) => endedAt)).filter(
    (at) => at !== undefined,
  );
  return since.length === 0 || since.length < running.length ? undefined : Math.max(...since);
};

/** Since when the legal clock is paused; undefined: it runs, or has ended. */
export const findPause = ({ holds }: StepClock): number | undefined => {
  const open = holds.filter(({ to, why }) => to === undefined && why !== 'outage').map(({ from }) => from);
  return open.length === 0 ? undefined : Math.min(...open);
};

/** Since when another party holds the step for this reason; undefined: none does. */
export const openHold = ({ holds }: StepClock, reason: HoldReason): number | undefined =>
  holds.find(({ to, why }) => to === undefined && why === reason)?.from;

/**
 * The clock at `at`, held for exactly these reasons: other holds end there, missing ones begin.
 */
export const holdFor = (clock: StepClock, at: number, reasons: ReadonlySet<HoldReason>): StepClock => {
  const running = new Set(clock.holds.filter(({ to }) => to === undefined).map(({ why }) => why));
  if (running.size === reasons.size && [...reasons].every((why) => running.has(why))) return clock;
  const ended = clock.holds.map((hold) =>
    hold.to === undefined && !reasons.has(hold.why) ? { ...hold, to: at } : hold,
  );
  // A hold that began and ended at one instant took no time.
  const kept = ended.filter(({ from, to }) => from !== to);
  const begun = [...reasons].filter((why) => !running.has(why)).map((why): Hold => ({ from: at, why }));
  return { ...clock, holds: [...kept, ...begun] };
};
