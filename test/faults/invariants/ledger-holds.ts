import { isDeepStrictEqual } from 'node:util';
import { fold } from '../../../domain/case/fold.ts';
import type { LedgerEntry } from '../../../domain/case/ledger.ts';
import { emptyCase, type CaseState } from '../../../domain/case/state.ts';
import { isCaseEnd } from '../../../domain/case/status.ts';
import type { CaseEvidence } from '../evidence.ts';
import { collect, type Finding } from './finding.ts';

/** Notes for people, which change nothing. */
const NOTES: ReadonlySet<LedgerEntry['kind']> = new Set([
  'message-refused',
  'step-urged',
  'values-corrected',
  'calendar-changed',
]);

/**
 * I5: the chain of hashes verifies and has no gap; every entry but a note changes the case, so no
 * change is written twice, and the rows are the fold of the entries (I4), so none is missing; a
 * case is submitted once, accepted once and ends once each time it was open.
 */
export const ledgerHolds = ({ row, entries, chain }: CaseEvidence): Finding[] => {
  const { findings, report } = collect('I5', row.caseId);
  for (const { seq, problem } of chain) report(`entry ${seq} of the ledger: ${problem}`);
  const count = (kind: LedgerEntry['kind']) => entries.filter((entry) => entry.kind === kind).length;
  if (entries[0]?.kind !== 'case-submitted' || count('case-submitted') !== 1) report('not submitted once, and first');
  if (count('case-accepted') + count('case-deemed-accepted') > 1) report('accepted more than once');
  const ends = count('case-reopened') + (isCaseEnd(row.status) ? 1 : 0);
  if (count('case-ended') !== ends) report(`ended ${count('case-ended')} times and not ${ends}`);

  let state: CaseState = emptyCase(row.plan);
  entries.forEach((entry, index) => {
    const next = fold(state, entry);
    if (!NOTES.has(entry.kind) && isDeepStrictEqual({ ...next, seq: state.seq }, state)) {
      report(`entry ${index + 1}, ${entry.kind}, tells no change`);
    }
    state = next;
  });
  return findings;
};
