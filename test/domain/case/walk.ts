import { fold } from '../../../domain/case/fold.ts';
import type { LedgerEntry } from '../../../domain/case/ledger.ts';
import { begin } from '../../../domain/case/engine.ts';
import type { CaseState } from '../../../domain/case/state.ts';
import type { Run } from './simulator.ts';

/**
 * Names what it found wrong with a schedule; undefined: nothing. It judges by the plan and the
 * entries, not by the engine's helpers.
 */
export type Property = (run: Run) => string | undefined;

interface Stride {
  before: CaseState;
  entry: LedgerEntry;
  after: CaseState;
}

/** Many properties walk over one run: it is folded once. */
const walked = new WeakMap<Run, Stride[]>();

const stridesOf = (run: Run): Stride[] => {
  const known = walked.get(run);
  if (known) return known;
  let state = begin(run.plan, 0);
  const strides = run.entries.flat().map((entry): Stride => {
    const before = state;
    state = fold(before, entry);
    return { before, entry, after: state };
  });
  walked.set(run, strides);
  return strides;
};

/**
 * Walks the ledger entry by entry with the states before and after each; the first thing found
 * wrong.
 */
export const walk = (
  run: Run,
  look: (before: CaseState, entry: LedgerEntry, after: CaseState) => string | undefined,
): string | undefined => {
  for (const { before, entry, after } of stridesOf(run)) {
    const found = look(before, entry, after);
    if (found) return found;
  }
  return undefined;
};
