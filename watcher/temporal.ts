import { isGrpcServiceError, WorkflowClient, type Connection } from '@temporalio/client';
import proto from '@temporalio/proto';
import { progressOf, type ReportedRun, type RunProgress } from '../domain/supervision/lost-runs.ts';
import type { Fault } from '../domain/waiting/causes.ts';
import { agencyQueue, caseWorkflowId, MATTERS_QUEUE, PAYLOAD_UNREADABLE, UNWRITTEN_QUERY } from '../workflows/names.ts';

/**
 * What the watcher asks Temporal about one case or one queue. The answers are codes, because the
 * text of a failure may name a person.
 */
export interface Temporal {
  answers: () => Promise<boolean>;
  /** The id of the namespace. Throws when Temporal does not answer. */
  namespaceId: () => Promise<string>;
  /**
   * The fault of a case in Temporal, of which the run `runId` may write. Throws when Temporal does
   * not answer.
   */
  look: (caseId: string, runId: string | undefined) => Promise<WorkflowFaults>;
  /**
   * How far the last run of a case has come, also one that has ended. Undefined: it does not answer.
   * A worker has to replay it for the answer.
   */
  findProgress: (caseId: string) => Promise<RunProgress | undefined>;
  /** Some of the workflows of cases, running or ended, newest first. `after`: of the ones before. */
  list: (after: PageToken | undefined) => Promise<WorkflowPage>;
  /** Cases whose workflows were ended there since an instant by anything but their own code. */
  brokenOff: (since: number) => Promise<string[]>;
  /** Those of these queues that no worker has polled for a while. */
  unserved: (queues: readonly Queue[]) => Promise<string[]>;
}

export interface WorkflowFaults {
  fault?: Fault;
  /** Its workflow has ended by its own code. */
  hasCompleted?: boolean;
  /** The faults of the sending to agencies. */
  agencies: ReadonlyMap<string, Fault>;
}

interface WorkflowPage {
  /** With repetitions: one for each run. */
  caseIds: string[];
  /** Those that are running. */
  running: string[];
  /** Absent: these were the last ones. */
  next?: PageToken;
}

export type PageToken = Uint8Array;

export interface Queue {
  name: string;
  kind: 'workflow' | 'activity';
}

export const MATTERS: Queue = { name: MATTERS_QUEUE, kind: 'workflow' };
export const queueOf = (agency: string): Queue => ({ name: agencyQueue(agency), kind: 'activity' });

const ANSWER_WITHIN_MS = 3_000;
/** This many failures in a row are not a coincidence. */
const ATTEMPTS = 3;
/** No worker has taken a task for this long. */
const NOT_TAKEN_MS = 8_000;
/** The length of a page of workflows. */
const LISTED = 200;
/** A worker polls its queue at least once a minute, the length of a long poll. */
const POLL_MS = 90_000;
const {
  EventType: { EVENT_TYPE_WORKFLOW_TASK_FAILED: TASK_FAILED },
  PendingActivityState: { PENDING_ACTIVITY_STATE_SCHEDULED: ACTIVITY_SCHEDULED },
  PendingWorkflowTaskState: { PENDING_WORKFLOW_TASK_STATE_SCHEDULED: TASK_SCHEDULED },
  TaskQueueType: { TASK_QUEUE_TYPE_ACTIVITY, TASK_QUEUE_TYPE_WORKFLOW },
  WorkflowExecutionStatus: {
    WORKFLOW_EXECUTION_STATUS_RUNNING: RUNNING,
    WORKFLOW_EXECUTION_STATUS_COMPLETED: COMPLETED,
  },
  WorkflowTaskFailedCause: { WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR: NON_DETERMINISM },
} = proto.temporal.api.enums.v1;
/** A gRPC status. */
const NOT_FOUND = 5;

export const createTemporal = (connection: Connection, namespace: string): Temporal => {
  const { workflowService } = connection;
  const ask = <T>(question: () => Promise<T>): Promise<T> =>
    connection.withDeadline(Date.now() + ANSWER_WITHIN_MS, question);

  const client = new WorkflowClient({ connection, namespace });

  const findFailure = async (caseId: string): Promise<Fault> => {
    const { history } = await ask(() =>
      workflowService.getWorkflowExecutionHistoryReverse({
        namespace,
        execution: { workflowId: caseWorkflowId(caseId) },
        maximumPageSize: 20,
      }),
    );
    const failed = history?.events?.find(({ eventType }) => eventType === TASK_FAILED);
    const { cause, failure } = failed?.workflowTaskFailedEventAttributes ?? {};
    if (cause === NON_DETERMINISM) return 'HISTORY_MISMATCH';
    const unreadable = failure?.cause?.applicationFailureInfo?.type === PAYLOAD_UNREADABLE;
    return unreadable ? 'PAYLOAD_UNREADABLE' : 'WORKFLOW_TASK_FAILING';
  };

  /** A reset run has the first event of the run from which it was made. */
  const isReset = async (execution: Execution): Promise<boolean> => {
    const { history } = await ask(() =>
      workflowService.getWorkflowExecutionHistory({ namespace, execution: execution ?? null, maximumPageSize: 1 }),
    );
    const started = history?.events?.[0]?.workflowExecutionStartedEventAttributes;
    return started?.originalExecutionRunId !== execution?.runId;
  };

  return {
    answers: async () => {
      try {
        await ask(() => workflowService.describeNamespace({ namespace }));
        return true;
      } catch {
        return false;
      }
    },
    namespaceId: async () => {
      const { namespaceInfo } = await ask(() => workflowService.describeNamespace({ namespace }));
      if (!namespaceInfo?.id) throw new Error('the namespace has no id');
      return namespaceInfo.id;
    },
    look: async (caseId, runId) => {
      const now = Date.now();
      const none = new Map<string, Fault>();
      const described = await ask(() =>
        workflowService.describeWorkflowExecution({ namespace, execution: { workflowId: caseWorkflowId(caseId) } }),
      ).catch((error: unknown) => {
        const code: number | undefined = isGrpcServiceError(error) ? error.code : undefined;
        if (code === NOT_FOUND) return undefined;
        throw error;
      });
      const { status, execution } = described?.workflowExecutionInfo ?? {};
      if (described === undefined || status !== RUNNING)
        return { fault: 'WORKFLOW_MISSING', hasCompleted: status === COMPLETED, agencies: none };
      if (runId !== undefined && execution?.runId !== runId && (await isReset(execution)))
        return { fault: 'WORKFLOW_RESET', agencies: none };
      const task = described.pendingWorkflowTask;
      if (task && (task.attempt ?? 0) >= ATTEMPTS) return { fault: await findFailure(caseId), agencies: none };
      if (task?.state === TASK_SCHEDULED && toMillis(task.scheduledTime) < now - NOT_TAKEN_MS)
        return { fault: 'NOT_PICKED_UP', agencies: none };

      const agencies = new Map<string, Fault>();
      for (const {
        activityType,
        attempt,
        state,
        scheduledTime,
        lastFailure,
        activityOptions,
      } of described.pendingActivities) {
        const failed = (attempt ?? 0) >= ATTEMPTS;
        if (activityType?.name === 'writeProjection') {
          if (failed) return { fault: 'PROJECTION_FAILING', agencies: none };
          continue;
        }
        const queue = activityOptions?.taskQueue?.name ?? '';
        if (failed && lastFailure?.applicationFailureInfo?.type !== 'AGENCY_UNAVAILABLE')
          agencies.set(queue, 'ACTIVITY_FAILING');
        else if (state === ACTIVITY_SCHEDULED && toMillis(scheduledTime) < now - NOT_TAKEN_MS)
          agencies.set(queue, 'NOT_PICKED_UP');
      }
      return { agencies };
    },
    findProgress: async (caseId) => {
      try {
        return progressOf(
          await ask(() => client.getHandle(caseWorkflowId(caseId)).query<ReportedRun>(UNWRITTEN_QUERY)),
        );
      } catch {
        return undefined;
      }
    },
    list: async (after) => {
      const { executions, nextPageToken } = await ask(() =>
        workflowService.listWorkflowExecutions({
          ...{ namespace, pageSize: LISTED },
          ...(after && { nextPageToken: after }),
        }),
      );
      const cases = executions.flatMap(({ execution, status }) =>
        caseIdOf(execution?.workflowId ?? '').map((caseId) => ({ caseId, isRunning: status === RUNNING })),
      );
      return {
        caseIds: cases.map(({ caseId }) => caseId),
        running: cases.filter(({ isRunning }) => isRunning).map(({ caseId }) => caseId),
        ...(nextPageToken.length > 0 && { next: nextPageToken }),
      };
    },
    brokenOff: async (since) => {
      const query = `ExecutionStatus IN ('Terminated', 'Failed', 'TimedOut', 'Canceled') AND CloseTime >= '${new Date(since).toISOString()}'`;
      const { executions } = await ask(() =>
        workflowService.listWorkflowExecutions({ namespace, query, pageSize: 1_000 }),
      );
      return executions.flatMap(({ execution }) => caseIdOf(execution?.workflowId ?? ''));
    },
    unserved: async (queues) => {
      const now = Date.now();
      const served = await Promise.all(
        queues.map(async ({ name, kind }) => {
          const { pollers } = await ask(() =>
            workflowService.describeTaskQueue({
              namespace,
              taskQueue: { name },
              taskQueueType: kind === 'workflow' ? TASK_QUEUE_TYPE_WORKFLOW : TASK_QUEUE_TYPE_ACTIVITY,
            }),
          );
          return pollers.some(({ lastAccessTime }) => toMillis(lastAccessTime) > now - POLL_MS);
        }),
      );
      return queues.filter((_, index) => !served[index]).map(({ name }) => name);
    },
  };
};

type Execution = { workflowId?: string | null; runId?: string | null } | null | undefined;

const caseIdOf = (workflowId: string): string[] => /^case:([0-9a-f-]{36})$/.exec(workflowId)?.slice(1) ?? [];

/** A protobuf timestamp, whose seconds are a Long. */
const toMillis = (
  at: { seconds?: { toNumber: () => number } | null; nanos?: number | null } | null | undefined,
): number => (at?.seconds?.toNumber() ?? 0) * 1_000 + (at?.nanos ?? 0) / 1e6;
