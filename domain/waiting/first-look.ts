import type { Plan } from '../case/plan.ts';
import { SUSPECT_MS } from './wait.ts';

/**
 * Where and when (milliseconds since 1970) the watcher looks at a case that was just handed in. A
 * plan begins with a step that waits for no other: should the case not begin, the watcher sees it
 * there. Undefined: no step applies.
 */
export const firstLook = (plan: Plan, receivedAt: number): { stepId: string; at: number } | undefined => {
  const first = plan.steps.find(({ skip }) => !skip);
  return first && { stepId: first.id, at: receivedAt + SUSPECT_MS };
};
