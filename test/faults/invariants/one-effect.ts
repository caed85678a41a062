import { formatRequestId } from '../../../agencies/contract.ts';
import type { CaseEvidence, Evidence } from '../evidence.ts';
import { collect, type Finding } from './finding.ts';

/**
 * I2: an agency acts once on a request; on steps that are done exactly once, on steps never sent
 * not at all.
 */
export const judgeEffects = ({ row, steps }: CaseEvidence, { journal }: Evidence): Finding[] => {
  const { caseId } = row;
  const { findings, report } = collect('I2', caseId);
  const counts = new Map<string, number>();
  for (const entry of journal) {
    if (entry.caseId !== caseId || entry.kind !== 'effect' || entry.effect === 'undone') continue;
    counts.set(entry.requestId, (counts.get(entry.requestId) ?? 0) + 1);
  }
  for (const { stepId, status, round, messageId, agency } of steps) {
    const sent = Array.from({ length: round }, (_, index) => formatRequestId({ caseId, stepId, round: index + 1 }));
    for (const requestId of sent) {
      const count = counts.get(requestId) ?? 0;
      if (count > 1) report(`${count} effects of ${requestId}`, stepId);
    }
    // A step that somebody else decided leaves no trace at its agency.
    const ownDecision = messageId?.startsWith(`agency:${agency}:`) === true;
    if (status === 'done' && ownDecision && counts.get(sent.at(-1) ?? '') === undefined) {
      report('done without effect', stepId);
    }
    const known = new Set(sent);
    const beyond = [...counts.keys()].some(
      (requestId) => requestId.startsWith(`${caseId}:${stepId}:`) && !known.has(requestId),
    );
    if (beyond) report('an effect of a request that was never recorded', stepId);
  }
  return findings;
};
