import { signalGroup } from '../../../sandbox/process.ts';
import { openCutProxy } from '../cut-proxy.ts';
import { insist, SHORT } from '../intents.ts';
import type { Random } from '../../domain/case/random.ts';
import type { Scenario } from '../scenario.ts';

const CUTS = 8;
/**
 * The begin of the conversation, and its end: the commit not sent, sent without an answer, answered
 * without the answer arriving.
 */
const CERTAIN_AT_THE_END = 3;

/**
 * S4: the API is killed at the k-th turn of its conversation with Postgres about one request. The
 * client repeats the request at the next API.
 */
export const apiCut: Scenario = {
  id: 'S4',
  name: `API killed at ${CUTS} places of one request`,
  control: { name: 'the client repeats under a new key', breaks: 'I1' },
  play: async ({ openDoor, intent, installation, control, random }) => {
    await installation.behave({ mode: 'decide' });
    const database = new URL(installation.sandbox().postgres);
    const proxy = await openCutProxy({ host: database.hostname, port: Number(database.port) });
    database.port = String(proxy.port);
    let api = await installation.startApi({ databaseUrl: database.href });
    const door = openDoor(() => api.url);
    const broken: string[] = [];
    const backMs: number[] = [];
    let fired = 0;
    try {
      // The second request is like all later ones: connections are open, statements prepared and
      // matters cached.
      await door.submit(intent(SHORT));
      proxy.arm(Infinity, () => undefined);
      await door.submit(intent(SHORT));
      const turns = proxy.disarm();

      for (const place of control ? [turns] : places(turns, random)) {
        const submission = intent(SHORT);
        const { running } = api;
        proxy.arm(place, () => signalGroup(running.pid, 'SIGKILL'));
        const reply = await door.trySubmit(submission, submission.name);
        proxy.disarm();
        if (reply) {
          // Nothing was cut, because the conversation was shorter this time.
          broken.push(`message ${place} of ${turns} was not sent`);
          continue;
        }
        fired += 1;
        await running.exited;
        const since = performance.now();
        api = await installation.startApi({ databaseUrl: database.href });
        backMs.push(performance.now() - since);
        const first = await (control
          ? door.submit(insist(submission), `${submission.name}-again`)
          : door.submit(submission));
        if (control) break;
        const second = await door.submit(submission);
        if (first.status !== 201 || first.body !== second.body) broken.push(`${submission.name} got different answers`);
      }
    } finally {
      await api.running.stop();
      await proxy.close();
    }
    return { fired: () => fired, backMs, broken };
  },
};

/** Different places: the first, the last ones, and others as the seed has it. */
const places = (turns: number, random: Random): number[] => {
  const chosen = new Set([1, ...Array.from({ length: CERTAIN_AT_THE_END }, (_, index) => turns - index)]);
  while (chosen.size < Math.min(CUTS, turns)) chosen.add(1 + random.below(turns));
  return [...chosen].sort((one, other) => one - other);
};
