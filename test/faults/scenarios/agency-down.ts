import { setTimeout as delay } from 'node:timers/promises';
import { percentile } from '../../../bench/statistics.ts';
import type { Installation } from '../installation.ts';
import { MIXED } from '../intents.ts';
import type { Scenario, Stage } from '../scenario.ts';
import { until } from '../until.ts';

const AGENCY = 'police';
/**
 * As long as an agency's system takes. Beside it the noise of a shared machine is small, so that a
 * ratio says something.
 */
const ANSWER_AFTER_MS = 1_000;
/** In each of the three parts of the run: before, meanwhile, afterwards; submitted at this pace. */
const FEWEST_CASES = 12;
const EVERY_MS = 300;
/** Half of twenty calls, or five in a row; a few more may be under way when it opens. */
const OPEN_WITHIN_CALLS = 20;
const UNDER_WAY_MS = 2_000;
const PROBE_EVERY_MS = 15_000;
/** Probes that fail before the agency is available again. */
const FAILED_PROBES = { short: 1, long: 8 };
/** worker/loops/outages.ts. */
const RELEASES_PER_SECOND = 10;
const WITHIN_MS = 60_000;
const OTHERS_WITHIN = 1.2;
const CONTROL_MS = 6_000;
const CLOSED_EVERY_MS = 200;

/**
 * S5: an agency is down for a long time. An incident opens, the agency gets only probes, and the
 * others work as before. Then the waiting steps are sent at a limited rate, nearest deadline first.
 */
export const agencyDown: Scenario = {
  id: 'S5',
  name: 'agency down, the others continue',
  alone: true,
  control: { name: 'its breaker is closed repeatedly', breaks: 'its own line' },
  play: async (stage) => {
    const { installation, control, outage } = stage;
    await installation.behave({ mode: 'slow', delayMs: ANSWER_AFTER_MS });
    const before = control ? [] : await submitAtPace(stage);
    await until('the first cases have ended', WITHIN_MS, async () => (await openOf(installation, before)) === 0);

    const since = Date.now();
    // Every call is cut, and counted: a port that is shut would refuse and count nothing.
    await installation.behave({ mode: 'down', probability: 1 }, AGENCY);
    if (control) return playStorm(stage, since);
    const meanwhile = await submitAtPace(stage);
    const openedAt = await until('an incident opens', WITHIN_MS, () => incidentOf(installation, 'opened_at', since));
    const failedProbes = FAILED_PROBES[outage];
    await until(
      'it was probed',
      failedProbes * PROBE_EVERY_MS + WITHIN_MS,
      async () => (await countCallsAfter(stage, openedAt + UNDER_WAY_MS)) >= failedProbes,
    );
    const waiting = await listParked(installation);
    await installation.behave({ mode: 'slow', delayMs: ANSWER_AFTER_MS }, AGENCY);
    const backAt = Date.now();
    const calls = await countCallsAfter(stage, since);
    const probes = await countCallsAfter(stage, openedAt + UNDER_WAY_MS);
    const closedAt = await until('the incident is over', WITHIN_MS, () => incidentOf(installation, 'closed_at', since));
    const released = await releasesOf(installation, waiting);
    await until('what waited has ended', WITHIN_MS, async () => (await openOf(installation, meanwhile)) === 0);

    const after = await submitAtPace(stage);
    await until('the last cases have ended', WITHIN_MS, async () => (await openOf(installation, after)) === 0);
    const normal = [await measureOthers(installation, before), await measureOthers(installation, after)].map(p95);
    const others = await measureOthers(installation, meanwhile);
    const opened = calls - probes;
    return {
      fired: () => calls,
      backMs: [],
      broken: judgeOutage({ opened, probes, openMs: backAt - openedAt, others: p95(others), normal, released }),
      figures: [
        `open after ${opened} calls, then ${probes} in ${seconds(backAt - openedAt)}`,
        `p95 of ${others.length} steps of others ${p95(others)} ms, before and after ${normal.join(' and ')}`,
        `${released.length} of ${waiting.length} that waited released, at most ${countBusiest(released)} a second`,
        `closed ${seconds(closedAt - backAt)} after it was back`,
      ],
    };
  },
};

/**
 * `opened`: calls before the incident opened; `probes`: those in the `openMs` while it was open;
 * `others`, `normal`: p95 of the steps of other agencies meanwhile, and before and after,
 * milliseconds; `released`: when what waited was, in the order of its deadlines.
 */
export const judgeOutage = (seen: {
  opened: number;
  probes: number;
  openMs: number;
  others: number;
  normal: readonly number[];
  released: readonly number[];
}): string[] => {
  const { opened, probes, openMs, others, normal, released } = seen;
  const allowedProbes = Math.floor(openMs / PROBE_EVERY_MS) + 1;
  return [
    ...(opened > OPEN_WITHIN_CALLS ? [`${opened} calls before the incident opened`] : []),
    ...(probes > allowedProbes ? [`${probes} calls while it was open, and not ${allowedProbes}`] : []),
    ...(others > OTHERS_WITHIN * Math.max(...normal)
      ? [`p95 of others ${others} ms, and ${normal.join(' and ')} ms before and after`]
      : []),
    ...judgeOrder(released),
  ];
};

const p95 = (took: readonly number[]): number => percentile(took, 0.95);
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

const submitAtPace = async ({ frontDoor, intent, cases, control }: Stage): Promise<string[]> => {
  const count = control ? cases : Math.max(FEWEST_CASES, Math.ceil(cases / 3));
  const submitted = [];
  for (let index = 0; index < count; index += 1) {
    submitted.push(frontDoor.submit(intent(MIXED)));
    await delay(EVERY_MS);
  }
  return (await Promise.all(submitted)).flatMap(({ caseId }) => caseId ?? []);
};

const countCallsAfter = async ({ installation }: Stage, since: number): Promise<number> =>
  (await installation.calls(AGENCY)).filter(({ at }) => at >= since).length;

const incidentOf = async (
  { db }: Installation,
  at: 'opened_at' | 'closed_at',
  since: number,
): Promise<number | undefined> => {
  const { rows } = await db.query<{ at: number | null }>(
    `select ${at} as at from incidents where agency = $1 and opened_at >= $2`,
    [AGENCY, new Date(since)],
  );
  return rows[0]?.at ?? undefined;
};

const openOf = async ({ db }: Installation, caseIds: readonly string[]): Promise<number> => {
  const { rowCount } = await db.query('select from cases where id = any ($1) and ended_at is null', [caseIds]);
  return rowCount ?? 0;
};

/** How long each step of any other agency took, milliseconds. */
const measureOthers = async ({ db }: Installation, caseIds: readonly string[]): Promise<number[]> => {
  const { rows } = await db.query<{ ms: number }>(
    `select round(extract(epoch from ended_at - started_at) * 1000)::int as ms
    from steps where case_id = any ($1) and agency <> $2 and started_at is not null and ended_at is not null`,
    [caseIds, AGENCY],
  );
  return rows.map(({ ms }) => ms);
};

/** The steps that wait for the agency, in the required order. */
const listParked = async ({ db }: Installation): Promise<string[]> => {
  const { rows } = await db.query<{ step: string }>(
    `select case_id || ':' || id as step from steps where agency = $1 and parked_at is not null
    order by coalesce(promised_at, 'infinity'), case_id, id`,
    [AGENCY],
  );
  return rows.map(({ step }) => step);
};

/**
 * When each of these was released, milliseconds since 1970. One that was sent as a probe was not.
 */
const releasesOf = async ({ db }: Installation, waiting: readonly string[]): Promise<number[]> => {
  const { rows } = await db.query<{ step: string; at: number }>(
    `select case_id || ':' || step_id as step, max(received_at) as at from inbox
    where message ->> 'kind' = 'release' and case_id || ':' || step_id = any ($1) group by 1`,
    [waiting],
  );
  const released = new Map(rows.map(({ step, at }) => [step, at]));
  return waiting.flatMap((step) => released.get(step) ?? []);
};

const countBusiest = (released: readonly number[]): number =>
  Math.max(0, ...released.map((from) => released.filter((at) => at >= from && at < from + 1_000).length));

const judgeOrder = (released: readonly number[]): string[] => {
  const most = countBusiest(released);
  return [
    ...(released.some((at, index) => at < (released[index - 1] ?? 0)) ? ['not released by deadline'] : []),
    ...(most > RELEASES_PER_SECOND ? [`${most} released within a second, and not ${RELEASES_PER_SECOND}`] : []),
  ];
};

/** Failures are not counted, so every retry reaches the agency. */
const playStorm = async (stage: Stage, since: number): ReturnType<Scenario['play']> => {
  const { installation } = stage;
  const stop = closeAgainAndAgain(installation);
  await submitAtPace(stage);
  await delay(CONTROL_MS);
  const calls = await countCallsAfter(stage, since);
  await stop();
  await installation.behave({ mode: 'decide' }, AGENCY);
  const broken = judgeOutage({ opened: calls, probes: 0, openMs: 0, others: 0, normal: [0], released: [] });
  return { fired: () => calls, backMs: [], broken };
};

/** Returns a function that stops it. */
const closeAgainAndAgain = (installation: Installation): (() => Promise<void>) => {
  const stopping = new AbortController();
  const close = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await installation.asOwner(
        `update breakers set state = 'closed', breaker = '{"state":"closed","since":0,"inRow":0,"spans":[]}' where agency = $1`,
        [AGENCY],
      );
      await delay(CLOSED_EVERY_MS);
    }
  };
  const closing = close();
  return async () => {
    stopping.abort();
    await closing;
  };
};
