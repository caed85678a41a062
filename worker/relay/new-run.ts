import { WorkflowExecutionAlreadyStartedError, type WorkflowClient } from '@temporalio/client';
import type { CaseInput } from '../../workflows/messages.ts';
import { caseWorkflowId, MATTERS_QUEUE } from '../../workflows/names.ts';

/**
 * The case is locked during some of these calls, which is shorter than the statement timeout of
 * others that wait for the lock.
 */
export const CALL_TIMEOUT_MS = 5_000;

/**
 * Starts a new run of a case that had one, and returns its id. Undefined: another run of the case
 * exists.
 */
export const startNewRun = async (
  client: WorkflowClient,
  input: CaseInput,
  caseNo: string,
): Promise<string | undefined> => {
  try {
    const { firstExecutionRunId } = await client.withDeadline(Date.now() + CALL_TIMEOUT_MS, () =>
      client.start(input.plan.matter, {
        workflowId: caseWorkflowId(input.caseId),
        taskQueue: MATTERS_QUEUE,
        args: [input],
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        staticSummary: caseNo,
      }),
    );
    return firstExecutionRunId;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return undefined;
    throw error;
  }
};
