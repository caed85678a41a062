import { callOffsOf, type CallOff } from '../../domain/case/effects.ts';
import { fold } from '../../domain/case/fold.ts';
import { emptyCase, type CaseState } from '../../domain/case/state.ts';
import type { CaseWithPlan } from './cases.ts';
import { readLedger } from './ledger.ts';
import type { Db } from '../sql/pool.ts';

const PAGE = 500;

export interface ReadCaseState {
  state: CaseState;
  /** The hash (hex) and the instant of the last entry that was folded. */
  hash: string;
  at: number;
  /** The notices to agencies that its entries led to. */
  callOffs: CallOff[];
}

/** The case as the engine sees it: its ledger folded up to an entry or the last one. */
export const readCaseState = async (
  db: Db,
  { caseId, plan }: Pick<CaseWithPlan, 'caseId' | 'plan'>,
  untilSeq = Infinity,
): Promise<ReadCaseState> => {
  let state = emptyCase(plan);
  let hash = '';
  let at = 0;
  const callOffs: CallOff[] = [];
  for (;;) {
    const limit = Math.min(PAGE, untilSeq - state.seq);
    const rows = await readLedger(db, caseId, state.seq, limit);
    for (const row of rows) {
      callOffs.push(...callOffsOf(state, row.entry));
      state = fold(state, row.entry);
      hash = row.hash;
      at = row.entry.at;
    }
    if (rows.length < PAGE) return { state, hash, at, callOffs };
  }
};
