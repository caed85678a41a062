// The workflow with a change that breaks cases under way, for replay.test.ts: what starts together
// starts in another order.
import type { Plan } from '../../../domain/case/plan.ts';
import { matterCase } from '../../../workflows/matter-case.ts';
import type { CaseInput } from '../../../workflows/messages.ts';

const reverse = (plan: Plan): Plan => ({ ...plan, steps: [...plan.steps].reverse() });

const changedCase = ({ resumed, ...input }: CaseInput): ReturnType<typeof matterCase> =>
  matterCase({
    ...input,
    plan: reverse(input.plan),
    ...(resumed && { resumed: { ...resumed, state: { ...resumed.state, plan: reverse(resumed.state.plan) } } }),
  });
export { changedCase as default };
