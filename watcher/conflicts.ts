import { listConflicts } from '../db/supervision/conflicts.ts';
import type { StallVerdict } from '../db/supervision/stalls.ts';
import type { Db } from '../db/sql/pool.ts';

/** The limit in one round. */
const AT_ONCE = 100;

/**
 * A message of the system that was not recorded, because a different one had its id, is a stall of
 * its own until the case ends or a person dismisses it: what it should have done has not been done.
 */
export const judgeConflicts = async (db: Db): Promise<StallVerdict[]> =>
  (await listConflicts(db, AT_ONCE)).map(({ messageId: subject, since, open, ...place }) => ({
    ...place,
    subject,
    stall: open ? { cause: 'system', detail: 'MESSAGE_CONFLICT', turn: 'system', since, stallsAt: since } : undefined,
  }));
