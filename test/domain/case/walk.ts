import { fold } from '../../../domain/case/fold.ts';
import type { LedgerEntry } from '../../../domain/case/ledger.ts';
import { begin } from '../../../domain/case/engine.ts';
import type { CaseState } from '../../../domain/case/state.ts';
import type { Run } from './simulator.ts';

/**
 * Returns what is wrong with a schedule, or undefined. It uses the plan and the entries, and none of
 * the engine's helpers.
 */
export type Property = (run: Run) => string | undefined;

interface Stride {
  before: CaseState;
  entry: LedgerEntry;
  after: CaseState;
}

/** Folds a run once for all properties. */
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
 * Checks each ledger entry with the states before and after it. Returns the first fault.
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
