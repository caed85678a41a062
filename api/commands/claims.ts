import { coveredBy } from '../../db/worklist/absences.ts';
import type { StepRow } from '../../db/cases/steps.ts';
import { claimedBy, type OthersClaim } from '../../domain/worklist/claims.ts';
import type { Deps } from '../deps.ts';
import { actorOf } from '../identity.ts';
import type { Caller } from '../policy.ts';
import { problem, type Problem } from '../http/problems.ts';
import { instants } from '../views/instants.ts';

/** Whose tasks a caller may take: the own, and those of the officers whom the caller covers now. */
export const accountsOf = async ({ pool }: Deps, caller: Caller): Promise<string[]> => {
  const { id } = actorOf(caller);
  return caller.role === 'officer' ? [id, ...(await coveredBy(pool, caller.agency, id))] : [id];
};

/** Who has the task, since when and until when, as an officer is told who came second. */
export const claimProblem = ({ code, by }: OthersClaim, step: Pick<StepRow, 'claimedAt' | 'claimedUntil'>): Problem =>
  code === 'TASK_ASSIGNED'
    ? problem(code, { more: { officer: by } })
    : problem(code, { more: { claimedBy: by, ...instants(step, ['claimedAt', 'claimedUntil']) } });

/**
 * Throws the problem where another officer has the task or was given it, and the caller does not
 * cover for them.
 */
export const refuseIfClaimed = async (deps: Deps, caller: Caller, step: StepRow): Promise<void> => {
  const now = deps.now();
  // Most tasks are the caller's own or free: whom the caller covers is read only for the others.
  if (caller.role !== 'officer' || !claimedBy(step, [caller.account], now)) return;
  const claim = claimedBy(step, await accountsOf(deps, caller), now);
  if (claim) throw claimProblem(claim, step);
};
