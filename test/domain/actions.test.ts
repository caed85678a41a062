import { expect, it } from 'vitest';
import { CASE_ACTIONS } from '../../domain/actions.ts';
import type { CaseState } from '../../domain/case/state.ts';
import { STEP_ACTIONS } from '../../domain/case/status.ts';
import { trials } from './case/offer-properties.ts';
import { simulate } from './case/simulator.ts';

const isSuspended = ({ steps }: CaseState): boolean =>
  Object.values(steps).some(({ status }) => status === 'suspended');

// Every eighth state, from another one in each schedule, and all states with a suspended step, because few have one.
it(
  'every action is possible in some state and refused in another, each time as the engine decides',
  { timeout: 120_000 },
  () => {
    const seen = new Map<string, Set<string>>();
    for (let seed = 1; seed <= 300; seed += 1) {
      const { states, plan } = simulate(seed);
      for (const [at, state] of states.entries()) {
        if (at % 8 !== seed % 8 && !isSuspended(state)) continue;
        for (const { id } of plan.steps) {
          for (const { what, offered, outcome } of trials(state, id, states.length)) {
            expect(`${what} ${offered}`, `seed ${seed}, state ${at}, step ${id}`).toBe(`${what} ${outcome}`);
            seen.set(what, (seen.get(what) ?? new Set()).add(offered));
          }
        }
      }
    }
    for (const action of [...CASE_ACTIONS, ...STEP_ACTIONS, 'adopt']) {
      expect([...(seen.get(action) ?? [])], action).toContain('applied');
      expect(seen.get(action)!.size, action).toBeGreaterThan(1);
    }
  },
);
