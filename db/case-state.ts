import { fold } from '../matters/engine/fold.ts';
import { emptyCase, type CaseState } from '../matters/engine/state.ts';
import type { CaseWithPlan } from './cases.ts';
import { readLedger } from './ledger.ts';
import type { Db } from './pool.ts';

const PAGE = 500;

/** The case as the engine sees it: the fold of its ledger, with the hash of its last entry (hex). */
export const readCaseState = async (
  db: Db,
  { caseId, plan }: Pick<CaseWithPlan, 'caseId' | 'plan'>,
): Promise<{ state: CaseState; hash: string }> => {
  let state = emptyCase(plan);
  let hash = '';
  for (;;) {
    const rows = await readLedger(db, caseId, state.seq, PAGE);
    for (const row of rows) {
      state = fold(state, row.entry);
      hash = row.hash;
    }
    if (rows.length < PAGE) return { state, hash };
  }
};
