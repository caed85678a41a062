import { setTimeout as delay } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { percentile } from '../../../bench/statistics.ts';
import { SHORT } from '../intents.ts';
import type { Scenario, Stage } from '../scenario.ts';
import { until } from '../until.ts';

/**
 * Small limits for this API, so that few callers overload it; the product has ten and two hundred.
 */
const SETTINGS = { DATABASE_POOL: '2', DATABASE_QUEUE: '10' };
/** No request is ever refused. */
const ENDLESS_QUEUE = { ...SETTINGS, DATABASE_QUEUE: '1000000' };
/** Five times as many callers at once as the API has places, connections and queue together. */
const CALLERS = 60;
/** For each case that is submitted meanwhile; in the longest form five minutes. */
const FOR_MS = { short: 300, long: 5_000 };
const MOST_SUBMISSIONS = 60;
const DRAINED_WITHIN_MS = 120_000;
const KIND: readonly (number | undefined)[] = [200, 201, 429, 503];

/**
 * S22: five times as many callers as the API can serve. Some are refused with `Retry-After`, and
 * every accepted case ends.
 */
export const overload: Scenario = {
  id: 'S22',
  name: 'five times more callers than can be served',
  control: { name: 'the queue has no limit', breaks: 'its own line' },
  play: async (stage) => {
    const { openDoor, intent, installation, control, cases, outage } = stage;
    await installation.behave({ mode: 'decide' });
    const api = await installation.startApi({ env: control ? ENDLESS_QUEUE : SETTINGS });
    const door = openDoor(() => api.url, true);
    const crowd = gather(stage, api.url);
    try {
      const since = performance.now();
      const readers = crowd.read(cases * FOR_MS[outage]);
      const submissions = Array.from({ length: Math.min(cases, MOST_SUBMISSIONS) }, () => door.submit(intent(SHORT)));
      const answers = await readers;
      const overS = (performance.now() - since) / 1000;
      const calm = performance.now();
      const caseIds = (await Promise.all(submissions)).map(({ caseId }) => caseId);
      await until('what was accepted has ended', DRAINED_WITHIN_MS, async () => {
        const { rowCount } = await installation.db.query('select from cases where id = any ($1) and ended_at is null', [
          caseIds,
        ]);
        return rowCount === 0;
      });
      const drainedS = (performance.now() - calm) / 1000;
      const all = [...answers, ...door.tries];
      const served = all.filter(({ status }) => status === 200 || status === 201);
      const { refused, broken } = judgeCrowd(answers, door.tries);
      return {
        fired: () => all.length,
        backMs: [],
        broken,
        figures: [
          `${refused.length} of ${all.length} refused in ${overS.toFixed(1)} s, after ${p95(refused)} ms p95, others served in ${p95(served)}`,
          `drained ${drainedS.toFixed(1)} s after it`,
        ],
      };
    } finally {
      await crowd.leave();
      await api.running.stop();
    }
  },
};

interface Answer {
  status?: number;
  ms: number;
  /** Has `Retry-After`. */
  hint: boolean;
}

/** The answers to readers and to submitters. */
export const judgeCrowd = (answers: readonly Answer[], tries: readonly Pick<Answer, 'status' | 'ms'>[]) => {
  const all = [...answers, ...tries];
  const refused = all.filter(({ status }) => status === 503 || status === 429);
  const odd = all.filter(({ status }) => !KIND.includes(status)).map(({ status }) => status ?? 'nothing');
  const broken = [
    ...(refused.length === 0 ? ['no request was refused'] : []),
    ...(odd.length > 0 ? [`answered ${odd.slice(0, 10).join(', ')}`] : []),
    ...(answers.some(({ hint, status }) => status === 503 && !hint) ? ['503 without Retry-After'] : []),
  ];
  return { refused, broken };
};

const p95 = (answers: readonly { ms: number }[]): number =>
  answers.length === 0
    ? 0
    : Math.round(
        percentile(
          answers.map(({ ms }) => ms),
          0.95,
        ),
      );

/** Readers that repeat their requests without a pause. */
const gather = ({ installation }: Stage, url: string) => {
  const dispatcher = new Agent({ connections: CALLERS, keepAliveTimeout: 1_000, keepAliveMaxTimeout: 1_000 });
  const headers = { authorization: `Bearer ${installation.sandbox().tokens.clerk}` };
  const ask = async (): Promise<Answer> => {
    const since = performance.now();
    const elapsed = () => performance.now() - since;
    try {
      const { statusCode: status, headers: said, body } = await request(`${url}/api/v1/cases`, { headers, dispatcher });
      await body.dump();
      return { status, ms: elapsed(), hint: said['retry-after'] !== undefined };
    } catch {
      return { ms: elapsed(), hint: false };
    }
  };
  return {
    read: async (forMs: number): Promise<Answer[]> => {
      const answers: Answer[] = [];
      const endAt = performance.now() + forMs;
      const one = async () => {
        while (performance.now() < endAt) {
          answers.push(await ask());
          // Without a pause, refused callers would repeat so often that they distort the measurement.
          await delay(PAUSE_MS);
        }
      };
      await Promise.all(Array.from({ length: CALLERS }, one));
      return answers;
    },
    leave: () => dispatcher.destroy(),
  };
};
const PAUSE_MS = 50;
