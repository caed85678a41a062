import { CLAIMABLE } from '../../domain/case/status.ts';
import { findOthersClaim, type OthersClaim } from '../../domain/worklist/claims.ts';
import type { Db } from '../sql/pool.ts';
import { getStep } from '../cases/steps.ts';

/** The claims on the tasks of an agency's worklist: officer, task and time. */

export type ClaimOutcome =
  | { kind: 'claimed'; claimedAt: number; claimedUntil: number }
  | { kind: 'claimed-by-other'; other: OthersClaim; claimedAt?: number; claimedUntil?: number }
  | { kind: 'not-open' };

interface ClaimRequest {
  caseId: string;
  stepId: string;
  /** The officer who claims it. */
  by: string;
  /** The accounts of this officer and of everyone whom the officer covers now. */
  accounts: readonly string[];
  leaseMs: number;
}

/**
 * An officer claims a task for `leaseMs`; claiming it again extends the claim. Of many at once only
 * one succeeds. `claimed-by-other`: another officer has it, by the rule of `findOthersClaim`, which
 * the statement repeats under the lock of the row. `not-open`: the agency cannot decide it now.
 * Throws `STEP_UNKNOWN`.
 */
export const claimTask = async (
  db: Db,
  { caseId, stepId, by, accounts, leaseMs }: ClaimRequest,
  now: number,
): Promise<ClaimOutcome> => {
  const { rows } = await db.query<{ claimedAt: number; claimedUntil: number }>(
    `update steps set claimed_by = $3, claimed_until = now() + $5 * interval '1 millisecond',
      claimed_at = case when claimed_by = $3 and claimed_until > now() then claimed_at else now() end
    where case_id = $1 and id = $2 and status = any($6) and not undo
      and coalesce(claimed_by = any($4) or claimed_until <= now(), true) and coalesce(officer = any($4), true)
    returning claimed_at as "claimedAt", claimed_until as "claimedUntil"`,
    [caseId, stepId, by, accounts, leaseMs, CLAIMABLE],
  );
  const [claimed] = rows;
  if (claimed) return { kind: 'claimed', ...claimed };
  const step = await getStep(db, caseId, stepId);
  const other = CLAIMABLE.includes(step.status) && !step.undo ? findOthersClaim(step, accounts, now) : undefined;
  if (!other) return { kind: 'not-open' };
  const { claimedAt, claimedUntil } = step;
  return {
    kind: 'claimed-by-other',
    other,
    ...(claimedAt !== undefined && { claimedAt }),
    ...(claimedUntil !== undefined && { claimedUntil }),
  };
};

/**
 * An officer releases a task, so that others can claim it at once. False: it was not claimed by
 * this officer.
 */
export const releaseTask = async (
  db: Db,
  { caseId, stepId, by }: { caseId: string; stepId: string; by: string },
): Promise<boolean> => {
  const { rowCount } = await db.query(
    `update steps set claimed_by = null, claimed_until = null
    where case_id = $1 and id = $2 and claimed_by = $3 and claimed_until > now()`,
    [caseId, stepId, by],
  );
  return rowCount === 1;
};
