import type { StepStatus } from '../case/status.ts';

/** Which officer has a task of an agency's worklist at a moment (docs/decisions/0015). */

/**
 * An officer has this long for a task, until it is open to colleagues again; claiming again extends
 * it. Milliseconds.
 */
export const CLAIM_MS = 30 * 60_000;

/** The row of a task, as far as claims depend on it. */
export interface Claim {
  /** The officer to whom a supervisor assigned it. */
  officer?: string | undefined;
  /** The officer who claimed it, and the end of the claim; milliseconds since 1970. */
  claimedBy?: string | undefined;
  claimedUntil?: number | undefined;
}

/** The task of another officer: claimed, or assigned by a supervisor. */
export interface OthersClaim {
  code: 'TASK_TAKEN' | 'TASK_ASSIGNED';
  by: string;
}

/**
 * The other officer who has a task; undefined: the officer may claim it. `accounts` are the
 * officer's own and those whom the officer covers now. A task that a supervisor assigned is claimed
 * by no other officer; a claimed task stays with its officer until the claim lapses. `claimTask` in
 * `db/worklist/claims.ts` repeats this rule under the lock of the row.
 */
export const findOthersClaim = (
  { officer, claimedBy: claimant, claimedUntil }: Claim,
  accounts: readonly string[],
  now: number,
): OthersClaim | undefined => {
  const isClaimed = claimant !== undefined && claimedUntil !== undefined && claimedUntil > now;
  if (isClaimed && !accounts.includes(claimant)) return { code: 'TASK_TAKEN', by: claimant };
  return officer === undefined || accounts.includes(officer) ? undefined : { code: 'TASK_ASSIGNED', by: officer };
};

/** The agency works on the step, or has suspended it. */
const CLAIM_LASTS_IN: ReadonlySet<StepStatus> = new Set(['accepted', 'suspended']);

/**
 * Whether a claim lasts while its step is in this status; otherwise it lapses at once. A claim also
 * lapses with the round, and when a supervisor gives the task to another officer.
 */
export const claimLasts = (status: StepStatus): boolean => CLAIM_LASTS_IN.has(status);
