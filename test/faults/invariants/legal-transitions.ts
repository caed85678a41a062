import { fold } from '../../../domain/case/fold.ts';
import { emptyCase, type CaseState } from '../../../domain/case/state.ts';
import { isCaseEnd } from '../../../domain/case/status.ts';
import { PROPERTIES } from '../../domain/case/properties.ts';
import type { CaseEvidence } from '../evidence.ts';
import { collect, type Finding } from './finding.ts';

/** The properties of the engine's simulator that need only the ledger. */
const LEGAL = [
  'no step starts before its needs',
  'an ended step changes only by a new round or an undo, and rounds count up',
  'a refusal blocks exactly the descendants of the step, and a redo unblocks them',
  'undos run in reverse order, and only for steps that were started',
  'an undone step stays undone unless a person orders a redo, and no step starts while the case is being closed',
  'a case ends when everything is answered, and only a person reopens it',
  'the end of a case matches the ends of its steps',
  'a notice is sent once, and in the end every item is answered or has lapsed',
  'a step that waits for a material does not start before the material arrives',
] as const satisfies readonly (keyof typeof PROPERTIES)[];

/**
 * I8: every transition is legal. I11 judges the cases that are still open.
 */
export const judgeTransitions = ({ row, entries }: CaseEvidence): Finding[] => {
  const { findings, report } = collect('I8', row.caseId);
  if (!isCaseEnd(row.status)) return findings;
  const [, ...later] = entries;
  const end: CaseState = entries.reduce(fold, emptyCase(row.plan));
  const run = {
    ...{ seed: 0, plan: row.plan, entries: [later], states: [end] },
    ...{ effects: [], resumptions: [], events: [], outcomes: [], journal: new Map() },
  };
  for (const name of LEGAL) {
    const what = PROPERTIES[name](run);
    if (what !== undefined) report(`${name}: ${what}`);
  }
  return findings;
};
