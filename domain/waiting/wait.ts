import type { NextAction, Turn, WaitDetail, WaitingCause } from './causes.ts';

/** Why an open step or case waits. A wait that lasts beyond its threshold is a stall (停滞). */
export interface Wait {
  cause: WaitingCause;
  detail: WaitDetail;
  turn: Turn;
  /** Milliseconds since 1970. */
  since: number;
  next?: { kind: NextAction; at?: number };
  /**
   * When it becomes a stall; absent: never, because the thing that it waits for has a wait of its
   * own.
   */
  stallsAt?: number;
  /** The whole case waits: one stall, for any number of steps. */
  ofCase?: true;
}

/**
 * The system normally acts within a second or two. After this time something is wrong, and it is
 * reported as a stall.
 */
export const PATIENCE_MS = 30_000;

/**
 * After this time the watcher looks for the fault; with a known fault or a failed attempt it is a
 * stall.
 */
export const SUSPECT_MS = 10_000;

export const isStalled = ({ stallsAt }: Wait, now: number): boolean => stallsAt !== undefined && now >= stallsAt;

/** When the watcher checks a wait: at its stall, or earlier if the fault can be found. */
export const lookAt = ({ cause, since, stallsAt }: Wait): number | undefined =>
  cause === 'system' && stallsAt !== undefined ? Math.min(stallsAt, since + SUSPECT_MS) : stallsAt;

/** Whether it lasts long enough to ask Temporal about it. */
export const isSuspect = (wait: Wait, now: number): boolean =>
  wait.cause === 'system' && wait.turn === 'system' && now >= wait.since + SUSPECT_MS;

/** A wait for our own machinery. */
export const waitForSystem = (detail: WaitDetail, since: number): Wait => ({
  cause: 'system',
  detail,
  turn: 'system',
  since,
  stallsAt: since + PATIENCE_MS,
});
