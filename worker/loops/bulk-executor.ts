import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { sendNextItems, settleItems } from '../../db/supervision/bulk.ts';
import type { Cipher } from '../../db/sql/sealing.ts';
import { startLoop, type Loop } from '../../runtime/loop.ts';

/**
 * The maximum number of cases of one act that are changed each second, so that work at the counter
 * is not delayed.
 */
const PER_SECOND = 20;
const POLL_MS = 500;

/**
 * Carries out bulk acts. It keeps no state in memory: the next item is a row, an item and its
 * message are committed together, and the id of the message is that of the item. It therefore
 * continues where it was after a crash, and several can run.
 */
export const startBulkExecutor = (
  { db, cipher, log }: { db: Pool; cipher: Cipher; log: Logger },
  pace = { limit: PER_SECOND, everyMs: 1_000 },
): Loop =>
  startLoop(
    async () => {
      const sent = await sendNextItems(db, { cipher, log }, pace);
      await settleItems(db);
      return sent > 0 ? 'more' : 'idle';
    },
    {
      everyMs: Math.min(POLL_MS, pace.everyMs),
      onError: (error) => log.warn({ err: error }, 'executing a bulk act failed, will retry'),
    },
  );
