import { setTimeout as delay } from 'node:timers/promises';
import { percentile } from '../../../bench/statistics.ts';
import { openFaultProxy } from '../fault-proxy.ts';
import { SHORT } from '../intents.ts';
import type { Scenario, Stage } from '../scenario.ts';
import { until } from '../until.ts';

/** Submissions in each part of the run. */
const FEWEST = 8;
const CALLBACK_AFTER_MS = 500;
const CUT_MS = { short: 5_000, long: 60_000 };
/**
 * Accepting a case calls nothing in Temporal. If it did, a call would wait for its deadline, 3 s at
 * least; a busy machine alone stays below this limit.
 */
const ACCEPTED_WITHIN_MS = 2_000;
/**
 * Three seconds between two looks, three for an answer, twice, and one for a new connection; more
 * where the machine is busy.
 */
const NOTICED_WITHIN_MS = 15_000;
const NOTICED_AT_LAST_MS = 40_000;

/**
 * S9: the way between worker and Temporal is cut, then goes silent (half-open). The API has no way
 * to Temporal at all, so it goes on accepting.
 */
export const temporalCut: Scenario = {
  id: 'S9',
  name: 'connection to Temporal cut, then half-open',
  control: { name: 'a new connection is silent too, so the fault is not detected', breaks: 'its own line' },
  play: async (stage) => {
    const { installation, control, outage } = stage;
    await installation.behave({ mode: 'callback', delayMs: CALLBACK_AFTER_MS });
    const [host = '', port] = installation.sandbox().temporal.split(':');
    const proxy = await openFaultProxy({ host, port: Number(port) });
    // The product's own worker is stopped: only the connection through the proxy is left.
    const down = installation.keepDown('worker');
    const worker = await installation.startWorker({ temporalAddress: `127.0.0.1:${proxy.port}` });
    let noticed = false;
    const figures: string[] = [];
    const normal: number[] = [];
    try {
      await submitSome(stage, 1_000);
      normal.push(...timesOfAcceptance(stage));
      if (!control) {
        proxy.cut();
        const since = performance.now();
        await submitSome(stage, CUT_MS[outage]);
        proxy.heal();
        await until('cases go on', NOTICED_AT_LAST_MS, async () => (await waiting(stage)) === 0);
        figures.push(`cut ${seconds(performance.now() - since)} with what waited`);
      }

      const silenced = control ? proxy.silenceAll() : proxy.silence();
      if (silenced === 0) throw new Error('there was no connection to silence');
      const since = performance.now();
      await submitSome(stage, 1_000);
      // Either the worker begins anew or the SDK connects again: only then do cases start.
      const noticedMs = await until(
        'cases start over a new connection',
        control ? NOTICED_WITHIN_MS : NOTICED_AT_LAST_MS,
        async () => (await waiting(stage)) === 0 && performance.now() - since,
      ).catch(() => undefined);
      noticed = noticedMs !== undefined;
      if (noticedMs !== undefined) figures.push(`half-open noticed in ${seconds(noticedMs)}`);
      proxy.heal();
      await until('the worker serves', NOTICED_AT_LAST_MS, () => worker.isServing());
      await until('cases go on', NOTICED_AT_LAST_MS, async () => (await waiting(stage)) === 0);
    } finally {
      await worker.stop();
      await proxy.close();
      await installation.back('worker', down.release());
    }
    const refused = stage.frontDoor.tries.filter(({ status }) => status !== 201).length;
    const during = timesOfAcceptance(stage).slice(normal.length);
    const [before95, during95] = [Math.round(percentile(normal, 0.95)), Math.round(percentile(during, 0.95))];
    figures.push(`accepted in ${during95} ms p95 of ${during.length}, ${before95} ms before`);
    const broken = judgeCut({ noticed, refused, before95, during95 });
    return { fired: () => (control ? 1 : 2), backMs: [], broken, figures };
  },
};

/**
 * `noticed`: cases started although the connection was half-open; `before95`, `during95`: p95 of accepting a case before and while
 * Temporal was unavailable, milliseconds.
 */
export const judgeCut = (seen: { noticed: boolean; refused: number; before95: number; during95: number }): string[] => {
  const { noticed, refused, before95, during95 } = seen;
  return [
    ...(noticed ? [] : ['the half-open connection was not detected']),
    ...(refused > 0 ? [`${refused} submissions were not accepted`] : []),
    ...(during95 > ACCEPTED_WITHIN_MS
      ? [`accepting took ${during95} ms while Temporal was unavailable, and not ${before95}`]
      : []),
  ];
};

const timesOfAcceptance = ({ frontDoor }: Stage): number[] => frontDoor.tries.map(({ ms }) => ms);
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** A share of the cases, spread over some time. */
const submitSome = async ({ frontDoor, intent, cases }: Stage, overMs: number): Promise<void> => {
  const count = Math.max(FEWEST, Math.ceil(cases / 3));
  for (let index = 0; index < count; index += 1) {
    await frontDoor.submit(intent(SHORT));
    await delay(overMs / count);
  }
};

/** Cases that are not in Temporal. */
const waiting = async ({ installation }: Stage): Promise<number> => {
  const { rows } = await installation.db.query<{ count: number }>(
    'select count(*) from start_requests where started_at is null',
  );
  return rows[0]?.count ?? 0;
};
