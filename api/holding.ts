import { coveredBy } from '../db/absences.ts';
import type { StepRow } from '../db/steps.ts';
import { heldBy, type Held } from '../matters/supervision/holding.ts';
import type { Deps } from './deps.ts';
import { actorOf } from './identity.ts';
import type { Caller } from './policy.ts';
import { problem, type Problem } from './problems.ts';
import { instants } from './views/instants.ts';

/** Whose tasks a caller may take: the own, and those of the officers whom the caller covers now. */
export const accountsOf = async ({ pool }: Deps, caller: Caller): Promise<string[]> => {
  const { id } = actorOf(caller);
  return caller.role === 'officer' ? [id, ...(await coveredBy(pool, caller.agency, id))] : [id];
};

/** Who has the task, since when and until when, as whoever was second is told. */
export const heldProblem = ({ code, by }: Held, step: Pick<StepRow, 'claimedAt' | 'claimedUntil'>): Problem =>
  code === 'TASK_ASSIGNED'
    ? problem(code, { more: { officer: by } })
    : problem(code, { more: { claimedBy: by, ...instants(step, ['claimedAt', 'claimedUntil']) } });

/** Another officer has the task, or it was given to one: nobody acts over his head but who covers him. Throws the problem. */
export const refuseIfHeld = async (deps: Deps, caller: Caller, step: StepRow): Promise<void> => {
  const now = deps.now();
  // Nearly always it is nobody else's: then nobody has to be looked for who is away.
  if (caller.role !== 'officer' || !heldBy(step, [caller.account], now)) return;
  const held = heldBy(step, await accountsOf(deps, caller), now);
  if (held) throw heldProblem(held, step);
};
