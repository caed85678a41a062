import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { takeOutdated } from '../../db/registry/calendars.ts';
import { putOwnMessage } from '../../db/messages/own-messages.ts';
import type { Cipher } from '../../db/sql/sealing.ts';
import { inTransaction } from '../../db/sql/pool.ts';
import { systemActor } from '../../domain/case/system-actors.ts';
import { storedId } from '../../domain/message-ids.ts';
import { startLoop, type Loop } from '../../runtime/loop.ts';
import type { Calendars } from '../../runtime/reference-data.ts';

/** A round without anything to do reads two indexes. */
const POLL_MS = 1_000;
/**
 * The number of cases that get the message at once, and so at most in a second: the messages of
 * agencies and people must not queue behind all open cases.
 */
const UNDER_WAY = 50;
const BY = systemActor('calendar-rollout');

export interface CalendarRolloutOptions {
  db: Pool;
  cipher: Cipher;
  calendars: Calendars;
  log: Logger;
}

/**
 * Tells open cases that a newer calendar is published, so that each computes its deadlines again
 * and records it.
 */
export const startCalendarRollout = (options: CalendarRolloutOptions): Loop =>
  startLoop(
    async () => {
      await rollOutCalendar(options);
      return 'idle';
    },
    {
      everyMs: POLL_MS,
      onError: (error) => options.log.warn({ err: error }, 'sending a new calendar to open cases failed, will retry'),
    },
  );

/**
 * One round; returns the number of messages sent. Any number of processes can run it, and stop at
 * any moment: a case is outdated until its row has the new calendar, and gets no second message
 * while one is open.
 */
export const rollOutCalendar = async ({ db, cipher, log, calendars }: CalendarRolloutOptions): Promise<number> => {
  const { version: calendar } = await calendars.newest();
  return inTransaction(db, async (client) => {
    const outdated = await takeOutdated(client, calendar, UNDER_WAY);
    for (const { caseId, before, ledgerSeq } of outdated) {
      // The id contains the number of the last entry: if a slow process has used the older calendar
      // once more, the case gets another message.
      const id = storedId(BY, `${calendar}:${ledgerSeq}`);
      const message = { kind: 'calendar-change', id, calendar, before, by: BY } as const;
      await putOwnMessage(client, { cipher, log }, { caseId, messageId: id, source: 'system', message });
    }
    return outdated.length;
  });
};
