// Part of the replayed bundle: tells the test all that the workflow has written, because Temporal
// compares only types of calls.
import { proxySinks, type Sinks, type WorkflowInterceptorsFactory } from '@temporalio/workflow';
import type { CaseChanges } from '../../domain/projection/projection.ts';
import type { Delivered } from '../../workflows/messages.ts';

export interface CallSinks extends Sinks {
  calls: { wrote: (progress: CaseChanges) => void };
}

export const interceptors: WorkflowInterceptorsFactory = () => {
  const { calls } = proxySinks<CallSinks>();
  return {
    inbound: [
      {
        handleUpdate: async (input, next) => {
          const answer = await next(input);
          const { progress } = answer as Delivered;
          if (progress) calls.wrote(progress);
          return answer;
        },
      },
    ],
    outbound: [
      {
        scheduleActivity: (input, next) => {
          if (input.activityType === 'recordProgress') calls.wrote(input.args[0] as CaseChanges);
          return next(input);
        },
      },
    ],
  };
};
