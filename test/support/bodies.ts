import { readBodies } from '../../db/messages/inbox.ts';
import type { Db } from '../../db/sql/pool.ts';
import type { Opener } from '../../db/sql/sealing.ts';

/** The texts of the messages of a case by message id, all opened. */
export const openBodies = async (db: Db, opener: Opener, caseId: string): Promise<Map<string, unknown>> =>
  new Map([...(await readBodies(db, opener, caseId))].map(([id, open]) => [id, open()]));
