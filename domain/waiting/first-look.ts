import type { Plan } from '../case/plan.ts';
import { SUSPECT_MS } from './wait.ts';

/**
 * The step and the instant (milliseconds since 1970) at which the watcher first checks a new case.
 * A plan begins with a step that waits for no other; if the case does not begin, the watcher sees
 * it there. Undefined: no step applies.
 */
export const findFirstLook = (plan: Plan, receivedAt: number): { stepId: string; at: number } | undefined => {
  const first = plan.steps.find(({ skip }) => !skip);
  return first && { stepId: first.id, at: receivedAt + SUSPECT_MS };
};
