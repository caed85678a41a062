import type { EventEmitter } from 'node:events';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { AppConfig } from '../config.ts';
import { problem } from './problems.ts';

interface Limit {
  /** Counts one; throws `RATE_LIMITED` when the key has used up its share. */
  consume: (key: string) => Promise<void>;
}

/**
 * A limit for look-ups that count only if they find something. The check comes before the look-up,
 * so a refusal does not tell what it would have found. Look-ups at the same time may exceed the
 * share by the number of database connections.
 */
export interface LookUpLimit extends Limit {
  /** Counts nothing; throws `RATE_LIMITED` when the key has used up its share. */
  refuseWhenSpent: (key: string) => Promise<void>;
  /** Counts one, and never throws. */
  count: (key: string) => Promise<void>;
}

export interface Limits {
  caller: Limit;
  address: Limit;
  /** Searches for persons, by caller. */
  searches: LookUpLimit;
  /** Started cases, by caller. */
  starts: Limit;
  /** Exports, by caller. */
  exports: Limit;
  publicAddress: Limit;
  /** Wrong query codes, by case number and network. */
  wrongCodes: WrongCodeLimit;
  /** Streams and waiting requests, by caller. */
  open: OpenLimit;
}

/**
 * A network that has used up its tries for a case is refused, also with the right code. Other
 * networks go on, so wrong codes of a stranger do not lock the applicant out. After many wrong
 * codes for one case, each network has fewer tries for it.
 */
export interface WrongCodeLimit {
  /**
   * Counts a try before it is judged, so that tries at the same time all count. Throws
   * `RATE_LIMITED` when the network has used up its tries for the case.
   */
  consume: (caseNo: string, network: string) => Promise<void>;
  /** Takes a try back whose code was right. */
  giveBack: (caseNo: string, network: string) => Promise<void>;
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
  wrongCodes: createWrongCodeLimit(rates),
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

const createLimit = (points: number, durationS: number): LookUpLimit => {
  const limiter = new RateLimiterMemory({ points, duration: durationS });
  return {
    refuseWhenSpent: async (key) => {
      const used = await limiter.get(key);
      if (used && used.consumedPoints >= points) {
        throw problem('RATE_LIMITED', { retryAfterS: used.msBeforeNext / 1000 });
      }
    },
    count: async (key) => {
      await limiter.penalty(key);
    },
    consume: async (key) => {
      try {
        await limiter.consume(key);
      } catch (refused) {
        if (!(refused instanceof RateLimiterRes)) throw refused;
        throw problem('RATE_LIMITED', { retryAfterS: refused.msBeforeNext / 1000 });
      }
    },
  };
};

/** Tries of one network in an hour for a case that had too many wrong codes on the day. */
const FEW_TRIES = 2;

/**
 * With the default numbers, one network has 10 tries in an hour for a case. Above 100 wrong codes a
 * day for the case, it has 2 in an hour, so 48 a day. A caller with a /48 has 65,536 networks, so 3.1
 * million tries a day. A query code has 10 digits: such a caller needs 4 years for an even chance of
 * one case. A caller who tries many cases has 30 tries in a minute for each line, 43,200 a day: one
 * hit in 600 years.
 */
const createWrongCodeLimit = ({
  wrongCodesPerHour,
  wrongCodesPerCasePerDay,
}: Pick<AppConfig['rates'], 'wrongCodesPerHour' | 'wrongCodesPerCasePerDay'>): WrongCodeLimit => {
  const byNetwork = createCounter(3600);
  const byCase = createCounter(86_400);
  return {
    consume: async (caseNo, network) => {
      const ofCase = await byCase.read(caseNo);
      const most = ofCase < wrongCodesPerCasePerDay ? wrongCodesPerHour : Math.min(FEW_TRIES, wrongCodesPerHour);
      const { count, retryAfterS } = await byNetwork.add(keyOf(caseNo, network));
      if (count > most) throw problem('RATE_LIMITED', { retryAfterS });
      await byCase.add(caseNo);
    },
    giveBack: async (caseNo, network) => {
      await byNetwork.takeBack(keyOf(caseNo, network));
      await byCase.takeBack(caseNo);
    },
  };
};

const keyOf = (caseNo: string, network: string): string => `${caseNo} ${network}`;

const createCounter = (durationS: number) => {
  const limiter = new RateLimiterMemory({ points: Number.MAX_SAFE_INTEGER, duration: durationS });
  return {
    read: async (key: string): Promise<number> => (await limiter.get(key))?.consumedPoints ?? 0,
    add: async (key: string): Promise<{ count: number; retryAfterS: number }> => {
      const { consumedPoints, msBeforeNext } = await limiter.consume(key);
      return { count: consumedPoints, retryAfterS: msBeforeNext / 1000 };
    },
    takeBack: async (key: string): Promise<void> => {
      await limiter.reward(key);
    },
  };
};
