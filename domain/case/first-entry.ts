import type { EntryOf } from './ledger.ts';
import type { Actor, ConfirmedCheck } from './messages.ts';
import type { Plan, PlanStep } from './plan.ts';
import { emptyCase, listOpenGaps, stepOf } from './state.ts';
import type { StepStatus } from './status.ts';
import { parseStepId } from './step-id.ts';

/** The row of a step before any event. */
interface FirstStep extends Pick<PlanStep, 'id' | 'agency' | 'kind'> {
  definition: string;
  /** The number of the list item, from 1. */
  item?: number;
  /** The place in the plan, from 1. */
  position: number;
  status: StepStatus;
  /** The number of working days by which its limit may be extended; 0: none. */
  extension: number;
}

/** The record of a case when it is handed in: `begin` returns the state after this entry. */
export interface FirstRecord {
  entry: EntryOf<'case-submitted'>;
  steps: FirstStep[];
  /** The pledged materials. */
  gaps: string[];
}

/**
 * `overrides` are the rules by which the case is a duplicate and was accepted; a rule may occur
 * twice. `confirmed` are the warnings about its form that a person confirmed.
 */
export const firstRecord = (
  plan: Plan,
  {
    at,
    by,
    overrides,
    confirmed = [],
  }: { at: number; by: Actor; overrides: readonly string[]; confirmed?: readonly ConfirmedCheck[] },
): FirstRecord => {
  const state = emptyCase(plan);
  return {
    entry: {
      ...{ kind: 'case-submitted', at, by },
      ...(overrides.length > 0 && { overrides: [...new Set(overrides)] }),
      ...(confirmed.length > 0 && { confirmed: confirmed.map(({ rule, field }) => ({ rule, field })) }),
    },
    gaps: listOpenGaps(state),
    steps: plan.steps.map(({ id, agency, kind, extension = 0 }, index) => {
      const { definition = id, number: item } = parseStepId(id) ?? {};
      const { status } = stepOf(state, id);
      return {
        id,
        definition,
        ...(item !== undefined && { item }),
        position: index + 1,
        agency,
        kind,
        status,
        extension,
      };
    }),
  };
};
