import type { EventEmitter } from 'node:events';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { AppConfig } from '../config.ts';
import { problem } from './problems.ts';

export interface Limit {
  /** Counts one; throws `RATE_LIMITED` when the key has used up its share. */
  consume: (key: string) => Promise<void>;
  giveBack: (key: string) => Promise<void>;
}

export interface Limits {
  caller: Limit;
  address: Limit;
  /** Searches for persons, by caller. */
  searches: Limit;
  /** Started cases, by caller. */
  starts: Limit;
  /** Exports, by caller. */
  exports: Limit;
  publicAddress: Limit;
  /** Wrong query codes, by case number. */
  wrongCodes: Limit;
  /** Streams and waiting requests, by caller. */
  open: OpenLimit;
}

export interface OpenLimit {
  /**
   * Counts an answer until its connection closes; throws `TOO_MANY_OPEN` when the key has as many
   * open as it may have.
   */
  hold: (key: string, answer: EventEmitter) => void;
}

/**
 * Counted in memory, so per API process: with n processes behind a load balancer a caller gets up
 * to n times as much. No limit is so tight that this matters, and no request costs a write to
 * Postgres.
 */
export const createLimits = ({ rates, openPerCaller }: AppConfig): Limits => ({
  caller: createLimit(rates.perTokenPerMinute, 60),
  address: createLimit(rates.perAddressPerMinute, 60),
  searches: createLimit(rates.searchesPerMinute, 60),
  starts: createLimit(rates.startsPerHour, 3600),
  exports: createLimit(rates.exportsPerMinute, 60),
  publicAddress: createLimit(rates.publicPerAddressPerMinute, 60),
  wrongCodes: createLimit(rates.wrongCodesPerHour, 3600),
  open: createOpenLimit(openPerCaller),
});

const createOpenLimit = (most: number): OpenLimit => {
  const open = new Map<string, number>();
  const add = (key: string, change: 1 | -1): void => {
    const now = (open.get(key) ?? 0) + change;
    if (now > 0) open.set(key, now);
    else open.delete(key);
  };
  return {
    hold: (key, answer) => {
      if ((open.get(key) ?? 0) >= most) throw problem('TOO_MANY_OPEN', { retryAfterS: RETRY_OPEN_S });
      add(key, 1);
      answer.once('close', () => add(key, -1));
    },
  };
};

/** About the length of a waiting request. */
const RETRY_OPEN_S = 30;

const createLimit = (points: number, durationS: number): Limit => {
  const limiter = new RateLimiterMemory({ points, duration: durationS });
  return {
    consume: async (key) => {
      try {
        await limiter.consume(key);
      } catch (refused) {
        if (!(refused instanceof RateLimiterRes)) throw refused;
        throw problem('RATE_LIMITED', { retryAfterS: refused.msBeforeNext / 1000 });
      }
    },
    giveBack: async (key) => {
      await limiter.reward(key);
    },
  };
};
