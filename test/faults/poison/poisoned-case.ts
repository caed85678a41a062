import { proxyActivities, sleep } from '@temporalio/workflow';
import type { CaseStatus } from '../../../domain/case/status.ts';
import { matterCase } from '../../../workflows/matter-case.ts';
import type { CaseInput } from '../../../workflows/messages.ts';
import { poisonOf } from './poisoned.ts';

/** More than a server takes in one payload. */
const TOO_LARGE = 3_000_000;
const { tooLarge } = proxyActivities<{ tooLarge: (words: string) => Promise<void> }>({ startToCloseTimeout: '1m' });

/** A faulty build: some cases get an error that no retry can fix, all others are unchanged. */
export async function poisonedCase(input: CaseInput): Promise<CaseStatus> {
  const poison = poisonOf(input.caseId);
  if (poison === 'throws') throw new Error('a mistake in the code');
  if (poison === 'loops') for (;;);
  if (poison === 'too-large') await tooLarge('x'.repeat(TOO_LARGE));
  if (poison === 'rejects') void Promise.reject(new Error('an unhandled promise'));
  if (poison === 'sleeps') await sleep(1);
  return matterCase(input);
}
