import { describe, expect, test } from 'vitest';
import { SCENARIOS } from '../scenarios.ts';
import { judgeOutage } from './agency-down.ts';
import { judgeCalls } from './agency-moody.ts';
import { judgeEarly } from './clock-off.ts';
import { judgeRoll } from './new-versions.ts';
import { judgeCrowd } from './overload.ts';
import { judgeCut } from './temporal-cut.ts';

/**
 * Scenarios that ask for more than the invariants: what they see turns their own line red, and
 * nothing else does.
 */

const outage = { opened: 5, probes: 1, openMs: 15_500, others: 1_060, normal: [1_040, 1_030], released: [0, 150, 300] };

const call = (at: number, id: string, answer: number, inFlight = 1) => ({ at, id, answer, inFlight });
const calls = {
  busy: [call(0, 'a', 429), call(1_500, 'b', 429), call(8_000, 'a', 200)],
  slow: [call(0, 'c', 202, 64)],
  flapping: [call(0, 'd', 202), call(0, 'e', 503), call(500, 'e', 202)],
};

const roll = { failed: 0, versions: ['a 1'], kept: ['a 1'], fresh: ['a 2'] };

const answer = (status: number, hint = true) => ({ status, hint, ms: 10 });
const tries = [{ status: 201, ms: 20 }];

const cut = { noticed: true, refused: 0, before95: 60, during95: 200 };

const LINES = [
  {
    id: 'S5',
    healthy: judgeOutage(outage),
    planted: [
      { line: '27 calls before the incident opened', found: judgeOutage({ ...outage, opened: 27 }) },
      { line: '3 calls while it was open, and not 2', found: judgeOutage({ ...outage, probes: 3 }) },
      {
        line: 'p95 of others 1300 ms, and 1040 and 1030 ms before and after',
        found: judgeOutage({ ...outage, others: 1_300 }),
      },
      { line: 'not released by deadline', found: judgeOutage({ ...outage, released: [150, 0] }) },
      {
        line: '11 released within a second, and not 10',
        found: judgeOutage({ ...outage, released: Array.from({ length: 11 }, (_, index) => index) }),
      },
    ],
  },
  {
    id: 'S6',
    healthy: judgeCalls(calls).broken,
    planted: [
      {
        line: '1 calls before the time that the agency had asked for',
        found: judgeCalls({ ...calls, busy: [...calls.busy, call(3_000, 'a', 200)] }).broken,
      },
      { line: '65 calls at once, and not 64', found: judgeCalls({ ...calls, slow: [call(0, 'c', 202, 65)] }).broken },
      {
        line: '4 attempts an effect, and not 3',
        found: judgeCalls({ ...calls, flapping: Array.from({ length: 4 }, () => call(0, 'd', 503)) }).broken,
      },
    ],
  },
  {
    id: 'S9',
    healthy: judgeCut(cut),
    planted: [
      { line: 'the half-open connection was not detected', found: judgeCut({ ...cut, noticed: false }) },
      { line: '2 submissions were not accepted', found: judgeCut({ ...cut, refused: 2 }) },
      {
        line: 'accepting took 2001 ms while Temporal was unavailable, and not 60',
        found: judgeCut({ ...cut, during95: 2_001 }),
      },
    ],
  },
  {
    id: 'S11',
    healthy: judgeEarly({ sent: 0, acted: 0, orders: 0 }),
    planted: [
      {
        line: '1 instants, 2 entries and 3 orders came early',
        found: judgeEarly({ sent: 1, acted: 2, orders: 3 }),
      },
    ],
  },
  {
    id: 'S13',
    healthy: judgeRoll(roll),
    planted: [
      { line: '1 workflow tasks failed', found: judgeRoll({ ...roll, failed: 1 }) },
      { line: 'cases under way have a 2', found: judgeRoll({ ...roll, kept: ['a 2'] }) },
      { line: 'new cases have a 1', found: judgeRoll({ ...roll, fresh: ['a 1'] }) },
    ],
  },
  {
    id: 'S22',
    healthy: judgeCrowd([answer(200), answer(503)], tries).broken,
    planted: [
      { line: 'no request was refused', found: judgeCrowd([answer(200)], tries).broken },
      { line: 'answered 500', found: judgeCrowd([answer(503), answer(500)], tries).broken },
      { line: '503 without Retry-After', found: judgeCrowd([answer(503), answer(503, false)], tries).broken },
    ],
  },
];

describe.each(LINES)('$id', ({ healthy, planted }) => {
  test('is green without a fault', () => expect(healthy).toEqual([]));
  test.each(planted)('$line', ({ line, found }) => expect(found).toEqual([line]));
});

test('every scenario whose control breaks its own line is here', () => {
  const own = SCENARIOS.filter(({ control }) => control.breaks === 'its own line').map(({ id }) => id);
  expect(LINES.map(({ id }) => id).sort()).toEqual([...own].sort());
});
