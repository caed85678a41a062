/**
 * Why the workflow of an open case cannot continue it: it is missing in Temporal, it was reset, or
 * it is behind the ledger. `asked`: a supervisor had the case continued in a new run.
 */
export const LOSSES = ['missing', 'reset', 'behind', 'asked'] as const;
export type Loss = (typeof LOSSES)[number];

/** Why lost cases do not resume by themselves: too many at once, or Temporal is another one. */
export const MASS_LOSSES = ['many', 'namespace'] as const;
export type MassLoss = (typeof MASS_LOSSES)[number];

/** So many lost cases at the same time have one reason, which a person has to understand first. */
const MANY = 5;

/** Undefined: the lost cases resume by themselves. */
export const whyNotAutomatic = (found: { lost: number; isSameNamespace: boolean }): MassLoss | undefined => {
  if (found.lost === 0) return undefined;
  if (!found.isSameNamespace) return 'namespace';
  return found.lost >= MANY ? 'many' : undefined;
};
