import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { putOwnMessage, reportConflict, type OwnMessageDependencies } from '../../db/messages/own-messages.ts';
import type { Cipher } from '../../db/sql/sealing.ts';
import { inTransaction, type Db } from '../../db/sql/pool.ts';
import { actOnOrder, openOrder, takeUnanswered } from '../../db/supervision/orders.ts';
import { findLateSteps, takeEscalation, type DueEscalation } from '../../db/supervision/escalation-levels.ts';
import { isWindowOpen } from '../../domain/calendar/calendar.ts';
import { systemActor } from '../../domain/case/system-actors.ts';
import { storedId } from '../../domain/message-ids.ts';
import type { Matter } from '../../domain/matter/schema.ts';
import { levelOf } from '../../domain/supervision/escalation.ts';
import { replyDue } from '../../domain/supervision/orders.ts';
import { escalationText } from '../../domain/words/escalation.ts';
import { startLoop, type Loop } from '../../runtime/loop.ts';
import type { Calendars } from '../../runtime/reference-data.ts';

/**
 * Lights change by the hour, so this is often enough; each round is one query over the open steps.
 */
const POLL_MS = 5_000;
const AT_ONCE = 50;
const BY = systemActor('escalation');

export interface EscalationOptions {
  db: Pool;
  cipher: Cipher;
  calendars: Calendars;
  matter: (code: string, version: number) => Promise<Matter>;
  now: () => number;
  log: Logger;
}

/**
 * Applies the supervision rules of each matter: 催办 or 督办 when a step turns yellow or red, 通报 when
 * an order is not answered in time. Only in window hours, when the agency can act on it. Any number
 * can run side by side: each level is claimed in the transaction that acts on it.
 */
export const startEscalation = (options: EscalationOptions): Loop =>
  startLoop(() => escalate(options), {
    everyMs: POLL_MS,
    onError: (error) => options.log.warn({ err: error }, 'applying the supervision rules failed, will retry'),
  });

/** One round over everything that is late. */
export const escalate = async (options: EscalationOptions): Promise<'more' | 'idle'> => {
  if (!isWindowOpen(await options.calendars.newest(), options.now())) return 'idle';
  const late = await findLateSteps(options.db, options.now(), AT_ONCE);
  for (const step of late) await takeNextLevel(options, step);
  const circulated = await circulateUnanswered(options);
  return late.length === AT_ONCE || circulated === AT_ONCE ? 'more' : 'idle';
};

const takeNextLevel = async (
  { db, cipher, calendars, matter, now, log }: EscalationOptions,
  step: DueEscalation,
): Promise<void> => {
  const calendar = await calendars.newest();
  const { supervision } = await matter(step.matter, step.version);
  const level = levelOf(supervision, step);
  await inTransaction(db, async (client) => {
    if (!(await takeEscalation(client, step, level))) return;
    if (level === 'urge') await urge(client, { cipher, log }, step);
    if (level === 'order') {
      const { light: ground, kind: _kind, ...about } = step;
      const at = now();
      const event = { messageId: 'rule', by: BY, at, words: { text: escalationText(ground) } };
      // If a supervisor has given an order already, the escalation continues from that order.
      const circulates = supervision.unanswered === 'circulate';
      await openOrder(client, cipher, { ...about, ground, circulates, ...event, ...replyDue(calendar, at) });
    }
  });
};

const urge = async (
  client: Db,
  own: OwnMessageDependencies,
  { caseId, stepId, round, light }: DueEscalation,
): Promise<void> => {
  const id = storedId(BY, `${stepId}:${round}:${light}`);
  const message = { kind: 'urge', id, stepId, by: BY } as const;
  const body = { reason: escalationText(light) };
  await putOwnMessage(client, own, { caseId, messageId: id, stepId, round, source: 'system', message, body });
};

const circulateUnanswered = async ({ db, cipher, calendars, now, log }: EscalationOptions): Promise<number> => {
  const calendar = await calendars.newest();
  return inTransaction(db, async (client) => {
    const at = now();
    const unanswered = await takeUnanswered(client, at, AT_ONCE);
    for (const { orderId, caseId } of unanswered) {
      const event = { messageId: `circulate:${orderId}`, by: BY, at, words: { text: escalationText('unanswered') } };
      const due = replyDue(calendar, at);
      const acted = await actOnOrder(client, cipher, orderId, { action: 'circulate', ...event, due });
      if (acted.kind !== 'different') continue;
      await reportConflict(client, log, { caseId, messageId: storedId(BY, event.messageId) });
    }
    return unanswered.length;
  });
};
