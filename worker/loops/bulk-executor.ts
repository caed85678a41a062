import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { sendNextItems, settleItems } from '../../db/supervision/bulk.ts';
import type { Cipher } from '../../db/sql/sealing.ts';
import { startLoop, type Loop } from '../../runtime/loop.ts';

/** At most so many cases of one act are told something each second: what is done at the counter comes first. */
const PER_SECOND = 20;
const POLL_MS = 500;

/**
 * Carries out bulk acts. It keeps nothing in memory: what is next is a row, the item and its message are committed together, and the
 * message's id is the item's. So it goes on exactly where it was, whenever it was killed, and several may run.
 */
export const startBulkExecutor = (
  { db, cipher, log }: { db: Pool; cipher: Cipher; log: Logger },
  pace = { limit: PER_SECOND, everyMs: 1_000 },
): Loop =>
  startLoop(
    async () => {
      const sent = await sendNextItems(db, cipher, pace);
      await settleItems(db);
      return sent > 0 ? 'more' : 'idle';
    },
    {
      everyMs: Math.min(POLL_MS, pace.everyMs),
      onError: (error) => log.warn({ err: error }, 'executing a bulk act failed, will retry'),
    },
  );
