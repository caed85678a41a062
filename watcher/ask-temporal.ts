import type { Pool } from 'pg';
import { listWatchedCases, type WatchedCase } from '../db/supervision/watch.ts';
import { compareWithLedger, type RunProgress } from '../domain/supervision/lost-runs.ts';
import type { Temporal, WorkflowFaults } from './temporal.ts';

/** The number of cases that are looked up in Temporal in one round, and at once. */
export const LOOKS = 60;
const LOOKS_AT_A_TIME = 10;
/**
 * The lease of a relay that died (worker/relay/dispatch-messages.ts): it may not have written the
 * end of a case.
 */
const WRITTEN_MS = 30_000;

const FAULT_OF = { behind: 'WORKFLOW_BEHIND', ahead: 'LEDGER_SHORT' } as const;

/** A case to look up. `compare`: ask its run how far it has come. */
export interface Question {
  found: WatchedCase;
  compare: boolean;
}

/**
 * What Temporal knows about these cases; without those that have moved on or ended here meanwhile,
 * and those for which Temporal did not answer. `unanswered`: those, and those whose runs did not
 * answer. `unwritten`: nothing is on its way to them, and their runs have entries that the ledger
 * lacks.
 */
export const askTemporal = async (
  { db, temporal }: { db: Pool; temporal: Temporal },
  questions: readonly Question[],
  now: number,
): Promise<{ there: Map<string, WorkflowFaults>; unanswered: Set<string>; unwritten: string[] }> => {
  const there = new Map<string, WorkflowFaults>();
  const progress = new Map<string, RunProgress>();
  const unanswered = new Set(questions.map(({ found }) => found.caseId));

  /** The workers answer in time. Otherwise no more is asked of them in this round. */
  let areAnswering = true;

  const ask = async ({ found: { caseId, runId }, compare }: Question): Promise<void> => {
    const faults = await temporal.look(caseId, runId);
    const { fault } = faults;
    there.set(caseId, faults);
    const isAsked = compare && areAnswering && (fault === undefined || fault === 'WORKFLOW_MISSING');
    const came = isAsked ? await temporal.findProgress(caseId) : undefined;
    if (came) progress.set(caseId, came);
    if (came || !compare || fault !== undefined) unanswered.delete(caseId);
    else areAnswering = false;
  };
  for (let from = 0; from < questions.length; from += LOOKS_AT_A_TIME) {
    const looks = await Promise.allSettled(questions.slice(from, from + LOOKS_AT_A_TIME).map(ask));
    // Temporal does not answer now: the rest is asked in the next round.
    if (looks.some(({ status }) => status === 'rejected')) break;
  }

  const unwritten: string[] = [];
  const before = new Map(questions.map(({ found }) => [found.caseId, found]));
  const relationOf = (caseId: string, ledgerSeq: number) => {
    const came = progress.get(caseId);
    return came && compareWithLedger(came, { before: ledgerSeq, after: ledgerSeq });
  };
  const suspects = questions.flatMap(({ found: { caseId, ledgerSeq } }) =>
    isLost(there.get(caseId)) || relationOf(caseId, ledgerSeq) ? [caseId] : [],
  );
  for (const found of suspects.length === 0 ? [] : await listWatchedCases(db, suspects)) {
    const { caseId, endedAt, ledgerSeq, started, runId } = found;
    const known = before.get(caseId);
    const moved = endedAt !== undefined || !started || ledgerSeq !== known?.ledgerSeq || runId !== known.runId;
    const isWriting = there.get(caseId)?.hasCompleted === true && mayBeBeingWritten(found, now);
    const relation = relationOf(caseId, ledgerSeq);
    if (moved || isWriting) {
      there.delete(caseId);
    } else if (relation === 'unwritten') {
      if (found.messageSince !== undefined) continue;
      unwritten.push(caseId);
      // It has ended by its own rules, and only the last entries are missing here.
      if (there.get(caseId)?.hasCompleted) there.delete(caseId);
    } else if (relation === 'ahead' || (relation && !isLost(there.get(caseId)))) {
      there.set(caseId, { fault: FAULT_OF[relation], agencies: new Map() });
    }
  }
  return { there, unanswered, unwritten };
};

const isLost = (faults: WorkflowFaults | undefined): boolean =>
  faults?.fault === 'WORKFLOW_MISSING' || faults?.fault === 'WORKFLOW_RESET';

/**
 * A case can close in Temporal before the relay that brought its start or its last message has
 * written its end.
 */
const mayBeBeingWritten = ({ messageSince, submittedAt, ledgerSeq }: WatchedCase, now: number): boolean => {
  const broughtAt = messageSince ?? (ledgerSeq === 1 ? submittedAt : undefined);
  return broughtAt !== undefined && now - broughtAt < WRITTEN_MS;
};
