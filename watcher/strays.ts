import type { Pool } from 'pg';
import type { LostCase } from '../db/supervision/resumptions.ts';
import { listSubjects, type StallVerdict } from '../db/supervision/stalls.ts';
import { listWatchedCases } from '../db/supervision/watch.ts';
import { compareWithLedger } from '../domain/supervision/lost-runs.ts';
import { caseWorkflowId } from '../workflows/names.ts';
import type { PageToken, Temporal } from './temporal.ts';

const EVERY_MS = 3_000;
/** More workflows without a case become stalls when some of these are dealt with. */
const MOST_STALLS = 100;

export interface Strays {
  stalls: StallVerdict[];
  /** Their runs do not know that the cases have ended. */
  lost: LostCase[];
}

/**
 * Goes through the workflows that Temporal has, a page at a time, and finds those to which no case
 * belongs, and those that are running although their case has ended: Postgres or Temporal is an
 * older copy.
 */
export const createStrayWatch = ({ db, temporal }: { db: Pool; temporal: Temporal }) => {
  let lookAt = 0;
  let after: PageToken | undefined;
  let strays = new Set<string>();

  const isBehind = async (caseId: string, ledgerSeq: number): Promise<boolean> => {
    const progress = await temporal.findProgress(caseId);
    return progress !== undefined && compareWithLedger(progress, { before: ledgerSeq, after: ledgerSeq }) === 'behind';
  };

  return async (now: number): Promise<Strays> => {
    if (now < lookAt) return { stalls: [], lost: [] };
    lookAt = now + EVERY_MS;
    const page = await temporal.list(after).catch(() => undefined);
    if (!page) {
      after = undefined;
      strays = new Set();
      return { stalls: [], lost: [] };
    }
    const caseIds = [...new Set(page.caseIds)];
    const cases = new Map((await listWatchedCases(db, caseIds)).map((found) => [found.caseId, found]));
    for (const caseId of caseIds) if (!cases.has(caseId)) strays.add(caseWorkflowId(caseId));
    const lost: LostCase[] = [];
    for (const caseId of page.running) {
      const found = cases.get(caseId);
      if (found?.endedAt !== undefined && (await isBehind(caseId, found.ledgerSeq)))
        lost.push({ caseId, why: 'behind' });
    }
    after = page.next;
    const stalls = [...strays].slice(0, MOST_STALLS).map((subject): StallVerdict => ({
      subject,
      stall: { cause: 'system', detail: 'CASE_MISSING', turn: 'system', since: now, stallsAt: now },
    }));
    if (after) return { stalls, lost };
    const cleared = (await listSubjects(db, 'CASE_MISSING')).filter((subject) => !strays.has(subject));
    strays = new Set();
    return { stalls: [...stalls, ...cleared.map((subject) => ({ subject, stall: undefined }))], lost };
  };
};
