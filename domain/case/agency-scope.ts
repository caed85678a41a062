import type { LedgerEntry } from './ledger.ts';
import type { Plan } from './plan.ts';
import { SKIPPED, type StepStatus } from './status.ts';

/** How far the officers of an agency, or a supervisor of another division, see a case. */
export interface AgencyScope {
  /** The steps of the agency, or those that the division of a supervisor decides. */
  own: ReadonlySet<string>;
  /** The steps of other agencies that a step of the agency waits for. Only their status is visible. */
  needed: ReadonlySet<string>;
}

interface ScopedStep {
  stepId: string;
  status: StepStatus;
}

/**
 * A skipped step gives no right. `isOwn` judges the present agency and division of a step, also after
 * a reassignment.
 */
export const findAgencyScope = <S extends ScopedStep>(
  plan: Pick<Plan, 'steps'>,
  steps: readonly S[],
  isOwn: (step: S) => boolean,
): AgencyScope => {
  const taken = steps.filter(({ status }) => status !== SKIPPED);
  const own = new Set(taken.filter(isOwn).map(({ stepId }) => stepId));
  const needs = new Set(
    plan.steps.filter(({ id }) => own.has(id)).flatMap((step) => step.needs.flatMap(({ of }) => of)),
  );
  const needed = taken.map(({ stepId }) => stepId).filter((id) => needs.has(id) && !own.has(id));
  return { own, needed: new Set(needed) };
};

/** What is visible of a ledger entry: the entry itself, or its time, kind and status. */
export type VisibleEntry = { at: number; kind: LedgerEntry['kind'] } & Record<string, unknown>;

/** The entries about the case as a whole that tell its status. */
const HEAD_KINDS: ReadonlySet<LedgerEntry['kind']> = new Set([
  'case-submitted',
  'case-accepted',
  'case-deemed-accepted',
  'case-closing',
  'case-reopened',
  'case-ended',
] as const);

/**
 * A ledger entry as far as the scope reaches; undefined: it is not visible. Entries about own steps
 * are whole. Entries about the status of the case name no person and no message.
 */
export const findVisibleEntry = (entry: LedgerEntry, { own }: AgencyScope): VisibleEntry | undefined => {
  const { at, kind } = entry;
  if (HEAD_KINDS.has(kind)) {
    return {
      at,
      kind,
      ...('status' in entry && { status: entry.status }),
      ...('closing' in entry && { closing: entry.closing }),
    };
  }
  return 'stepId' in entry && own.has(entry.stepId) ? { ...entry } : undefined;
};
