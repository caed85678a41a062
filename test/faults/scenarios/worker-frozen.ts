import { setTimeout as delay } from 'node:timers/promises';
import { isCaseEnd } from '../../../domain/case/status.ts';
import type { Installation } from '../installation.ts';
import { SHORT } from '../intents.ts';
import type { Scenario } from '../scenario.ts';
import { until } from '../until.ts';

/** So long that a freeze finds calls whose effect is done and whose answer is not there yet. */
const ANSWER_AFTER_MS = 1_000;
const UNDER_WAY_WITHIN_MS = 60_000;
/**
 * Longer than a workflow task (10 s) and an attempt at an agency (12 s) may take; in the long run
 * longer than a lease (30 s) too.
 */
const FROZEN_MS = { short: 16_000, long: 45_000 };

/**
 * S23: a worker is frozen in the middle of its calls, another one takes over, then the first wakes
 * and finishes what it had begun.
 */
export const workerFrozen: Scenario = {
  id: 'S23',
  name: 'worker frozen, continues after others did its work',
  // A clock that went on while the process did not: the task that was under way has taken too long
  // when it wakes.
  excuses: /Script execution timed out/,
  control: { name: 'agencies ignore the request id', breaks: 'I2' },
  play: async ({ frontDoor, intent, installation, control, cases, outage }) => {
    await installation.behave({ mode: 'decide', delayMs: ANSWER_AFTER_MS, keyless: control });
    // Sample cases of the installation may wait for a person without end.
    const since = new Date();
    const from = installation.journalLength();
    const share = Math.ceil(cases / 2);
    await Promise.all(Array.from({ length: share }, () => frontDoor.submit(intent(SHORT))));
    await until('agencies have begun', UNDER_WAY_WITHIN_MS, () => installation.journalLength() > from);
    // The other starts only now: what is under way belongs to the one that is frozen.
    installation.signal('worker', 'SIGSTOP');
    let other: Awaited<ReturnType<Installation['startWorker']>> | undefined;
    try {
      const before = await countEnded(installation, since);
      try {
        other = await installation.startWorker({});
        await Promise.all(Array.from({ length: share }, () => frontDoor.submit(intent(SHORT))));
        await delay(FROZEN_MS[outage]);
      } finally {
        installation.signal('worker', 'SIGCONT');
      }
      const meanwhile = (await countEnded(installation, since)) - before;
      await until(
        'nothing is under way',
        UNDER_WAY_WITHIN_MS,
        async () => (await countOpen(installation, since)) === 0,
      );
      return {
        fired: () => 1,
        backMs: [],
        broken: meanwhile > 0 ? [] : ['no case came to its end while it was frozen'],
        figures: [`${meanwhile} cases ended meanwhile`],
      };
    } finally {
      await other?.stop();
    }
  },
};

const statuses = async ({ db }: Installation, since: Date) =>
  (await db.query<{ status: never }>('select status from cases where submitted_at >= $1', [since])).rows;
const countEnded = async (installation: Installation, since: Date) =>
  (await statuses(installation, since)).filter(({ status }) => isCaseEnd(status)).length;
const countOpen = async (installation: Installation, since: Date) =>
  (await statuses(installation, since)).filter(({ status }) => !isCaseEnd(status)).length;
