import type { StepRow } from '../../db/cases/steps.ts';
import { findOthersClaim, type OthersClaim } from '../../domain/worklist/claims.ts';
import type { Deps } from '../deps.ts';
import { accountsOf } from '../../identity/cover.ts';
import type { Caller } from '../../identity/caller.ts';
import { problem, type Problem } from '../http/problems.ts';
import { instants } from '../views/instants.ts';

/** The claim on a task, for the error response to another officer. */
export const claimProblem = ({ code, by }: OthersClaim, step: Pick<StepRow, 'claimedAt' | 'claimedUntil'>): Problem =>
  code === 'TASK_ASSIGNED'
    ? problem(code, { more: { officer: by } })
    : problem(code, { more: { claimedBy: by, ...instants(step, ['claimedAt', 'claimedUntil']) } });

/**
 * Throws when another officer has claimed the task or was assigned it, unless the caller covers for
 * that officer.
 */
export const refuseIfClaimed = async (deps: Deps, caller: Caller, step: StepRow): Promise<void> => {
  const now = deps.now();
  // Most tasks are free or the caller's own, so the absences are read only for the others.
  if (caller.role !== 'officer' || !findOthersClaim(step, [caller.account], now)) return;
  const claim = findOthersClaim(step, await accountsOf(deps.pool, caller), now);
  if (claim) throw claimProblem(claim, step);
};
