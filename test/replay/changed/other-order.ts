// The workflow with a change that breaks cases under way, for replay.test.ts: what starts together
// starts in another order.
import { matterCase } from '../../../workflows/matter-case.ts';
import type { CaseInput } from '../../../workflows/messages.ts';

const changedCase = (input: CaseInput): ReturnType<typeof matterCase> =>
  matterCase({ ...input, plan: { ...input.plan, steps: [...input.plan.steps].reverse() } });
export { changedCase as default };
