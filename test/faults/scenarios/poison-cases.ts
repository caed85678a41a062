import { join } from 'node:path';
import { request } from 'undici';
import { z } from 'zod';
import type { Installation } from '../installation.ts';
import { MIXED, SHORT } from '../intents.ts';
import { buildPoisoned } from '../poison/bundle.ts';
import { POISONS } from '../poison/poisoned.ts';
import type { Scenario, Stage } from '../scenario.ts';
import { until } from '../until.ts';

const LISTED_WITHIN_MS = 30_000;
const WITHIN_MS = 120_000;
/** Only these rows of the list. */
const Listed = z.object({
  stalls: z.array(z.object({ caseId: z.string().optional(), cause: z.string(), detail: z.string() })),
});
/** The expected detail of each; a blocked thread gives no reason. */
const SAID_AS: Record<(typeof POISONS)[number], readonly string[]> = {
  throws: ['WORKFLOW_TASK_FAILING'],
  loops: ['WORKFLOW_TASK_FAILING', 'NOT_BEGUN'],
  'too-large': ['WORKFLOW_TASK_FAILING'],
  rejects: ['WORKFLOW_TASK_FAILING'],
  undecodable: ['PAYLOAD_UNREADABLE'],
};

/**
 * S12: five cases whose code or data no retry can fix, among many. The others come to their ends,
 * the five are in the list of stalls, and go on under the build that is right.
 */
export const poisonCases: Scenario = {
  id: 'S12',
  name: 'five poison cases among many',
  control: { name: 'the watcher is frozen', breaks: 'I6' },
  play: async (stage) => {
    const { frontDoor, intent, installation, control, cases } = stage;
    await installation.behave({ mode: 'decide' });
    const submit = (count: number, samples: readonly string[]) =>
      Promise.all(Array.from({ length: count }, () => frontDoor.submit(intent(samples)))).then((replies) =>
        replies.flatMap(({ caseId }) => caseId ?? []),
      );
    const baselineS = control ? 0 : await secondsToEnd(stage, () => submit(cases, MIXED));

    const down = installation.keepDown('worker');
    const poisoned = new Map<string, (typeof POISONS)[number]>();
    for (const poison of POISONS) for (const caseId of await submit(1, SHORT)) poisoned.set(caseId, poison);
    const file = join(installation.folder, `poisoned-${stage.seed}.js`);
    await buildPoisoned(poisoned, file);
    const worker = await installation.startWorker({ name: 'poisoned-worker', env: { WORKFLOW_BUNDLE: file } });
    const from = Date.now();
    let listed = new Map<string, string>();
    let othersS = 0;
    try {
      if (control) installation.signal('watcher', 'SIGSTOP');
      else othersS = await secondsToEnd(stage, () => submit(cases, MIXED));
      await until('the five are listed', LISTED_WITHIN_MS + from - Date.now(), async () => {
        listed = await detailsOf(installation);
        // A slow machine lists one as not begun first.
        return [...poisoned].every(([caseId, poison]) => SAID_AS[poison].includes(listed.get(caseId) ?? ''));
      }).catch(() => undefined);
    } finally {
      await worker.stop();
      if (control) installation.signal('watcher', 'SIGCONT');
      await installation.back('worker', down.release());
    }
    const to = Date.now();
    await until(
      'the five are restored',
      WITHIN_MS,
      async () => (await openOf(installation, [...poisoned.keys()])) === 0,
    );
    const restoredS = (Date.now() - to) / 1000;
    const missed = [...poisoned].filter(([caseId, poison]) => !SAID_AS[poison].includes(listed.get(caseId) ?? ''));
    return {
      fired: () => poisoned.size,
      backMs: [],
      broken: missed.map(([caseId, poison]) => `${poison} is listed as ${listed.get(caseId) ?? 'nothing'}`),
      stood: [...poisoned].map(([caseId, poison]) => ({ what: poison, caseId, alone: true, from, to })),
      figures: [
        `the others took ${othersS.toFixed(1)} s beside them, ${baselineS.toFixed(1)} s without (${(othersS / baselineS).toFixed(1)})`,
        `the five restored ${restoredS.toFixed(1)} s after the right build`,
      ],
    };
  },
};

const secondsToEnd = async ({ installation }: Stage, submit: () => Promise<string[]>): Promise<number> => {
  const since = performance.now();
  const caseIds = await submit();
  await until('the cases have ended', WITHIN_MS, async () => (await openOf(installation, caseIds)) === 0);
  return (performance.now() - since) / 1000;
};

const openOf = async ({ db }: Installation, caseIds: readonly string[]): Promise<number> => {
  const { rowCount } = await db.query('select from cases where id = any ($1) and ended_at is null', [caseIds]);
  return rowCount ?? 0;
};

/** The entry of each case in the supervisors' list. */
const detailsOf = async ({ sandbox }: Installation): Promise<Map<string, string>> => {
  const { api, tokens } = sandbox();
  const { body } = await request(`${api}/api/v1/stalls?order=age&limit=500&cause=system`, {
    headers: { authorization: `Bearer ${tokens.supervisor}` },
  });
  const { stalls } = Listed.parse(await body.json());
  return new Map(stalls.flatMap(({ caseId, detail }) => (caseId === undefined ? [] : [[caseId, detail]])));
};
