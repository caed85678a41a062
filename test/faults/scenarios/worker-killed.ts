import { setTimeout as delay } from 'node:timers/promises';
import { MIXED } from '../intents.ts';
import type { Scenario } from '../scenario.ts';
import { until } from '../until.ts';

/**
 * Agencies answer so late that a kill finds calls whose effect is done and whose answer is not
 * there yet.
 */
const ANSWER_AFTER_MS = 300;
const UNDER_WAY_WITHIN_MS = 60_000;
/** About one line of the agencies' journal. */
const EFFECT_BYTES = 400;
/** In the long run so long that supervisors must see it (I6). */
const DOWN_MS = { short: 4_000, long: 45_000 };

/**
 * S1: the worker is killed repeatedly in the middle of cases, then there is none for a
 * while.
 */
export const workerKilled: Scenario = {
  id: 'S1',
  name: 'worker killed',
  control: { name: 'agencies ignore the request id', breaks: 'I2' },
  play: async ({ frontDoor, intent, installation, control, cases, kills, outage, random }) => {
    await installation.behave({ mode: 'decide', delayMs: ANSWER_AFTER_MS, keyless: control });
    // These answer by callback: what is on its way to a dead worker waits in the inbox.
    await installation.behave({ mode: 'callback', delayMs: ANSWER_AFTER_MS, keyless: control }, 'police');
    const share = Math.ceil(cases / (kills + 1));
    const submit = () => Promise.all(Array.from({ length: share }, () => frontDoor.submit(intent(MIXED))));
    const backMs: number[] = [];
    let fired = 0;
    for (let kill = 0; kill < kills; kill += 1) {
      const from = installation.journalLength();
      await submit();
      const enough = from + (1 + random.below(8)) * EFFECT_BYTES;
      await until('agencies have begun', UNDER_WAY_WITHIN_MS, () => installation.journalLength() > enough);
      await delay(random.below(ANSWER_AFTER_MS));
      const pid = installation.signal('worker', 'SIGKILL');
      fired += 1;
      backMs.push(await installation.back('worker', pid));
    }
    if (control) return { fired: () => fired, backMs, broken: [] };

    const from = Date.now();
    const down = installation.keepDown('worker');
    await Promise.all([submit(), delay(DOWN_MS[outage])]);
    const last = down.release();
    fired += 1;
    backMs.push(await installation.back('worker', last));
    const stood = [{ what: 'no worker', subject: 'workers', from, to: Date.now() }];
    return { fired: () => fired, backMs, broken: [], stood };
  },
};
