import type { Line } from './client-ledger.ts';
import { gather, type Evidence } from './evidence.ts';
import type { Installation } from './installation.ts';
import { everyWordSettled } from './invariants/every-word-settled.ts';
import type { Finding } from './invariants/finding.ts';
import { ledgerHolds } from './invariants/ledger-holds.ts';
import { legalTransitions } from './invariants/legal-transitions.ts';
import { noCaseLost } from './invariants/no-case-lost.ts';
import { oneEffect } from './invariants/one-effect.ts';
import { noNumberTwice, oneResult } from './invariants/one-result.ts';
import { oneWinner } from './invariants/one-winner.ts';
import { sameEverywhere } from './invariants/same-everywhere.ts';
import { howVisible, noFalseAlarm, stuckIsVisible } from './invariants/stuck-is-visible.ts';
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
  return { findings: judge(evidence, about.harmless), stalls: howVisible(evidence) };
};

/**
 * What does not hold by the evidence alone: I1 to I8. `harmless`: nothing was harmed, so nothing
 * that moves may be in the list of stalls.
 */
export const judge = (evidence: Evidence, harmless: boolean): Finding[] => [
  ...noCaseLost(evidence),
  ...noNumberTwice(evidence),
  ...oneWinner(evidence),
  ...stuckIsVisible(evidence),
  ...(harmless ? noFalseAlarm(evidence) : []),
  ...evidence.cases.flatMap((one) => [
    ...oneEffect(one, evidence),
    ...oneResult(one, evidence),
    ...sameEverywhere(one),
    ...ledgerHolds(one),
    ...everyWordSettled(one, evidence),
    ...legalTransitions(one),
  ]),
];
