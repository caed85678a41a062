import { isDeepStrictEqual } from 'node:util';
import { formatRequestId } from '../../../agencies/contract.ts';
import type { CaseEvidence, Evidence } from '../evidence.ts';
import { collect, type Finding } from './finding.ts';

/**
 * I3: one result a step and round. The agency issues the certificate and we keep its number: so
 * what the case shows is what the agency's journal says of that very request, a round has one
 * decision, and no number of an agency is in two places.
 */
export const judgeResults = ({ row, steps, entries, words }: CaseEvidence, { journal }: Evidence): Finding[] => {
  const { caseId } = row;
  const { findings, report } = collect('I3', caseId);
  const decided = new Set<string>();
  for (const entry of entries) {
    if (entry.kind !== 'step-decided') continue;
    const key = formatRequestId({ caseId, ...entry });
    if (decided.has(key)) report(`round ${entry.round} was decided twice`, entry.stepId);
    decided.add(key);
  }
  for (const { stepId, round, status, agency, messageId } of steps) {
    const shown = messageId === undefined ? undefined : words.get(messageId)?.result;
    if (shown !== undefined && status !== 'done' && status !== 'undone')
      report(`a result, and it is ${status}`, stepId);
    if (status !== 'done' || messageId?.startsWith(`agency:${agency}:`) !== true) continue;
    const requestId = formatRequestId({ caseId, stepId, round });
    const issued = journal.flatMap((entry) =>
      entry.kind === 'effect' && entry.requestId === requestId && entry.decision ? [entry.decision.result] : [],
    );
    if (!issued.some((result) => isDeepStrictEqual(result, shown))) report('not the result that was issued', stepId);
  }
  return findings;
};

/** I3, over all cases: no number that an agency has given is kept by two steps. */
export const judgeNumbers = ({ cases }: Evidence): Finding[] => {
  const { findings, report } = collect('I3');
  const holders = new Map<string, string>();
  for (const { row, steps, words } of cases) {
    for (const { stepId, agency, messageId } of steps) {
      const number = messageId === undefined ? undefined : words.get(messageId)?.result?.['certificateNo'];
      if (number === undefined) continue;
      const holder = `${row.caseId}:${stepId}`;
      const key = `${agency}:${String(number)}`;
      const first = holders.get(key);
      if (first !== undefined) report(`the number of ${first} is that of ${holder} too`);
      holders.set(key, holder);
    }
  }
  return findings;
};
