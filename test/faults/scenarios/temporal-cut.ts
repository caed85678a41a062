import { setTimeout as delay } from 'node:timers/promises';
import { openFaultProxy } from '../fault-proxy.ts';
import { SHORT } from '../intents.ts';
import type { Scenario, Stage } from '../scenario.ts';
import { until } from '../until.ts';

const CALLBACK_AFTER_MS = 500;
const CUT_MS = { short: 5_000, long: 60_000 };
const MANY_KILLS = 10;
/** Three seconds between two looks, three for an answer, twice, and one for a new connection; more where the machine is busy. */
const NOTICED_WITHIN_MS = 15_000;
const NOTICED_AT_LAST_MS = 40_000;

/**
 * S9: the way between worker and Temporal is cut, then goes silent (half-open). The API has no way to Temporal at all, so it goes on
 * accepting.
 */
export const temporalCut: Scenario = {
  id: 'S9',
  name: 'way to Temporal cut, then half-open',
  control: { name: 'a new connection is silent too, so nobody can tell', breaks: 'its own line' },
  play: async (stage) => {
    const { installation, control, kills } = stage;
    await installation.behave({ mode: 'callback', delayMs: CALLBACK_AFTER_MS });
    const [host = '', port] = installation.sandbox().temporal.split(':');
    const proxy = await openFaultProxy({ host, port: Number(port) });
    // The product's own worker stays away: only the way through the proxy is left.
    const down = installation.keepDown('worker');
    const worker = await installation.startWorker({ temporalAddress: `127.0.0.1:${proxy.port}` });
    const broken: string[] = [];
    const figures: string[] = [];
    try {
      await submitSome(stage, 0);
      if (!control) {
        proxy.cut();
        const since = performance.now();
        await submitSome(stage, kills >= MANY_KILLS ? CUT_MS.long : CUT_MS.short);
        proxy.heal();
        await until('cases go on', NOTICED_AT_LAST_MS, async () => (await waiting(stage)) === 0);
        figures.push(`cut ${seconds(performance.now() - since)} with what waited`);
      }

      const before = worker.pid();
      const silenced = control ? proxy.silenceAll() : proxy.silence();
      if (silenced === 0) throw new Error('there was no connection to silence');
      const since = performance.now();
      await submitSome(stage, 1_000);
      await until(
        'the worker begins anew',
        control ? NOTICED_WITHIN_MS : NOTICED_AT_LAST_MS,
        () => worker.pid() !== before,
      )
        .then(() => figures.push(`half-open noticed in ${seconds(performance.now() - since)}`))
        .catch(() => broken.push('nobody noticed that the connection was half-open'));
      proxy.heal();
      await until('the worker serves', NOTICED_AT_LAST_MS, () => worker.isServing());
      await until('cases go on', NOTICED_AT_LAST_MS, async () => (await waiting(stage)) === 0);
    } finally {
      await worker.stop();
      await proxy.close();
      await installation.back('worker', down.release());
    }
    const slow = stage.frontDoor.tries.filter(({ status }) => status !== 201);
    if (slow.length > 0) broken.push(`${slow.length} submissions were not accepted`);
    const p95 = stage.frontDoor.tries.map(({ ms }) => ms).sort((one, other) => one - other)[
      Math.floor(stage.frontDoor.tries.length * 0.95)
    ];
    figures.push(`accepting p95 ${Math.round(p95 ?? 0)} ms`);
    return { fired: () => (control ? 1 : 2), backMs: [], broken, figures };
  },
};

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** A share of the cases, spread over some time. */
const submitSome = async ({ frontDoor, intent, cases }: Stage, overMs: number): Promise<void> => {
  const count = Math.ceil(cases / 3);
  for (let index = 0; index < count; index += 1) {
    await frontDoor.submit(intent(SHORT));
    await delay(overMs / count);
  }
};

/** Cases that Temporal has not heard of. */
const waiting = async ({ installation }: Stage): Promise<number> => {
  const { rows } = await installation.db.query<{ count: number }>(
    'select count(*) from start_requests where started_at is null',
  );
  return rows[0]?.count ?? 0;
};
