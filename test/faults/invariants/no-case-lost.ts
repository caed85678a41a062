import type { Evidence } from '../evidence.ts';
import { collect, type Finding } from './finding.ts';

/**
 * I1: each acknowledged submission is one case with one workflow; an unknown reply is a whole case
 * or none.
 */
export const judgeIntents = ({ lines, casesOf, cases }: Evidence): Finding[] => {
  const { findings, report } = collect('I1');
  const acknowledgedBy = new Map<string, Set<string>>();
  const persons = new Map(lines.flatMap((line) => (line.kind === 'submit' ? [[line.intent, line.person]] : [])));
  for (const line of lines) {
    if (line.kind !== 'submitted' || line.caseId === undefined) continue;
    acknowledgedBy.set(line.intent, (acknowledgedBy.get(line.intent) ?? new Set()).add(line.caseId));
  }
  for (const [intent, person] of persons) {
    const existing = casesOf.get(person) ?? [];
    const acknowledged = [...(acknowledgedBy.get(intent) ?? [])];
    if (acknowledged.length !== 1) report(`${intent} got ${acknowledged.length} cases`);
    if (existing.length !== 1) report(`${intent} has ${existing.length} cases`);
    for (const caseId of acknowledged.filter((id) => !existing.includes(id))) report(`${intent} lost ${caseId}`);
  }
  return [...findings, ...cases.flatMap(judgeCase)];
};

const judgeCase = ({ row, companions, workflows }: Evidence['cases'][number]): Finding[] => {
  const { findings, report } = collect('I1', row.caseId);
  if (workflows !== 1) report(`has ${workflows} workflows`);
  if (companions.some((count) => count !== 1)) report('is not wholly there');
  return findings;
};
