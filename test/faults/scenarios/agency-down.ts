import { setTimeout as delay } from 'node:timers/promises';
import type { Installation } from '../installation.ts';
import { MIXED } from '../intents.ts';
import type { Scenario, Stage } from '../scenario.ts';
import { until } from '../until.ts';

const AGENCY = 'police';
const DOWN_MS = { short: 20_000, long: 120_000 };
const MANY_KILLS = 10;
/** Half of twenty calls, or five in a row; a few more may be under way when it opens. */
const OPEN_WITHIN_CALLS = 20;
const PROBE_EVERY_MS = 15_000;
const WITHIN_MS = 60_000;
/** The machine may be shared: others are not to stand still, and how they fare is printed. */
const OTHERS_WITHIN = 10;
const OTHERS_MS = 5_000;
const CLOSED_EVERY_MS = 200;

/** S5: an agency is down for long: an incident opens, it is probed and not stormed, the others go on, and then everything is made up for. */
export const agencyDown: Scenario = {
  id: 'S5',
  name: 'agency down, the others go on',
  control: { name: 'its breaker is closed again and again', breaks: 'its own line' },
  play: async (stage) => {
    const { frontDoor, intent, installation, control, cases, kills } = stage;
    await installation.behave({ mode: 'decide' });
    const share = Math.ceil(cases / 2);
    const submit = async () =>
      (await Promise.all(Array.from({ length: share }, () => frontDoor.submit(intent(MIXED))))).map(
        ({ caseId }) => caseId,
      );
    const first = await submit();
    await until('the first cases have ended', 2 * WITHIN_MS, async () => (await openOf(installation, first)) === 0);
    const normalMs = await p95(installation, first);

    const since = Date.now();
    // Every call is cut, and counted: a port that is shut would refuse and count nothing.
    await installation.behave({ mode: 'down', probability: 1 }, AGENCY);
    const stop = control ? closeAgainAndAgain(installation) : () => Promise.resolve();
    const second = await submit();
    const calls = async () => (await installation.calls(AGENCY)).filter(({ at }) => at >= since).length;
    if (!control) await until('an incident opens', WITHIN_MS, () => isOpen(installation));
    const opened = await calls();
    const openedAt = Date.now();
    const downMs = control ? DOWN_MS.short / 2 : kills >= MANY_KILLS ? DOWN_MS.long : DOWN_MS.short;
    await delay(downMs);
    const probes = (await calls()) - opened;
    const othersMs = await p95(installation, second);
    await stop();
    await installation.behave({ mode: 'decide' }, AGENCY);
    if (!control) await until('the incident is over', 2 * WITHIN_MS, async () => !(await isOpen(installation)));

    const broken: string[] = [];
    if (opened > OPEN_WITHIN_CALLS) broken.push(`${opened} calls before the incident opened`);
    const allowed = Math.ceil((Date.now() - openedAt) / PROBE_EVERY_MS) + 1;
    if (probes > allowed) broken.push(`${probes} calls while it was open, and not ${allowed}`);
    if (othersMs > Math.max(OTHERS_WITHIN * normalMs, OTHERS_MS))
      broken.push(`others took ${othersMs} ms, not ${normalMs}`);
    return {
      fired: () => opened,
      backMs: [],
      broken,
      figures: [
        `open after ${opened} calls, then ${probes} in ${(downMs / 1000).toFixed(0)} s`,
        `p95 of others ${othersMs} ms (${normalMs} ms before)`,
      ],
    };
  },
};

const isOpen = async ({ db }: Installation): Promise<boolean> => {
  const { rowCount } = await db.query(`select from incidents where agency = $1 and closed_at is null`, [AGENCY]);
  return rowCount !== 0;
};

const openOf = async ({ db }: Installation, caseIds: readonly (string | undefined)[]): Promise<number> => {
  const { rowCount } = await db.query('select from cases where id = any ($1) and ended_at is null', [caseIds]);
  return rowCount ?? 0;
};

/** From the first sending to the end of a step of any other agency, milliseconds. */
const p95 = async ({ db }: Installation, caseIds: readonly (string | undefined)[]): Promise<number> => {
  const { rows } = await db.query<{ ms: number | null }>(
    `select percentile_cont(0.95) within group (order by extract(epoch from ended_at - started_at)::float * 1000) as ms
    from steps where case_id = any ($1) and agency <> $2 and started_at is not null and ended_at is not null`,
    [caseIds, AGENCY],
  );
  return Math.round(rows[0]?.ms ?? 0);
};

/** As if nobody kept count. Gives how to stop it. */
const closeAgainAndAgain = (installation: Stage['installation']): (() => Promise<void>) => {
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
