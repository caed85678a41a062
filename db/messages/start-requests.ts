import type { Plan } from '../../domain/case/plan.ts';
import type { Db } from '../sql/pool.ts';

export interface StartRequest {
  caseId: string;
  caseNo: string;
  plan: Plan;
  /** When the papers came in, milliseconds since 1970. */
  receivedAt: number;
  /** The hash of ledger entry 1, hex: the first entries of the workflow are chained to it. */
  ledgerHash: string;
  /** This one included. */
  attempts: number;
}

/**
 * Takes up to `limit` cases that are to be started, or whose first entries are not written, oldest
 * first, for `leaseMs`. No other relay gets them meanwhile. The claims of a dead relay lapse, so a
 * case may be started twice: the workflow id refuses the second start.
 */
export const claimStarts = async (
  db: Db,
  { limit, leaseMs }: { limit: number; leaseMs: number },
): Promise<StartRequest[]> => {
  const { rows } = await db.query<StartRequest>({
    name: 'claim-starts',
    text: `with open as (
        select case_id from start_requests
        where recorded_at is null and (claimed_until is null or claimed_until <= now())
        order by created_at limit $1 for update skip locked
      ), claimed as (
        update start_requests set claimed_until = now() + $2 * interval '1 millisecond', attempts = attempts + 1
        from open where start_requests.case_id = open.case_id
        returning start_requests.case_id, start_requests.created_at, attempts
      )
      select cases.id as "caseId", cases.case_no as "caseNo", cases.plan, cases.submitted_at as "receivedAt", encode(ledger.hash, 'hex') as "ledgerHash",
        claimed.attempts
      from claimed join cases on cases.id = claimed.case_id join ledger on ledger.case_id = cases.id and ledger.seq = 1
      order by claimed.created_at`,
    values: [limit, leaseMs],
  });
  return rows;
};

/** The workflows of these cases exist, so messages can be dispatched to them. */
export const markStarted = async (db: Db, caseIds: readonly string[]): Promise<void> => {
  await db.query({
    name: 'mark-started',
    text: 'update start_requests set started_at = coalesce(started_at, now()) where case_id = any ($1)',
    values: [caseIds],
  });
};

/** The first entries of these cases are written, so their starts are complete. */
export const markRecorded = async (db: Db, caseIds: readonly string[]): Promise<void> => {
  await db.query({
    name: 'mark-recorded',
    text: `update start_requests set recorded_at = now(), started_at = coalesce(started_at, now()), claimed_until = null
      where case_id = any ($1)`,
    values: [caseIds],
  });
};

/** A start is incomplete: each is repeated after its `delayMs`. */
export const releaseStarts = async (
  db: Db,
  requests: readonly { caseId: string; delayMs: number }[],
): Promise<void> => {
  await db.query(
    `update start_requests set claimed_until = now() + "delayMs" * interval '1 millisecond'
    from jsonb_to_recordset($1) as failed ("caseId" uuid, "delayMs" integer)
    where case_id = failed."caseId" and recorded_at is null`,
    [JSON.stringify(requests)],
  );
};
