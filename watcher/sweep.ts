import type { Pool } from 'pg';
import { openCasesAfter } from '../db/supervision/watch.ts';
import type { Temporal } from './temporal.ts';

const EVERY_MS = 3_000;
/** The number of open cases that are looked at together. */
const SWEPT = 30;
/** Temporal's lists lag behind events. */
const LIST_LAG_MS = 60_000;
/** After so many looks at cases that do not answer, the sweep goes on without them. */
const MOST_LOOKS = 5;

export interface Swept {
  /** The next open cases. */
  cases: readonly string[];
  /** These were terminated in Temporal by hand, or failed there. */
  broken: readonly string[];
  /** Ask how far each of the next cases has come. */
  comparing: boolean;
}

export interface Sweep {
  take: (now: number, steadySince: number) => Promise<Swept>;
  /** What was taken has been looked at. It comes again if some of it did not answer. */
  finish: (now: number, hasUnanswered: boolean) => void;
  /** Since then all open cases were looked at. */
  sweptSince: () => number;
}

/**
 * Finds cases that nothing else leads to: terminated in Temporal by hand, missing there, or not
 * where their ledger is. It asks the list of terminated cases for new ones, and goes through all
 * open cases, some at a time. The runs are compared with their ledgers once after each time that
 * Postgres or Temporal did not answer: only then can one of them be an older copy.
 */
export const createSweep = ({ db, temporal }: { db: Pool; temporal: Temporal }): Sweep => {
  let after: { submittedAt: number; caseId: string } | undefined;
  let taken: { submittedAt: number; caseId: string }[] | undefined;
  let looks = 0;
  let nextAt = 0;
  let listedAt: number | undefined;
  /** When the sweep through all open cases began, and when the last whole one did. */
  let beganAt: number | undefined;
  let sweptSince = 0;
  let steady: number | undefined;
  let comparing = true;

  return {
    take: async (now, steadySince) => {
      if (steadySince !== steady) {
        steady = steadySince;
        comparing = true;
        after = undefined;
        beganAt = undefined;
        looks = 0;
      }
      if (now < nextAt) return { cases: [], broken: [], comparing };
      nextAt = now + EVERY_MS;
      const broken = await temporal.brokenOff((listedAt ?? now) - LIST_LAG_MS).catch(() => undefined);
      if (broken) listedAt = now;
      taken = await openCasesAfter(db, after, SWEPT);
      beganAt ??= now;
      return { cases: taken.map(({ caseId }) => caseId), broken: broken ?? [], comparing };
    },
    finish: (now, hasUnanswered) => {
      if (!taken) return;
      looks += 1;
      const isOver = !hasUnanswered || looks >= MOST_LOOKS;
      if (isOver) {
        looks = 0;
        after = taken.length < SWEPT ? undefined : taken.at(-1);
        if (after === undefined) {
          sweptSince = beganAt ?? now;
          beganAt = undefined;
          comparing = false;
        }
      }
      taken = undefined;
    },
    sweptSince: () => sweptSince,
  };
};
