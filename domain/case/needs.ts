import type { PlanNeed, PlanStep } from './plan.ts';
import { stepOf, type CaseState } from './state.ts';
import { isStepEnd } from './status.ts';

/** Whether a step may start. `failed` names the step because of which it never can. */
export type Readiness = { kind: 'met' } | { kind: 'open' } | { kind: 'failed'; because: string };

export const readinessOf = (state: CaseState, step: PlanStep): Readiness => {
  const parts = step.needs.map((need) => readinessOfNeed(state, need));
  return parts.find((part) => part.kind === 'failed') ?? parts.find((part) => part.kind === 'open') ?? { kind: 'met' };
};

/** The steps that a step waits for, without those that do not apply to the case. */
export const listNeeds = (state: CaseState, step: PlanStep): string[] =>
  step.needs.flatMap(({ of }) => of).filter((id) => stepOf(state, id).status !== 'skipped');

const readinessOfNeed = (state: CaseState, need: PlanNeed): Readiness => {
  const applying = need.of.filter((id) => stepOf(state, id).status !== 'skipped');
  const open = applying.filter((id) => !isStepEnd(stepOf(state, id).status));
  const failed = applying.filter((id) => isStepEnd(stepOf(state, id).status) && stepOf(state, id).status !== 'done');
  const [firstFailed] = failed;
  const someDone = applying.length > open.length + failed.length;
  switch (need.mode) {
    case 'all':
      if (firstFailed !== undefined) return { kind: 'failed', because: firstFailed };
      return open.length === 0 ? { kind: 'met' } : { kind: 'open' };
    case 'any':
      if (someDone || applying.length === 0) return { kind: 'met' };
      return open.length === 0 && firstFailed !== undefined
        ? { kind: 'failed', because: firstFailed }
        : { kind: 'open' };
    case 'settled':
      return open.length === 0 ? { kind: 'met' } : { kind: 'open' };
    case 'some':
      if (open.length > 0) return { kind: 'open' };
      return someDone || firstFailed === undefined ? { kind: 'met' } : { kind: 'failed', because: firstFailed };
  }
};
