import { setTimeout as delay } from 'node:timers/promises';
import { request } from 'undici';
import { z } from 'zod';
import { storedId } from '../../../domain/message-ids.ts';
import { agencySystem, postOnce } from '../front-door.ts';
import { waitForPending } from '../pending.ts';
import type { Installation } from '../installation.ts';
import type { Scenario, Stage } from '../scenario.ts';
import { until } from '../until.ts';

const SAMPLES = ['home-purchase-move/second-hand-in-county'];
/**
 * Its silence for five working days is an acceptance (domain/case/deemed-acceptance.ts): so long as it holds the
 * step, an instant is waited for.
 */
const INTAKE = 'window';
/** The clock of the API that takes the cases is off by one of these. */
const API_MS = { 'an hour ahead': 3_600_000, 'an hour behind': -3_600_000, 'a day ahead': 86_400_000 };
/**
 * That of the worker by one of these: were it more, agencies would refuse its signatures, as we do
 * theirs.
 */
const WORKER_MS = [-240_000, 240_000];
const MOST_CASES = 20;
const WITHIN_MS = 60_000;
/** Several looks of `due-instants` and of the escalation. */
const WATCHED_MS = 7_000;
/** The agency's clock is wrong by this much: refused beyond five minutes, and accepted within. */
const SKEWS_S = { refused: [-400, 400], accepted: [-200, 200] };
const Refusal = z.object({ code: z.string() });
const Ledger = z.object({ entries: z.array(z.object({ seq: z.int() })) });

/**
 * S11: the clocks of the API, of the worker and of agencies are wrong. No deadline comes early. A
 * signature outside five minutes is refused with the reason. Readers see decisions in their real
 * order, with any clocks.
 */
export const clockOff: Scenario = {
  id: 'S11',
  name: 'clocks wrong',
  control: { name: 'an instant that cases wait for is moved to now', breaks: 'its own line' },
  play: async (stage) => {
    const { openDoor, intent, installation, control, cases, random } = stage;
    await installation.behave({ mode: 'decide' });
    await installation.behave({ mode: 'hold' }, INTAKE);
    const [name, apiMs] = random.pick(Object.entries(API_MS));
    const workerMs = random.pick(WORKER_MS);
    const down = installation.keepDown('worker');
    const worker = await installation.startWorker({ env: shiftClock(workerMs) });
    const api = await installation.startApi({ env: shiftClock(apiMs) });
    const door = openDoor(() => api.url);
    const broken: string[] = [];
    let caseIds: string[] = [];
    let waitedFor = 0;
    try {
      const submitted = Array.from({ length: Math.min(cases, MOST_CASES) }, () => door.submit(intent(SAMPLES)));
      caseIds = (await Promise.all(submitted)).flatMap(({ caseId }) => caseId ?? []);
      waitedFor = await until('instants are waited for', WITHIN_MS, async () => {
        const waiting = await count(installation, 'select from dues where case_id = any ($1)', caseIds);
        return waiting >= caseIds.length && waiting;
      });
      const held = await waitForPending(installation, INTAKE, caseIds);
      if (control) await installation.asOwner('update dues set due_at = now() where case_id = any ($1)', [caseIds]);
      await delay(WATCHED_MS);
      broken.push(...(await findEarly(installation, caseIds)));
      // Its pending requests stay pending; later steps do not matter here.
      await installation.behave({ mode: 'decide' });
      for (const [index, requestId] of held.entries()) broken.push(...(await sayOffTime(stage, requestId, index)));
      // Requests that arrived later.
      for (const requestId of await installation.held(INTAKE))
        if (caseIds.some((caseId) => requestId.startsWith(caseId)))
          await installation.answer(INTAKE, requestId, { decision: 'approved' });
    } finally {
      await api.running.stop();
      await worker.stop();
      await installation.back('worker', down.release());
    }
    for (const caseId of caseIds) broken.push(...(await findOutOfOrder(installation, caseId)));
    return {
      fired: () => waitedFor,
      backMs: [],
      broken,
      figures: [
        `API ${name}, worker ${workerMs / 1000} s off, ${waitedFor} instants waited for sent early: ${broken.length === 0 ? 'none' : 'some'}`,
      ],
    };
  },
};

/** Starts a process with a module that shifts its clock. */
const shiftClock = (ms: number) => ({
  NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(`
    const Own = Date;
    globalThis.Date = class extends Own {
      constructor(...at) { if (at.length === 0) super(Own.now() + ${ms}); else super(...at); }
      static now() { return Own.now() + ${ms}; }
    };`)}`,
});

const count = async ({ db }: Installation, sql: string, caseIds: readonly string[]): Promise<number> =>
  (await db.query(sql, [caseIds])).rowCount ?? 0;

/** The effects of time on the cases; nothing is due for days. */
const findEarly = async (installation: Installation, caseIds: readonly string[]): Promise<string[]> => {
  const sent = await count(installation, 'select from dues where case_id = any ($1) and sent_at is not null', caseIds);
  const acted = await count(
    installation,
    `select from ledger where case_id = any ($1) and kind in ('case-deemed-accepted', 'step-urged', 'supplement-lapsed')`,
    caseIds,
  );
  const orders = await count(installation, 'select from supervision_orders where case_id = any ($1)', caseIds);
  return judgeEarly({ sent, acted, orders });
};

/** How much came although nothing is due yet. */
export const judgeEarly = ({ sent, acted, orders }: Record<'sent' | 'acted' | 'orders', number>): string[] =>
  sent + acted + orders === 0 ? [] : [`${sent} instants, ${acted} entries and ${orders} orders came early`];

/**
 * The agency answers with a clock that differs too much, gets a refusal with the reason, and
 * answers again with one that differs a little.
 */
const sayOffTime = async ({ installation, agent, frontDoor }: Stage, requestId: string, index: number) => {
  const { api, agencies } = installation.sandbox();
  const secret = agencies[INTAKE]?.secret ?? '';
  const path = `/agency/v1/tasks/${requestId}/decision`;
  const broken: string[] = [];
  for (const skewS of SKEWS_S.refused) {
    const messageId = `off-${skewS}-${requestId}`;
    const by = agencySystem(INTAKE, secret, messageId, skewS);
    const reply = await postOnce({ api, agent, path, by, body: { decision: 'refused', reason: 'off', messageId } });
    const code = Refusal.safeParse(JSON.parse(reply.body)).data?.code;
    if (reply.status !== 401 || code !== 'TIMESTAMP_OUTSIDE') broken.push(`${skewS} s: ${reply.status} ${code ?? ''}`);
    const { rowCount } = await installation.db.query('select from inbox where message_id like $1', [`%${messageId}`]);
    if (rowCount !== 0) broken.push(`${skewS} s: it is in the inbox`);
  }
  const skewS = SKEWS_S.accepted[index % SKEWS_S.accepted.length] ?? 0;
  await installation.answer(INTAKE, requestId, { decision: 'approved' });
  const decided = installation.journal().find((entry) => entry.requestId === requestId && entry.kind === 'effect');
  if (decided?.kind !== 'effect' || !decided.decision) return [...broken, `${requestId} is not decided`];
  const { messageId: sent, ...body } = decided.decision;
  const { status } = await frontDoor.decide({
    path,
    by: agencySystem(INTAKE, secret, sent, skewS),
    requestId,
    messageId: { sent, kept: storedId({ role: 'agency', id: INTAKE }, sent) },
    body,
  });
  if (status !== 200) broken.push(`${skewS} s: answered ${status} and not 200`);
  return broken;
};

const findOutOfOrder = async ({ sandbox }: Installation, caseId: string): Promise<string[]> => {
  const { api, tokens } = sandbox();
  const headers = { authorization: `Bearer ${tokens.supervisor}` };
  const { body } = await request(`${api}/api/v1/cases/${caseId}/ledger`, { headers });
  const { entries } = Ledger.parse(await body.json());
  return entries.every(({ seq }, index) => seq === index + 1) ? [] : [`${caseId} is not read in order`];
};
