import { fold } from '../../../domain/case/fold.ts';
import { emptyCase, type CaseState } from '../../../domain/case/state.ts';
import { isCaseEnd } from '../../../domain/case/status.ts';
import { PROPERTIES } from '../../domain/case/properties.ts';
import type { CaseEvidence } from '../evidence.ts';
import { collect, type Finding } from './finding.ts';

/** What the engine's simulator asks of a run that a ledger alone can answer. */
const LEGAL = [
  'no step starts before its needs',
  'a step that has ended moves only by a new round or an undo, and rounds count up',
  'a refusal blocks exactly its descendants, and doing it again frees them',
  'undo runs in reverse and only over what was started',
  'what was undone stays undone unless a person orders it anew, and nothing starts while a case is closed',
  'the case settles once everything is answered, and after its end only a person takes it up again',
  'the end says what happened',
  'a notice is told once, and in the end every item is answered or given up',
  'nothing that waits for a paper starts before it is there',
] as const satisfies readonly (keyof typeof PROPERTIES)[];

/**
 * I8: every transition was a legal one. A case that is still open is judged by I11 and not here.
 */
export const judgeTransitions = ({ row, entries }: CaseEvidence): Finding[] => {
  const { findings, report } = collect('I8', row.caseId);
  if (!isCaseEnd(row.status)) return findings;
  const [, ...later] = entries;
  const end: CaseState = entries.reduce(fold, emptyCase(row.plan));
  const run = {
    ...{ seed: 0, plan: row.plan, entries: [later], states: [end] },
    ...{ effects: [], events: [], outcomes: [], journal: new Map() },
  };
  for (const name of LEGAL) {
    const what = PROPERTIES[name](run);
    if (what !== undefined) report(`${name}: ${what}`);
  }
  return findings;
};
