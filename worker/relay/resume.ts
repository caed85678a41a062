import type { WorkflowClient } from '@temporalio/client';
import type { Pool } from 'pg';
import { isLedgerShort, isStaleRun } from '../../activities/projection.ts';
import { readMaxInFlight } from '../../db/agencies/agencies.ts';
import { readCaseState } from '../../db/cases/case-state.ts';
import { getCase, lockCase } from '../../db/cases/cases.ts';
import { findRun, setRun } from '../../db/cases/runs.ts';
import type { ResumptionOutcome } from '../../db/supervision/resumptions.ts';
import { inTransaction } from '../../db/sql/pool.ts';
import { forgetRefusals } from '../../domain/case/forget-refusals.ts';
import type { Actor } from '../../domain/case/messages.ts';
import { isCaseEnd } from '../../domain/case/status.ts';
import type { CaseChanges } from '../../domain/projection/projection.ts';
import { compareWithLedger, progressOf } from '../../domain/supervision/lost-runs.ts';
import type { CaseInput, Standing } from '../../workflows/messages.ts';
import { caseWorkflowId } from '../../workflows/names.ts';
import { describeRun, readLastStanding, type LastRun } from './closed-cases.ts';
import { CALL_TIMEOUT_MS, startNewRun } from './new-run.ts';

export interface ResumeOptions {
  db: Pool;
  client: WorkflowClient;
  /** Writes the entries that a case returns. */
  record: (changes: CaseChanges) => Promise<unknown>;
}

/**
 * Continues an open case in a new run from the fold of its ledger, if its last run is closed, is
 * not the one that may write, is behind the ledger, or has entries that the ledger lacks. What the
 * last run knows beyond the ledger is written first. The new run repeats what may not be done yet
 * with the keys of the first time, so agencies recognise it. Safe to repeat, and at the same time:
 * the row of the case is locked while the runs are exchanged, and an exchange that was interrupted
 * is made again. `short`: the ledger lacks entries, and only a person may decide to go on without
 * them. The run of a case that has ended is terminated if the ledger says otherwise than the
 * run.
 */
export const resumeCase = async (
  { db, client, record }: ResumeOptions,
  caseId: string,
  by: Actor,
): Promise<ResumptionOutcome | 'short'> => {
  const { ledgerSeq } = await getCase(db, caseId);
  const standing = await catchUp({ client, record }, caseId);
  return inTransaction(db, async (locked): Promise<ResumptionOutcome | 'short'> => {
    const found = await lockCase(locked, caseId);
    const { state, hash: ledgerHash, at, callOffs } = await readCaseState(locked, found);
    const last = await describeRun(client, caseId, CALL_TIMEOUT_MS);
    const relation = relationOf(standing, { before: ledgerSeq, after: state.seq });
    if (relation === 'ahead' && by.role === 'system') return 'short';
    if (isCaseEnd(state.status)) {
      const isWrong = relation === 'behind' || relation === 'ahead';
      if (last?.isRunning && isWrong) await terminate(client, caseId, last.runId);
      return 'ended';
    }
    if (last?.isRunning) {
      const isGood =
        (relation === undefined || relation === 'unwritten') && mayWrite(last, standing, await findRun(locked, caseId));
      if (isGood) return 'running';
      await terminate(client, caseId, last.runId);
    }
    const { plan, caseNo } = found;
    const { receivedAt } = state;
    const maxInFlight = await readMaxInFlight(locked);
    const resumed = { state: forgetRefusals(state, []), at, callOffs, by };
    const input: CaseInput = { caseId, plan, receivedAt, ledgerHash, maxInFlight, resumed };
    const runId = await startNewRun(client, input, caseNo);
    if (runId === undefined) throw new Error(`another run of case ${caseId} was started meanwhile`);
    await setRun(locked, caseId, runId);
    return 'resumed';
  });
};

/**
 * `behind`: the ledger went on without the run. `short`: it lacks entries that the run can no longer
 * tell. Undefined: the run does not answer.
 */
type LastStanding = Standing | 'behind' | 'short' | undefined;

/** Writes what the last run of a case knows beyond the ledger. */
export const catchUp = async (
  { client, record }: Pick<ResumeOptions, 'client' | 'record'>,
  caseId: string,
): Promise<LastStanding> => {
  const standing = await readLastStanding(client, caseId);
  if (!standing?.changes) return standing;
  try {
    await record(standing.changes);
    return standing;
  } catch (error) {
    if (isStaleRun(error)) return 'behind';
    if (isLedgerShort(error)) return 'short';
    throw error;
  }
};

const relationOf = (standing: LastStanding, ledger: { before: number; after: number }) => {
  if (standing === 'behind') return 'behind';
  return standing === 'short' ? 'ahead' : standing && compareWithLedger(progressOf(standing), ledger);
};

const mayWrite = ({ runId }: LastRun, standing: LastStanding, writer: string | undefined): boolean =>
  typeof standing === 'object' &&
  standing.runs.at(-1) === runId &&
  (writer === undefined || standing.runs.includes(writer));

const terminate = (client: WorkflowClient, caseId: string, runId: string): Promise<unknown> =>
  client.withDeadline(Date.now() + CALL_TIMEOUT_MS, () =>
    client.getHandle(caseWorkflowId(caseId), runId).terminate('the case continues in a new run from its ledger'),
  );
