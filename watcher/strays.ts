import type { Pool } from 'pg';
import type { LostCase } from '../db/supervision/resumptions.ts';
import { listSubjects, type StallVerdict } from '../db/supervision/stalls.ts';
import { listWatchedCases, type WatchedCase } from '../db/supervision/watch.ts';
import { compareWithLedger } from '../domain/supervision/lost-runs.ts';
import { caseWorkflowId } from '../workflows/names.ts';
import type { PageToken, Temporal } from './temporal.ts';

const EVERY_MS = 3_000;
/** More workflows without a case become stalls when some of these are dealt with. */
const MOST_STALLS = 100;

export interface Strays {
  stalls: StallVerdict[];
  /** Cases that have ended, and whose runs are behind or ahead of the ledger. */
  lost: LostCase[];
  /** Cases that have ended, and whose runs have entries that the ledger lacks. */
  unwritten: string[];
}

export const NO_STRAYS: Strays = { stalls: [], lost: [], unwritten: [] };

/**
 * Goes through the workflows that Temporal has, a page at a time, and finds those to which no case
 * belongs, and those that are running although their case has ended and that know something else:
 * Postgres or Temporal is an older copy.
 */
export const createStrayWatch = ({ db, temporal }: { db: Pool; temporal: Temporal }) => {
  let lookAt = 0;
  let after: PageToken | undefined;
  let strays = new Set<string>();

  /** How the runs of cases that have ended stand to their ledgers. */
  const compareEnded = async (ended: readonly WatchedCase[]): Promise<LostCase[]> => {
    const lost: LostCase[] = [];
    for (const { caseId, ledgerSeq: before } of ended) {
      const progress = await temporal.findProgress(caseId);
      // The workers do not answer in time: the next pass asks again.
      if (!progress) break;
      const [found] = await listWatchedCases(db, [caseId]);
      // Otherwise it was reopened meanwhile.
      if (found?.endedAt === undefined) continue;
      const why = compareWithLedger(progress, { before, after: found.ledgerSeq });
      if (why) lost.push({ caseId, why });
    }
    return lost;
  };

  return async (now: number): Promise<Strays> => {
    if (now < lookAt) return NO_STRAYS;
    lookAt = now + EVERY_MS;
    const page = await temporal.list(after).catch(() => undefined);
    if (!page) {
      after = undefined;
      strays = new Set();
      return NO_STRAYS;
    }
    const caseIds = [...new Set(page.caseIds)];
    const cases = new Map((await listWatchedCases(db, caseIds)).map((found) => [found.caseId, found]));
    for (const caseId of caseIds) if (!cases.has(caseId)) strays.add(caseWorkflowId(caseId));
    const running = page.running.flatMap((caseId) => cases.get(caseId) ?? []);
    const compared = await compareEnded(running.filter(({ endedAt }) => endedAt !== undefined));
    const unwritten = compared.filter(({ why }) => why === 'unwritten').map(({ caseId }) => caseId);
    const lost = compared.filter(({ why }) => why !== 'unwritten');
    after = page.next;
    const stalls = [...strays].slice(0, MOST_STALLS).map((subject): StallVerdict => ({
      subject,
      stall: { cause: 'system', detail: 'CASE_MISSING', turn: 'system', since: now, stallsAt: now },
    }));
    if (after) return { stalls, lost, unwritten };
    const cleared = (await listSubjects(db, 'CASE_MISSING')).filter((subject) => !strays.has(subject));
    strays = new Set();
    return { stalls: [...stalls, ...cleared.map((subject) => ({ subject, stall: undefined }))], lost, unwritten };
  };
};
