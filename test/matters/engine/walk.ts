import { fold } from '../../../matters/engine/fold.ts';
import type { LedgerEntry } from '../../../matters/engine/ledger.ts';
import { begin } from '../../../matters/engine/engine.ts';
import type { CaseState } from '../../../matters/engine/state.ts';
import type { Run } from './simulator.ts';

/** Names what it found wrong with a schedule; undefined: nothing. It judges by the plan and the entries, not by the engine's helpers. */
export type Property = (run: Run) => string | undefined;

/** Walks the ledger entry by entry with the states before and after each; the first thing found wrong. */
export const walk = (
  run: Run,
  look: (before: CaseState, entry: LedgerEntry, after: CaseState) => string | undefined,
): string | undefined => {
  let state = begin(run.plan, 0);
  for (const entry of run.entries.flat()) {
    const after = fold(state, entry);
    const found = look(state, entry, after);
    if (found) return found;
    state = after;
  }
  return undefined;
};
