import type { Line } from './client-ledger.ts';
import { gather, type Evidence } from './evidence.ts';
import type { Installation } from './installation.ts';
import { judgeMessages } from './invariants/every-word-settled.ts';
import type { Finding } from './invariants/finding.ts';
import { ledgerHolds } from './invariants/ledger-holds.ts';
import { judgeTransitions } from './invariants/legal-transitions.ts';
import { judgeIntents } from './invariants/no-case-lost.ts';
import { judgeEffects } from './invariants/one-effect.ts';
import { judgeNumbers, judgeResults } from './invariants/one-result.ts';
import { judgeRivals } from './invariants/one-winner.ts';
import { judgeCopies } from './invariants/same-everywhere.ts';
import { describeVisibility, judgeAlarms, judgeStuck } from './invariants/stuck-is-visible.ts';
import type { Standing } from './standing.ts';

/**
 * Checks the cases of a scenario after the faults. No findings: all invariants hold. `stalls`: the
 * delays of the list of stalls, for the reader.
 */
export const check = async (
  installation: Installation,
  lines: Line[],
  about: { since: number; stood: readonly Standing[]; harmless: boolean },
): Promise<{ findings: Finding[]; stalls: string[] }> => {
  const evidence = await gather(installation, lines, about);
  return { findings: judge(evidence, about.harmless), stalls: describeVisibility(evidence) };
};

/**
 * What does not hold by the evidence alone: I1 to I8. `harmless`: nothing was harmed, so nothing
 * that moves may be in the list of stalls.
 */
export const judge = (evidence: Evidence, harmless: boolean): Finding[] => [
  ...judgeIntents(evidence),
  ...judgeNumbers(evidence),
  ...judgeRivals(evidence),
  ...judgeStuck(evidence),
  ...(harmless ? judgeAlarms(evidence) : []),
  ...evidence.cases.flatMap((one) => [
    ...judgeEffects(one, evidence),
    ...judgeResults(one, evidence),
    ...judgeCopies(one),
    ...ledgerHolds(one),
    ...judgeMessages(one, evidence),
    ...judgeTransitions(one),
  ]),
];
