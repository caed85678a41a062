import { expect, it } from 'vitest';
import { CASE_ACTIONS } from '../../domain/actions.ts';
import { STEP_ACTIONS } from '../../domain/case/status.ts';
import { trials } from './case/offer-properties.ts';
import { simulate } from './case/simulator.ts';

it(
  'every action is possible in some state and refused in another, each time as the engine decides',
  { timeout: 120_000 },
  () => {
    const seen = new Map<string, Set<string>>();
    for (let seed = 1; seed <= 400; seed += 1) {
      const { states, plan } = simulate(seed);
      // Every eighth state, from another one in each schedule.
      for (let at = seed % 8; at < states.length; at += 8) {
        for (const { id } of plan.steps) {
          for (const { what, offered, outcome } of trials(states[at]!, id, states.length)) {
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
