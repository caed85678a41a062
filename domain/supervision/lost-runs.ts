/**
 * Why the workflow of an open case cannot continue it: it is missing in Temporal, it was reset, it
 * is behind the ledger (Temporal is older than Postgres), or it is ahead of the ledger (Postgres is
 * older than Temporal). `asked`: a supervisor had the case continued in a new run.
 */
export const LOSSES = ['missing', 'reset', 'behind', 'ahead', 'asked'] as const;
export type Loss = (typeof LOSSES)[number];

/**
 * Why lost cases do not resume by themselves: too many at once, Temporal is another one, or Postgres
 * is older than Temporal and lacks entries that a run has.
 */
export const MASS_LOSSES = ['many', 'namespace', 'ledger'] as const;
export type MassLoss = (typeof MASS_LOSSES)[number];

/** So many lost cases at the same time have one reason, which a person has to understand first. */
const MANY = 5;

/** Undefined: the lost cases resume by themselves. `ahead`: those with this loss. */
export const whyNotAutomatic = (found: {
  lost: number;
  ahead: number;
  isSameNamespace: boolean;
}): MassLoss | undefined => {
  if (found.lost === 0) return undefined;
  if (!found.isSameNamespace) return 'namespace';
  if (found.ahead > 0) return 'ledger';
  return found.lost >= MANY ? 'many' : undefined;
};

/** The last entry of a run, and the last one that it knows to be in the ledger, by their numbers. */
export interface RunProgress {
  seq: number;
  confirmedSeq: number;
}

/**
 * Whether a run is behind the ledger, or ahead of it in a way that no writer can repair. A run has
 * an entry before the ledger has it, and knows only afterwards that the ledger has it. `before` is
 * the number of the last entry of the ledger as read before the run was asked, `after` as read
 * after that.
 */
export const compareWithLedger = (
  { seq, confirmedSeq }: RunProgress,
  { before, after }: { before: number; after: number },
): 'behind' | 'ahead' | undefined => {
  if (confirmedSeq > after) return 'ahead';
  return seq < before ? 'behind' : undefined;
};
