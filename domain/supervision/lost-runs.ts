/**
 * Why the workflow of an open case cannot continue it: it is missing in Temporal, it was reset, it
 * is behind the ledger (Temporal is older than Postgres), or it is ahead of the ledger (Postgres is
 * older than Temporal). `unwritten`: it has entries that the ledger lacks and that it can still
 * tell, so it only has to be asked for them. `asked`: a supervisor had the case continued in a new
 * run.
 */
export const LOSSES = ['missing', 'reset', 'behind', 'ahead', 'unwritten', 'asked'] as const;
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

/** From what a run tells: its last entry, and the entries that it does not know to be written. */
export const progressOf = ({ seq, changes }: ReportedRun): RunProgress => ({
  seq,
  confirmedSeq: changes?.prevSeq ?? seq,
});

export interface ReportedRun {
  seq: number;
  changes?: { prevSeq: number };
}

/**
 * How a run stands to the ledger. A run has an entry before the ledger has it, and knows only
 * afterwards that the ledger has it. `before` is the number of the last entry of the ledger as read
 * before the run was asked, `after` as read after that. A run that works is `unwritten` now and then.
 */
export const compareWithLedger = (
  { seq, confirmedSeq }: RunProgress,
  { before, after }: { before: number; after: number },
): 'behind' | 'ahead' | 'unwritten' | undefined => {
  if (confirmedSeq > after) return 'ahead';
  if (seq > after) return 'unwritten';
  return seq < before ? 'behind' : undefined;
};
