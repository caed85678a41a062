import { setTimeout as delay } from 'node:timers/promises';
import { percentile } from '../../../bench/statistics.ts';
import type { Call, Installation } from '../installation.ts';
import { MIXED } from '../intents.ts';
import type { Scenario, Stage } from '../scenario.ts';
import { until } from '../until.ts';

/** Answers 429 with `Retry-After` for a while. */
const BUSY = 'hospital';
const RETRY_AFTER_MS = 6_000;
/** Time of calls that are already running at the first 429; longer on a busy machine. */
const UNDER_WAY_MS = 2_000;
/** Alternates between up and down every second. */
const FLAPPING = 'police';
const FLAP_MS = 500;
/** After everything has been submitted. */
const FLAPS_FOR_MS = { short: 3_000, long: 60_000 };
/**
 * Takes its time: more than a first attempt waits, in the long run more than an agency may take.
 */
const SLOW = 'medical-insurance';
const SLOW_MS = { short: [1_000, 5_000], long: [1_000, 5_000, 30_000] };
const EVERY_MS = 400;
const WITHIN_MS = 120_000;
/** Of one worker to one agency (agencies/transport.ts). */
const BULKHEAD = 64;
const MEDIAN_ATTEMPTS = 3;

/**
 * S6: one agency is slow, one alternates between up and down, one is busy and sends `Retry-After`.
 * None gets more calls than it allows, and all cases end.
 */
export const agencyMoody: Scenario = {
  id: 'S6',
  name: 'agencies slow, flapping, and busy with Retry-After',
  control: { name: 'the busy agency answers 0 s and needs six', breaks: 'its own line' },
  play: async (stage) => {
    const { installation, control, outage, random } = stage;
    const since = Date.now();
    await installation.behave({ mode: 'decide' });
    const slowMs = random.pick(SLOW_MS[outage]);
    await installation.behave({ mode: 'slow', delayMs: slowMs }, SLOW);
    await installation.behave({ mode: 'busy', delayMs: control ? 0 : RETRY_AFTER_MS, probability: 1 }, BUSY);
    const settle = control ? () => Promise.resolve() : flap(installation);

    let caseIds: (string | undefined)[] = [];
    try {
      caseIds = await submitAtPace(stage);
      const refusedAt = await until('a request is refused', WITHIN_MS, async () => {
        return listRefusedAt(await callsOf(stage, BUSY, since))[0];
      });
      await delay(Math.max(0, refusedAt + RETRY_AFTER_MS - Date.now()));
      await installation.behave({ mode: 'decide' }, BUSY);
      await delay(control ? 0 : FLAPS_FOR_MS[outage]);
    } finally {
      await settle();
    }
    await installation.behave({ mode: 'decide' }, FLAPPING);
    await until('what began has ended', WITHIN_MS, async () => {
      const { rowCount } = await installation.db.query(
        'select from steps where case_id = any ($1) and agency = any ($2) and status = $3',
        [caseIds, [BUSY, FLAPPING], 'submitted'],
      );
      return rowCount === 0;
    });
    await installation.behave({ mode: 'decide' });

    const busy = await callsOf(stage, BUSY, since);
    const [slow, flapping] = [await callsOf(stage, SLOW, since), await callsOf(stage, FLAPPING, since)];
    const { refused, early, inFlight, attempts, broken } = judgeCalls({ busy, slow, flapping });
    return {
      fired: () => refused.length,
      backMs: [],
      broken,
      figures: [
        `${busy.length} calls to the busy one, ${refused.length} refused, ${early.length} too early`,
        `${slow.length} to one that takes ${slowMs / 1000} s`,
        `${attempts} attempts an effect in the middle at one that flaps, at most ${Math.max(0, ...countsOf(flapping))}`,
        `at most ${inFlight} at once`,
      ],
    };
  },
};

/** The calls that reached the three agencies. */
export const judgeCalls = ({ busy, slow, flapping }: Record<'busy' | 'slow' | 'flapping', readonly Call[]>) => {
  const refused = listRefusedAt(busy);
  const early = busy.filter(({ at }) =>
    refused.some((refusedAt) => at > refusedAt + UNDER_WAY_MS && at < refusedAt + RETRY_AFTER_MS),
  );
  const inFlight = Math.max(0, ...[...busy, ...slow, ...flapping].map((call) => call.inFlight));
  const attempts = percentile(countsOf(flapping), 0.5);
  const broken = [
    ...(early.length > 0 ? [`${early.length} calls before the time that the agency had asked for`] : []),
    ...(inFlight > BULKHEAD ? [`${inFlight} calls at once, and not ${BULKHEAD}`] : []),
    ...(attempts > MEDIAN_ATTEMPTS ? [`${attempts} attempts an effect, and not ${MEDIAN_ATTEMPTS}`] : []),
  ];
  return { refused, early, inFlight, attempts, broken };
};

const submitAtPace = async ({ frontDoor, intent, cases }: Stage): Promise<(string | undefined)[]> => {
  const submitted = [];
  for (let index = 0; index < cases; index += 1) {
    submitted.push(frontDoor.submit(intent(MIXED)));
    await delay(EVERY_MS);
  }
  return (await Promise.all(submitted)).map(({ caseId }) => caseId);
};

/** The times of the answers 429. */
const listRefusedAt = (calls: readonly Call[]): number[] =>
  calls.flatMap(({ at, answer }) => (answer === 429 ? [at] : []));

const callsOf = async ({ installation }: Stage, agency: string, since: number) =>
  (await installation.calls(agency)).filter(({ at }) => at >= since);

/** The number of calls for each request. */
const countsOf = (calls: readonly { id: string }[]): number[] => {
  const counts = new Map<string, number>();
  for (const { id } of calls) counts.set(id, (counts.get(id) ?? 0) + 1);
  return [...counts.values()];
};

/** Returns a function that stops it. */
const flap = (installation: Installation): (() => Promise<void>) => {
  const stopping = new AbortController();
  const takeTurns = async (): Promise<void> => {
    for (let times = 0; !stopping.signal.aborted; times += 1) {
      await installation.behave(times % 2 === 0 ? { mode: 'down', probability: 1 } : { mode: 'decide' }, FLAPPING);
      await delay(FLAP_MS);
    }
  };
  const turning = takeTurns();
  return async () => {
    stopping.abort();
    await turning;
  };
};
