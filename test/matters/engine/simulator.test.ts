import { describe, expect, it } from 'vitest';
import { PROPERTIES } from './properties.ts';
import { simulate } from './simulator.ts';

/** SEED replays one schedule; without it a fresh range is drawn, so that every run of the suite explores. */
const REPLAY = process.env['SEED'];
const FIRST = REPLAY === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(REPLAY);
const SCHEDULES = REPLAY === undefined ? 10_000 : 1;

describe(`the engine under ${SCHEDULES} hostile schedules from seed ${FIRST}`, () => {
  it('keeps every property', { timeout: 60_000 }, () => {
    for (let seed = FIRST; seed < FIRST + SCHEDULES; seed += 1) {
      const run = simulate(seed);
      for (const [property, judge] of Object.entries(PROPERTIES)) {
        const found = judge(run);
        if (found) expect.fail(`${property}: ${found} (replay with SEED=${seed})`);
      }
    }
  });

  it('reaches every kind of ledger entry and of end, so that the properties are about something', () => {
    const kinds = new Set<string>();
    const ends = new Set<string>();
    for (let seed = 1; seed <= 2_000; seed += 1) {
      const run = simulate(seed);
      run.entries.flat().forEach((entry) => kinds.add(entry.kind));
      ends.add(run.states.at(-1)!.status);
    }
    expect([...kinds].sort()).toEqual([
      'case-accepted',
      'case-ended',
      'message-refused',
      'step-accepted',
      'step-attention',
      'step-blocked',
      'step-decided',
      'step-resent',
      'step-stopped',
      'step-submitted',
      'step-undone',
      'supplement-answered',
      'supplement-wanted',
      'undo-settled',
      'undo-started',
      'withdrawal-requested',
    ]);
    expect([...ends].sort()).toEqual(['completed', 'not-accepted', 'partially-completed', 'refused', 'withdrawn']);
  });
});
