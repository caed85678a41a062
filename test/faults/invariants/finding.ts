/** The invariants that must hold after any fault; docs/faults.md describes each. */
export type Invariant = 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6' | 'I7' | 'I8' | 'I11' | 'I12';

export interface Finding {
  invariant: Invariant;
  caseId?: string;
  step?: string;
  what: string;
}

/** Collects what one judge finds, in one case or in none. */
export const collect = (
  invariant: Invariant,
  caseId?: string,
): { findings: Finding[]; report: (what: string, step?: string) => void } => {
  const findings: Finding[] = [];
  return {
    findings,
    report: (what, step) =>
      void findings.push({
        invariant,
        what,
        ...(caseId !== undefined && { caseId }),
        ...(step !== undefined && { step }),
      }),
  };
};
