import type { Actor } from '../../domain/case/messages.ts';
import type { Sealer } from '../sql/sealing.ts';
import type { Db } from '../sql/pool.ts';
import { dropNulls } from '../sql/rows.ts';

/** A message of the system that was not recorded. Instants in milliseconds since 1970. */
export interface ConflictRow {
  caseId: string;
  messageId: string;
  matter: string;
  region: string;
  since: number;
  /** Its case has not ended, and no person has dismissed it. */
  open: boolean;
  yellowAt?: number;
  promisedAt?: number;
  statutoryAt?: number;
  pausedAt?: number;
}

const IS_OPEN = '(ended_at is null and dismissed_at is null)';

/** The open conflicts that have no stall yet, and the others that still have one. */
export const listConflicts = async (db: Db, limit: number): Promise<ConflictRow[]> => {
  const { rows } = await db.query<ConflictRow>({
    name: 'list-conflicts',
    text: `select case_id as "caseId", message_id as "messageId", matter, region, found_at as since, ${IS_OPEN} as open,
        yellow_at as "yellowAt", promised_at as "promisedAt", statutory_at as "statutoryAt", paused_at as "pausedAt"
      from message_conflicts join cases on cases.id = case_id
      where ${IS_OPEN} <> exists (
        select from stalls where stalls.case_id = message_conflicts.case_id and subject = message_id and cleared_at is null)
      order by found_at limit $1`,
    values: [limit],
  });
  return rows.map(dropNulls);
};

/**
 * A person says that the message needs nothing any more. The first dismissal stays. False: there is
 * no such conflict.
 */
export const dismissConflict = async (
  db: Db,
  cipher: Sealer,
  { caseId, messageId, by, reason }: { caseId: string; messageId: string; by: Actor; reason: string },
): Promise<boolean> => {
  const { rowCount } = await db.query(
    `update message_conflicts set dismissed_by = coalesce(dismissed_by, $3), dismissed_at = coalesce(dismissed_at, now()),
      reason = coalesce(reason, $4)
    where case_id = $1 and message_id = $2`,
    [caseId, messageId, JSON.stringify(by), cipher.seal(reason, `message-conflict:${caseId}:${messageId}`)],
  );
  return rowCount === 1;
};
