// Part of the replayed bundle: tells the test all that the workflow has written, because Temporal
// compares only types of calls.
import { proxySinks, type Sinks, type WorkflowInterceptorsFactory } from '@temporalio/workflow';
import type { CaseChanges } from '../../domain/projection/projection.ts';
import type { BatchResult } from '../../workflows/messages.ts';

export interface CallSinks extends Sinks {
  calls: { wrote: (changes: CaseChanges) => void };
}

export const interceptors: WorkflowInterceptorsFactory = () => {
  const { calls } = proxySinks<CallSinks>();
  return {
    inbound: [
      {
        handleUpdate: async (input, next) => {
          const answer = await next(input);
          const { changes } = answer as BatchResult;
          if (changes) calls.wrote(changes);
          return answer;
        },
      },
    ],
    outbound: [
      {
        scheduleActivity: (input, next) => {
          if (input.activityType === 'writeProjection') calls.wrote(input.args[0] as CaseChanges);
          return next(input);
        },
      },
    ],
  };
};
