// Part of the replayed bundle: tells the test every call that the workflow makes, because Temporal compares only their types.
import { proxySinks, type Sinks, type WorkflowInterceptorsFactory } from '@temporalio/workflow';

export interface CallSinks extends Sinks {
  calls: { made: (activity: string, args: unknown[]) => void };
}

export const interceptors: WorkflowInterceptorsFactory = () => {
  const { calls } = proxySinks<CallSinks>();
  return {
    outbound: [
      {
        scheduleActivity: (input, next) => {
          calls.made(input.activityType, input.args);
          return next(input);
        },
      },
    ],
  };
};
