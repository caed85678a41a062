import { setTimeout as delay } from 'node:timers/promises';
import { MIXED, SHORT } from '../intents.ts';
import type { Scenario, Stage } from '../scenario.ts';

/** The time between a restart of Postgres and the next stop, as in the tests of DBOS. */
const STOPPED_AFTER_MS = { least: 5_000, more: 5_000 };
/** The length of the one long outage. */
const AWAY_MS = { short: 6_000, long: 60_000 };
const CALLBACK_AFTER_MS = 300;
const CONTROL_KILLS = 3;
const CONTROL_AT_ONCE = 4;

/**
 * S3: Postgres is killed repeatedly while cases come in, and is stopped once for a long time.
 */
export const postgresStopped: Scenario = {
  id: 'S3',
  name: 'Postgres stopped every 5 to 10 s',
  control: { name: 'Postgres confirms commits before they are on disk', breaks: 'I1' },
  play: (stage) => (stage.control ? playControl(stage) : playFaults(stage)),
};

const playFaults = async ({ frontDoor, intent, installation, cases, kills, outage, random }: Stage) => {
  await installation.behave({ mode: 'callback', delayMs: CALLBACK_AFTER_MS });
  const backMs: number[] = [];
  const submitted: Promise<unknown>[] = [];
  // The last share meets the long outage.
  const share = Math.ceil(cases / (kills + 1));
  const submitOver = async (ms: number) => {
    for (let index = 0; index < share; index += 1) {
      submitted.push(frontDoor.submit(intent(MIXED)));
      await delay(ms / share);
    }
  };
  for (let kill = 0; kill < kills; kill += 1) {
    await submitOver(STOPPED_AFTER_MS.least + random.below(STOPPED_AFTER_MS.more));
    const pid = installation.signal('postgres', 'SIGQUIT');
    // The process manager restarts it after 0.2 to 2 s. Requests in between are refused.
    submitted.push(frontDoor.submit(intent(SHORT)));
    backMs.push(await installation.back('postgres', pid));
  }
  const down = installation.keepDown('postgres');
  await submitOver(AWAY_MS[outage]);
  backMs.push(await installation.back('postgres', down.release()));
  await Promise.all(submitted);

  const broken: string[] = [];
  const statuses = frontDoor.tries.map(({ status }) => status);
  const odd = statuses.filter((status) => ![201, 503, undefined].includes(status));
  if (odd.length > 0) broken.push(`answered ${odd.map(String).join(', ')}`);
  const refused = statuses.filter((status) => status === 503).length;
  if (refused === 0) broken.push('no request was refused with 503');
  return { fired: () => kills + 1, backMs, broken, figures: [`${refused} answers 503`] };
};

/**
 * With `synchronous_commit` off, Postgres confirms a commit a moment before it is on disk, and a
 * stop in that moment loses it.
 */
const playControl = async ({ frontDoor, intent, installation }: Stage) => {
  await installation.behave({ mode: 'hold' });
  const stop = async () => installation.back('postgres', installation.signal('postgres', 'SIGQUIT'));
  await installation.asOwner('alter database one_matter set synchronous_commit = off', []);
  // For sessions that are made from here on.
  await stop();
  for (let kill = 0; kill < CONTROL_KILLS; kill += 1) {
    await Promise.all(Array.from({ length: CONTROL_AT_ONCE }, () => frontDoor.submit(intent(SHORT))));
    await stop();
  }
  await installation.asOwner('alter database one_matter reset synchronous_commit', []);
  await stop();
  return {
    fired: () => CONTROL_KILLS,
    backMs: [],
    broken: [],
    // Workflows whose cases Postgres has lost would retry without end.
    repair: async () => {
      for await (const { workflowId } of installation.temporal.workflow.list({
        query: `ExecutionStatus = 'Running'`,
      })) {
        await installation.temporal.workflow.getHandle(workflowId).terminate('left over of a control');
      }
    },
  };
};
