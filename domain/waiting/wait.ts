import type { NextAction, Turn, WaitDetail, WaitingCause } from './causes.ts';

/**
 * What an open step or case waits for. A wait that lasts beyond its threshold is a stall (停滞).
 */
export interface Wait {
  cause: WaitingCause;
  detail: WaitDetail;
  turn: Turn;
  /** Milliseconds since 1970. */
  since: number;
  next?: { kind: NextAction; at?: number };
  /** When it is a stall; absent: never, for what it waits for has a wait of its own. */
  stallsAt?: number;
  /** It is the whole case that waits: one stall, however many steps it holds up. */
  ofCase?: true;
}

/**
 * We carry things on within a second or two; so long means that something is wrong, and is said as
 * it is.
 */
export const PATIENCE_MS = 30_000;

/**
 * After so long it is worth asking what is wrong; with a fault known, or an attempt failed, it is a
 * stall.
 */
export const SUSPECT_MS = 10_000;

export const isStalled = ({ stallsAt }: Wait, now: number): boolean => stallsAt !== undefined && now >= stallsAt;

/**
 * When it is worth looking at a wait: at its stall, or earlier where what is wrong can be found
 * out.
 */
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
