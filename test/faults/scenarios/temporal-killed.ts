import { storedId } from '../../../domain/message-ids.ts';
import { parseRequestId } from '../../../agencies/contract.ts';
import { person } from '../front-door.ts';
import type { Installation } from '../installation.ts';
import type { Scenario, Stage } from '../scenario.ts';
import { until } from '../until.ts';

const SAMPLES = [
  'newborn-registration/certificates-only',
  'newborn-registration/married-single-child-window',
  'newborn-registration/married-single-child',
];
/** Its requests are held, and decided through the API by two people at once. */
const OFFICERS = 'vaccination';
const CALLBACK_AFTER_MS = 600;
/** So many cases are submitted while the first stopped server lies there, at later ones a few. */
const WHILE_STOPPED = 10;
const UNDER_WAY_WITHIN_MS = 60_000;
const ANSWERS_WITHIN_MS = 15_000;
const GOOD: readonly (number | undefined)[] = [200, 201, 202, 409];

/**
 * S2: Temporal is stopped so that nothing more gets through, callbacks and decisions arrive and
 * cases are submitted, then it is killed: all that was taken meanwhile is in Postgres alone.
 */
export const temporalKilled: Scenario = {
  id: 'S2',
  name: 'Temporal killed, messages between inbox and delivery',
  control: { name: 'undelivered inbox rows are deleted', breaks: 'I7' },
  play: async (stage) => {
    const { frontDoor, intent, installation, control, cases, kills } = stage;
    await installation.behave({ mode: 'callback', delayMs: CALLBACK_AFTER_MS });
    if (!control) await installation.behave({ mode: 'hold' }, OFFICERS);
    const backMs: number[] = [];
    const broken: string[] = [];
    const decisions: Promise<unknown>[] = [];
    const decided = new Set<string>();
    let fired = 0;
    const decide = (requestIds: readonly string[]) => {
      for (const requestId of requestIds.filter((id) => !decided.has(id))) {
        decided.add(requestId);
        decisions.push(...decideTwice(stage, requestId));
      }
    };

    for (let kill = 0; kill < kills; kill += 1) {
      const before = installation.journalLength();
      const share = Math.max(2, Math.floor((cases - WHILE_STOPPED) / kills));
      await Promise.all(Array.from({ length: share }, () => frontDoor.submit(intent(SAMPLES))));
      await until('agencies have begun', UNDER_WAY_WITHIN_MS, () => installation.journalLength() > before);
      const open = control
        ? []
        : await until('officers have work', UNDER_WAY_WITHIN_MS, async () => {
            const held = (await installation.held(OFFICERS)).filter((id) => !decided.has(id));
            return held.length > 0 && held.slice(0, 3);
          });

      const pid = installation.signal('temporal', 'SIGSTOP');
      const asked = frontDoor.tries.length;
      decide(open);
      const submitted = Array.from({ length: kill === 0 ? WHILE_STOPPED : 2 }, () => frontDoor.submit(intent(SAMPLES)));
      await Promise.all(submitted);
      await until('everybody has an answer', ANSWERS_WITHIN_MS, () => {
        return frontDoor.tries.length >= asked + submitted.length + 2 * open.length;
      });
      await until('a message waits', UNDER_WAY_WITHIN_MS, async () => (await waiting(installation)) > 0);
      if (control) {
        const deleted = await installation.asOwner('delete from inbox where settled_at is null', []);
        if (deleted === 0) throw new Error('there was nothing to delete');
      }
      installation.signal('temporal', 'SIGKILL');
      fired += 1;
      const bad = frontDoor.tries.slice(asked).filter(({ status }) => !GOOD.includes(status));
      if (bad.length > 0) {
        broken.push(`answered ${bad.map(({ status }) => String(status)).join(', ')} while Temporal was unavailable`);
      }
      backMs.push(await installation.back('temporal', pid));
    }
    // From here on nothing more is held; what is gets its two decisions.
    await installation.behave({ mode: 'callback', delayMs: CALLBACK_AFTER_MS }, OFFICERS);
    if (!control) decide(await installation.held(OFFICERS));
    await Promise.all(decisions);
    return { fired: () => fired, backMs, broken };
  },
};

/** An officer approves and a supervisor refuses, at the same time: one of them is applied. */
const decideTwice = ({ frontDoor, installation }: Stage, requestId: string): Promise<unknown>[] => {
  const { tokens } = installation.sandbox();
  const { caseId, stepId, round } = parseRequestId(requestId) ?? {};
  const officer = tokens.officer[OFFICERS];
  if (caseId === undefined || stepId === undefined || officer === undefined) throw new Error(`no task: ${requestId}`);
  const sent = `approve:${requestId}`;
  const other = `refuse:${requestId}`;
  return [
    frontDoor.decide({
      path: `/agency/v1/tasks/${requestId}/decision`,
      by: person(officer),
      requestId,
      messageId: { sent, kept: storedId({ role: 'officer', id: `sandbox-officer-${OFFICERS}` }, sent) },
      body: { decision: 'approved' },
    }),
    frontDoor.decide({
      path: `/api/v1/cases/${caseId}/steps/${stepId}/decide`,
      by: person(tokens.supervisor),
      requestId,
      messageId: { sent: other, kept: storedId({ role: 'supervisor', id: 'sandbox-supervisor' }, other) },
      body: { decision: 'approved', reason: 'a rival decision', evidence: [{ reference: 'letter 1' }], round },
    }),
  ];
};

/** Messages that Postgres has and the case has not. */
const waiting = async ({ db }: Installation): Promise<number> => {
  const { rows } = await db.query<{ count: number }>('select count(*) from inbox where settled_at is null');
  return rows[0]?.count ?? 0;
};
