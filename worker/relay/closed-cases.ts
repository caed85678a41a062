import { ApplicationFailure } from '@temporalio/common';
import {
  isGrpcServiceError,
  ServiceError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  type WorkflowClient,
} from '@temporalio/client';
import type { CaseChanges } from '../../domain/projection/projection.ts';
import { unwrittenQuery } from '../../workflows/messages.ts';
import { caseWorkflowId, TOO_EARLY } from '../../workflows/names.ts';

/** What can still be learned of a case whose workflow may not answer any more. */

/** Longer answers are left to the next attempt. */
const CALL_TIMEOUT_MS = 20_000;
/** A gRPC status: the run was closed before its first task. */
const FAILED_PRECONDITION = 9;

/** The case does not exist in Temporal any more, or it closed before it could answer. */
export const isOver = (error: unknown): boolean =>
  error instanceof WorkflowNotFoundError || (error instanceof WorkflowUpdateFailedError && !isTooEarly(error));

/** All messages of the update are about rounds that the case has not begun. */
export const isTooEarly = (error: unknown): boolean =>
  error instanceof WorkflowUpdateFailedError &&
  error.cause instanceof ApplicationFailure &&
  error.cause.type === TOO_EARLY;

/** Whether Temporal has the workflow of a case and it has not ended. */
export const isRunning = async (client: WorkflowClient, caseId: string): Promise<boolean> => {
  const described = await ignoreMissing(
    client.withDeadline(Date.now() + CALL_TIMEOUT_MS, () => client.getHandle(caseWorkflowId(caseId)).describe()),
  );
  return described?.status.name === 'RUNNING';
};

/**
 * The entries that a case has not handed over; nothing if Temporal has deleted the run, or the run
 * was closed before it did anything.
 */
export const readUnwritten = async (client: WorkflowClient, caseId: string): Promise<CaseChanges | undefined> =>
  ignoreMissing(
    client.withDeadline(Date.now() + CALL_TIMEOUT_MS, () =>
      client.getHandle(caseWorkflowId(caseId)).query(unwrittenQuery),
    ),
  );

const ignoreMissing = async <Answer>(answer: Promise<Answer>): Promise<Answer | undefined> => {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    if (statusOf(error) === FAILED_PRECONDITION) return undefined;
    throw error;
  }
};

/** The gRPC status of an error of the client. */
const statusOf = (error: unknown): number | undefined =>
  error instanceof ServiceError && isGrpcServiceError(error.cause) ? error.cause.code : undefined;
