import { formatRequestId } from '../../../agencies/contract.ts';
import type { EntryOf } from '../../../domain/case/ledger.ts';
import type { CaseEvidence, Evidence } from '../evidence.ts';
import { collect, type Finding } from './finding.ts';

/**
 * I8: of several simultaneous decisions on one request exactly one was applied, and the answers to
 * the others named the first decision and its time.
 */
export const judgeRivals = ({ lines, cases }: Evidence): Finding[] => {
  const { findings, report } = collect('I8');
  const rivals = new Map<string, Set<string>>();
  const firstBy = new Map<string, string>();
  for (const line of lines) {
    if (line.kind === 'decide') {
      rivals.set(line.requestId, (rivals.get(line.requestId) ?? new Set()).add(line.messageId));
    }
    if (line.kind === 'decided' && line.first) firstBy.set(line.messageId, line.first.by);
  }
  for (const [requestId, messageIds] of rivals) {
    const found = cases.find(({ row }) => requestId.startsWith(`${row.caseId}:`));
    // A sample case of the installation, which no client of the scenario handed in.
    if (!found) continue;
    const decider = decisionOf(found, requestId);
    const outcomes = [...messageIds].map((id) => ({ id, outcome: found.inbox.get(id) }));
    const applied = outcomes.filter(({ outcome }) => outcome?.kind === 'applied').length;
    const lost = outcomes.some(({ outcome }) => outcome === undefined);
    if (applied > 1 || lost || decider === undefined || !messageIds.has(decider.messageId)) {
      report(`${applied} of ${messageIds.size} decided ${requestId}`);
    }
    for (const { id, outcome } of outcomes) {
      if (outcome?.kind !== 'refused' || outcome.code !== 'STEP_ALREADY_DECIDED') continue;
      const winner = decider?.by.id ?? 'none';
      if (firstBy.get(id) !== winner)
        report(`${id} got ${firstBy.get(id) ?? 'none'} as the first decider, not ${winner}`);
    }
  }
  return findings;
};

/** The entry that decided a request; undefined: none, or more than one. */
const decisionOf = ({ row, entries }: CaseEvidence, requestId: string): EntryOf<'step-decided'> | undefined => {
  const found = entries.filter(
    (entry) => entry.kind === 'step-decided' && requestId === formatRequestId({ caseId: row.caseId, ...entry }),
  );
  const [first, ...more] = found;
  return more.length === 0 && first?.kind === 'step-decided' ? first : undefined;
};
