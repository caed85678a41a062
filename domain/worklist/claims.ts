import type { StepStatus } from '../case/status.ts';

/** Whose task it is: of an agency's worklist, at a moment (docs/decisions/0015). */

/**
 * An officer has this long for a task, until it is open to colleagues again; claiming again extends
 * it. Milliseconds.
 */
export const CLAIM_MS = 30 * 60_000;

/** Who has a task, as its row has it. */
export interface Claim {
  /** To whom a supervisor gave it. */
  officer?: string | undefined;
  /** Who claimed it, and until when; milliseconds since 1970. */
  claimedBy?: string | undefined;
  claimedUntil?: number | undefined;
}

/** It is somebody else's: claimed by an officer, or given to one by a supervisor. */
export interface OthersClaim {
  code: 'TASK_TAKEN' | 'TASK_ASSIGNED';
  by: string;
}

/**
 * Whose task it is, where that is somebody else's than `accounts`: an officer's own and those whom
 * the officer covers now. Undefined: the officer may claim it. A task that a supervisor gave to an
 * officer is claimed by no other, and one that an officer claimed is theirs until the claim lapses.
 * `claimTask` in `db/worklist/claims.ts` does the same under the lock of the row.
 */
export const claimedBy = (
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
