import type { Dependencies } from './dependencies.ts';
import { createProgressActivities } from './progress.ts';
import { createStepActivities } from './steps.ts';

/** Every activity, with its dependencies. Each is safe to repeat; what a retry cannot mend comes back as an answer. */
export const createActivities = (deps: Dependencies) => ({
  ...createStepActivities(deps),
  ...createProgressActivities(deps),
});

export type Activities = ReturnType<typeof createActivities>;
