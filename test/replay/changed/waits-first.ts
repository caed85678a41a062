// The workflow with a change that breaks cases under way, for replay.test.ts: it waits before it
// begins.
import { sleep } from '@temporalio/workflow';
import { matterCase } from '../../../workflows/matter-case.ts';
import type { CaseInput } from '../../../workflows/messages.ts';

const changedCase = async (input: CaseInput): ReturnType<typeof matterCase> => {
  await sleep('1 second');
  return matterCase(input);
};
export { changedCase as default };
