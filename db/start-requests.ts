import type { Plan } from '../matters/engine/plan.ts';
import type { Db } from './pool.ts';

export interface StartRequest {
  caseId: string;
  caseNo: string;
  plan: Plan;
  /** When the papers came in, milliseconds since 1970. */
  receivedAt: number;
  /** Hash of ledger entry 1, hex: what the workflow's first progress is chained to. */
  ledgerHash: string;
}

/**
 * Takes up to `limit` cases to be started, oldest first, for `leaseMs`: no other relay gets them meanwhile, and a relay that dies lets
 * go by itself. So a case may be started twice: the workflow id refuses the second.
 */
export const claimStarts = async (
  db: Db,
  { limit, leaseMs }: { limit: number; leaseMs: number },
): Promise<StartRequest[]> => {
  const { rows } = await db.query<StartRequest>({
    name: 'claim-starts',
    text: `with open as (
        select case_id from start_requests
        where started_at is null and (claimed_until is null or claimed_until <= now())
        order by created_at limit $1 for update skip locked
      ), claimed as (
        update start_requests set claimed_until = now() + $2 * interval '1 millisecond', attempts = attempts + 1
        from open where start_requests.case_id = open.case_id
        returning start_requests.case_id, start_requests.created_at
      )
      select cases.id as "caseId", cases.case_no as "caseNo", cases.plan, cases.submitted_at as "receivedAt", encode(ledger.hash, 'hex') as "ledgerHash"
      from claimed join cases on cases.id = claimed.case_id join ledger on ledger.case_id = cases.id and ledger.seq = 1
      order by claimed.created_at`,
    values: [limit, leaseMs],
  });
  return rows;
};

/** The workflows of these cases exist. */
export const markStarted = async (db: Db, caseIds: readonly string[]): Promise<void> => {
  await db.query({
    name: 'mark-started',
    text: 'update start_requests set started_at = now(), claimed_until = null where case_id = any ($1) and started_at is null',
    values: [caseIds],
  });
};

/** Starting failed: it is tried again after `delayMs`. */
export const releaseStart = async (db: Db, caseId: string, delayMs: number): Promise<void> => {
  await db.query(
    `update start_requests set claimed_until = now() + $2 * interval '1 millisecond' where case_id = $1 and started_at is null`,
    [caseId, delayMs],
  );
};
