import type { Pool } from 'pg';
import type { CaseWithPlan } from '../../db/cases.ts';
import { readLedger } from '../../db/ledger.ts';
import { whyNotWithdraw } from '../../matters/engine/engine.ts';
import { emptyCase, fold, stepOf, type CaseState } from '../../matters/engine/state.ts';
import { withdrawalOf } from '../../matters/engine/undo.ts';
import type { WithdrawalPreview } from '../contract.ts';
import type { Deps } from '../deps.ts';
import { agencyName } from '../registry.ts';
import { stepName } from './case.ts';

const PAGE = 500;

/** What a withdrawal would do to each step as the case stands now, by the very rules that will do it. */
export const previewWithdrawal = async (deps: Deps, found: CaseWithPlan): Promise<WithdrawalPreview> => {
  const [state, agencies, { matter }] = await Promise.all([
    foldCase(deps.pool, found),
    deps.registry.agencies(),
    deps.registry.matterOf(found),
  ]);
  const code = whyNotWithdraw(state);
  return {
    allowed: code === undefined,
    ...(code !== undefined && { code }),
    steps: found.plan.steps.map((step) => ({
      id: step.id,
      name: stepName(matter, step.id),
      agency: agencyName(agencies, step.agency),
      status: stepOf(state, step.id).status,
      effect: withdrawalOf(state, step),
      undo: step.undo.class,
    })),
  };
};

/** The case as the engine sees it: the fold of its ledger. */
const foldCase = async (pool: Pool, { caseId, plan }: CaseWithPlan): Promise<CaseState> => {
  let state = emptyCase(plan);
  for (;;) {
    const entries = await readLedger(pool, caseId, state.seq, PAGE);
    state = entries.reduce((before, { entry }) => fold(before, entry), state);
    if (entries.length < PAGE) return state;
  }
};
