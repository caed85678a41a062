import { describe, expect, it } from 'vitest';
import { begin } from '../../../domain/case/engine.ts';
import { firstRecord } from '../../../domain/case/first-entry.ts';
import { fold } from '../../../domain/case/fold.ts';
import { emptyCase } from '../../../domain/case/state.ts';
import { randomPlan } from './random-plan.ts';
import { createRandom } from './random.ts';

const CLERK = { role: 'clerk', id: 'clerk-1' } as const;
const PLAN = randomPlan(createRandom(1));

describe('the first entry of a case', () => {
  it('leads to the state in which a case begins, of any plan', () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      const plan = randomPlan(createRandom(seed));
      const { entry, steps } = firstRecord(plan, { at: 7, by: CLERK, overrides: [] });
      const state = begin(plan, 7);
      expect(fold(emptyCase(plan), entry)).toEqual(state);
      expect(steps.map(({ id, status }) => [id, status])).toEqual(
        plan.steps.map(({ id }) => [id, state.steps[id]?.status]),
      );
      expect(steps.map(({ position }) => position)).toEqual(plan.steps.map((_, index) => index + 1));
    }
  });

  it('names each rule by which the case is a duplicate once, and no rule for a case without duplicates', () => {
    const of = { at: 7, by: CLERK };
    expect(firstRecord(PLAN, { ...of, overrides: [] }).entry).toEqual({ kind: 'case-submitted', ...of });
    expect(firstRecord(PLAN, { ...of, overrides: ['a', 'b', 'a'] }).entry).toEqual({
      kind: 'case-submitted',
      ...of,
      overrides: ['a', 'b'],
    });
  });
});
