import { fold } from '../../domain/case/fold.ts';
import { emptyCase, type CaseState } from '../../domain/case/state.ts';
import type { CaseWithPlan } from './cases.ts';
import { readLedger } from './ledger.ts';
import type { Db } from '../sql/pool.ts';

const PAGE = 500;

/**
 * The case as the engine sees it: its ledger folded up to an entry or the last one, with the hash
 * of that entry (hex).
 */
export const readCaseState = async (
  db: Db,
  { caseId, plan }: Pick<CaseWithPlan, 'caseId' | 'plan'>,
  untilSeq = Infinity,
): Promise<{ state: CaseState; hash: string }> => {
  let state = emptyCase(plan);
  let hash = '';
  for (;;) {
    const limit = Math.min(PAGE, untilSeq - state.seq);
    const rows = await readLedger(db, caseId, state.seq, limit);
    for (const row of rows) {
      state = fold(state, row.entry);
      hash = row.hash;
    }
    if (rows.length < PAGE) return { state, hash };
  }
};
