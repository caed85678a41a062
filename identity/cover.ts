import { coveredBy } from '../db/worklist/absences.ts';
import type { Db } from '../db/sql/pool.ts';
import { actorOf, type Caller } from './caller.ts';

/**
 * The accounts whose tasks a caller may take: their own, and those of the officers whom they cover
 * now.
 */
export const accountsOf = async (db: Db, caller: Caller): Promise<string[]> => {
  const { id } = actorOf(caller);
  return caller.role === 'officer' ? [id, ...(await coveredBy(db, caller.agency, id))] : [id];
};
