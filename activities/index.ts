import type { Dependencies } from './dependencies.ts';
import { createProjectionActivities } from './projection.ts';
import { createReportActivities } from './reports.ts';
import { createStepActivities } from './steps.ts';

/**
 * An answer with the instant of its arrival (milliseconds since 1970). A replay must produce
 * exactly what the case has handed over, so instants are data: within a workflow task Temporal's
 * clock is not in the history.
 */
type TimedAnswer<Answer> = Answer & { at: number };

/**
 * Every activity, with its dependencies. Each is safe to repeat; a fault that no retry can fix
 * comes back as an answer.
 */
export const createActivities = (deps: Dependencies) => {
  const timed =
    <Call, Answer extends object>(act: (call: Call) => Promise<Answer>) =>
    async (call: Call): Promise<TimedAnswer<Answer>> => ({ ...(await act(call)), at: deps.now() });
  const steps = createStepActivities(deps);
  return {
    trySubmitStep: timed((call: Parameters<typeof steps.trySubmitStep>[0]) => steps.trySubmitStep(call)),
    submitStep: timed((call: Parameters<typeof steps.submitStep>[0]) => steps.submitStep(call)),
    undoStep: timed((call: Parameters<typeof steps.undoStep>[0]) => steps.undoStep(call)),
    ...createProjectionActivities(deps),
    ...createReportActivities(deps),
  };
};

export type Activities = ReturnType<typeof createActivities>;
