import { CLAIMABLE } from '../../domain/case/status.ts';
import { claimedBy, type OthersClaim } from '../../domain/worklist/claims.ts';
import type { Db } from '../sql/pool.ts';
import { getStep } from '../cases/steps.ts';

/** Who has which task of an agency's worklist, for how long. */

export type ClaimOutcome =
  | { kind: 'claimed'; claimedAt: number; claimedUntil: number }
  | { kind: 'claimed-by-other'; other: OthersClaim; claimedAt?: number; claimedUntil?: number }
  | { kind: 'not-open' };

interface Claiming {
  caseId: string;
  stepId: string;
  /** Who takes it. */
  by: string;
  /** The same, and whom the taker covers now. */
  accounts: readonly string[];
  leaseMs: number;
}

/**
 * An officer claims a task for `leaseMs`; claiming one's own again extends it. However many try at
 * once, one has it. `claimed-by-other`: it is somebody else's, by the rule of `claimedBy`, which
 * the statement repeats under the row's lock. `not-open`: the agency cannot decide it now. Throws
 * `STEP_UNKNOWN`.
 */
export const claimTask = async (
  db: Db,
  { caseId, stepId, by, accounts, leaseMs }: Claiming,
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
  const other = CLAIMABLE.includes(step.status) && !step.undo ? claimedBy(step, accounts, now) : undefined;
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
 * An officer gives a task back, so that colleagues can take it at once. False: it was not this
 * officer's.
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
