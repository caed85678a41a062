import { proxyActivities, sleep } from '@temporalio/workflow';
import type { CaseStatus } from '../../../domain/case/status.ts';
import { matterCase } from '../../../workflows/matter-case.ts';
import type { CaseInput } from '../../../workflows/messages.ts';
import { poisonOf } from './poisoned.ts';

/** More than a server takes in one payload. */
const TOO_LARGE = 3_000_000;
const { tooLarge } = proxyActivities<{ tooLarge: (words: string) => Promise<void> }>({ startToCloseTimeout: '1m' });

/** A wrong build: some cases have what no retry can mend, and all others are as they are. */
export async function poisonedCase(input: CaseInput): Promise<CaseStatus> {
  const poison = poisonOf(input.caseId);
  if (poison === 'throws') throw new Error('a mistake in the code');
  if (poison === 'loops') for (;;);
  if (poison === 'too-large') await tooLarge('x'.repeat(TOO_LARGE));
  if (poison === 'rejects') void Promise.reject(new Error('a promise that nobody watches'));
  if (poison === 'sleeps') await sleep(1);
  return matterCase(input);
}
