import { ApplicationFailure } from '@temporalio/common';
import {
  isGrpcServiceError,
  QueryNotRegisteredError,
  ServiceError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  type WorkflowClient,
} from '@temporalio/client';
import type { CaseChanges } from '../../domain/projection/projection.ts';
import { unwrittenQuery, type Standing } from '../../workflows/messages.ts';
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

export interface LastRun {
  runId: string;
  isRunning: boolean;
}

/** The last run of a case; undefined: Temporal has none. */
export const describeRun = async (
  client: WorkflowClient,
  caseId: string,
  withinMs = CALL_TIMEOUT_MS,
): Promise<LastRun | undefined> => {
  const described = await ignoreMissing(
    client.withDeadline(Date.now() + withinMs, () => client.getHandle(caseWorkflowId(caseId)).describe()),
  );
  return described && { runId: described.runId, isRunning: described.status.name === 'RUNNING' };
};

/** Whether Temporal has the workflow of a case and it has not ended. */
export const isRunning = async (client: WorkflowClient, caseId: string): Promise<boolean> =>
  (await describeRun(client, caseId))?.isRunning === true;

/**
 * How far the last run of a case has come; undefined if Temporal has deleted the run, or the run was
 * closed before it did anything.
 */
export const readStanding = async (
  client: WorkflowClient,
  caseId: string,
  withinMs = CALL_TIMEOUT_MS,
): Promise<Standing | undefined> =>
  ignoreMissing(
    client.withDeadline(Date.now() + withinMs, () => client.getHandle(caseWorkflowId(caseId)).query(unwrittenQuery)),
  );

/**
 * As `readStanding`; undefined also if the run cannot answer, because its code or its data do not
 * fit its history. The client reports every failed query as one that is not registered.
 */
export const readLastStanding = async (client: WorkflowClient, caseId: string): Promise<Standing | undefined> => {
  try {
    return await readStanding(client, caseId);
  } catch (error) {
    if (error instanceof QueryNotRegisteredError) return undefined;
    throw error;
  }
};

/** The entries that the last run of a case has not handed over, if it can still tell. */
export const readUnwritten = async (client: WorkflowClient, caseId: string): Promise<CaseChanges | undefined> =>
  (await readStanding(client, caseId))?.changes;

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
