import { setTimeout as delay } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { SHORT } from '../intents.ts';
import type { Scenario } from '../scenario.ts';

/** What our own API can do at a time, so that a small crowd is too many: the product's settings are ten and two hundred. */
const SETTINGS = { DATABASE_CONNECTIONS: '2', DATABASE_QUEUE: '10' };
/** Readers to each who hands something in. */
const READERS = 5;
const MOST_SUBMISSIONS = 60;
const READS = 6;
/** Of the callers whose connections stay. */
const LEFT_OPEN = 150;

/** S22: five times as much as can be served: some are sent away with a time to come back, and everybody who was promised something gets it. */
export const overload: Scenario = {
  id: 'S22',
  name: 'more requests than can be served',
  control: { name: 'callers leave their connections open', breaks: 'I12' },
  play: async ({ doorAt, intent, installation, control, cases }) => {
    await installation.behave({ mode: 'decide' });
    const api = control ? undefined : await installation.startApi({ env: SETTINGS });
    const url = api?.url ?? installation.sandbox().api;
    const headers = { authorization: `Bearer ${installation.sandbox().tokens.clerk}` };
    const crowd = new Agent({ connections: 100, keepAliveTimeout: 1_000, keepAliveMaxTimeout: 1_000 });
    try {
      if (control) return await leaveOpen(url);
      const door = doorAt(() => url, true);
      const shed: number[] = [];
      const read = async () => {
        for (let index = 0; index < READS; index += 1) {
          const { statusCode, body } = await request(`${url}/api/v1/cases`, { headers, dispatcher: crowd });
          await body.dump();
          shed.push(statusCode);
        }
      };
      const count = Math.min(cases, MOST_SUBMISSIONS);
      const since = performance.now();
      const readers = Array.from({ length: READERS * count }, read);
      const submitted = Array.from({ length: count }, () => door.submit(intent(SHORT)));
      await Promise.all([...readers, ...submitted]);
      const drainedS = (performance.now() - since) / 1000;
      const odd = [...shed, ...door.tries.map(({ status }) => status)].filter(
        (status) => ![200, 201, 503, 429].includes(status ?? 0),
      );
      const away = [...shed, ...door.tries.map(({ status }) => status)].filter((status) => (status ?? 0) >= 429).length;
      return {
        fired: () => away,
        backMs: [],
        broken: odd.length > 0 ? [`answered ${odd.map(String).join(', ')}`] : [],
        figures: [
          `${away} of ${shed.length + door.tries.length} sent away`,
          `everybody served in ${drainedS.toFixed(1)} s`,
        ],
      };
    } finally {
      await crowd.destroy();
      await api?.running.stop();
    }
  },
};

/** Callers that keep what they have opened, and say nothing on it. */
const leaveOpen = async (url: string) => {
  const forgetful = Array.from({ length: LEFT_OPEN }, () => new Agent({ keepAliveTimeout: 600_000, connections: 1 }));
  for (const agent of forgetful) {
    const { body } = await request(`${url}/healthz`, { dispatcher: agent });
    await body.dump();
  }
  return {
    fired: () => LEFT_OPEN,
    backMs: [],
    broken: [],
    mend: async () => {
      await Promise.all(forgetful.map((agent) => agent.destroy()));
      await delay(0);
    },
  };
};
