import type { WorkflowClient } from '@temporalio/client';
import type { Pool } from 'pg';
import { readMaxInFlight } from '../../db/agencies/agencies.ts';
import { readCaseState } from '../../db/cases/case-state.ts';
import { lockCase } from '../../db/cases/cases.ts';
import { setRun } from '../../db/cases/runs.ts';
import type { ClaimedMessage } from '../../db/messages/inbox.ts';
import { inTransaction } from '../../db/sql/pool.ts';
import { next } from '../../domain/case/engine.ts';
import type { Outcome } from '../../domain/case/messages.ts';
import { isCaseEnd } from '../../domain/case/status.ts';
import type { CaseInput } from '../../workflows/messages.ts';
import { readStanding } from './closed-cases.ts';
import { CALL_TIMEOUT_MS, startNewRun } from './new-run.ts';

/**
 * Handles a message to a case that has ended. The engine says whether the message reopens the case
 * (a redo, a correction, a returned parcel) or is refused. A reopened case continues in a new run
 * of its workflow, which starts with this message. Returns undefined if the result is not known yet
 * and the message has to be dispatched again. Safe to repeat: a second run at the same time is
 * refused, and later the case has not ended any more.
 */
export const reopen = (
  db: Pool,
  client: WorkflowClient,
  { caseId, message }: ClaimedMessage,
): Promise<Outcome | undefined> =>
  inTransaction(db, async (locked) => {
    // Of two messages at once, the second sees what the first has changed.
    const found = await lockCase(locked, caseId);
    const { state, hash: ledgerHash } = await readCaseState(locked, found);
    if (!isCaseEnd(state.status)) return undefined;
    const { entries, outcome } = next(state, { kind: 'message', at: Date.now(), message });
    if (!entries.some(({ kind }) => kind === 'case-reopened')) {
      return outcome.kind === 'applied' ? { kind: 'refused', code: 'CASE_ENDED' } : outcome;
    }
    // Entries that another relay has not written yet would break the chain. Temporal may have deleted the run.
    const last = await readStanding(client, caseId, CALL_TIMEOUT_MS);
    if (last && last.seq !== state.seq) return undefined;
    const { receivedAt } = state;
    const maxInFlight = await readMaxInFlight(locked);
    const { plan } = found;
    const input: CaseInput = { caseId, plan, receivedAt, ledgerHash, maxInFlight, reopened: { state, message } };
    const runId = await startNewRun(client, input, found.caseNo);
    // Another run may have accepted the message itself.
    if (runId === undefined) return undefined;
    await setRun(locked, caseId, runId);
    return outcome;
  });
