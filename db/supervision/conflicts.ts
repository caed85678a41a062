import type { Db } from '../sql/pool.ts';
import { dropNulls } from '../sql/rows.ts';

/** A message of the system that was not recorded. Instants in milliseconds since 1970. */
export interface ConflictRow {
  caseId: string;
  messageId: string;
  matter: string;
  region: string;
  since: number;
  /** Its case has not ended. */
  open: boolean;
  yellowAt?: number;
  promisedAt?: number;
  statutoryAt?: number;
  pausedAt?: number;
}

/** The conflicts of open cases that have no stall yet, and those of ended cases that still have one. */
export const listConflicts = async (db: Db, limit: number): Promise<ConflictRow[]> => {
  const { rows } = await db.query<ConflictRow>({
    name: 'list-conflicts',
    text: `select case_id as "caseId", message_id as "messageId", matter, region, found_at as since, ended_at is null as open,
        yellow_at as "yellowAt", promised_at as "promisedAt", statutory_at as "statutoryAt", paused_at as "pausedAt"
      from message_conflicts join cases on cases.id = case_id
      where (ended_at is null) <> exists (
        select from stalls where stalls.case_id = message_conflicts.case_id and subject = message_id and cleared_at is null)
      order by found_at limit $1`,
    values: [limit],
  });
  return rows.map(dropNulls);
};
