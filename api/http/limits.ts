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
  /** Exports, by caller. */
  exports: Limit;
  publicAddress: Limit;
  /** Wrong query codes, by case number. */
  wrongCodes: Limit;
}

/**
 * Counted in memory, so per API process: with n processes behind a load balancer a caller gets up
 * to n times as much. No limit is so tight that this matters, and no request costs a write to
 * Postgres.
 */
export const createLimits = ({ rates }: AppConfig): Limits => ({
  caller: createLimit(rates.perTokenPerMinute, 60),
  address: createLimit(rates.perAddressPerMinute, 60),
  searches: createLimit(rates.searchesPerMinute, 60),
  exports: createLimit(rates.exportsPerMinute, 60),
  publicAddress: createLimit(rates.publicPerAddressPerMinute, 60),
  wrongCodes: createLimit(rates.wrongCodesPerHour, 3600),
});

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
