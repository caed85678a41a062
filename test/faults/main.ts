import { parseArgs } from 'node:util';
import { z } from 'zod';
import { build } from '../support/build.ts';
import { install } from './installation.ts';
import { createIntents } from './intents.ts';
import { describeFinding, runScenario, type Verdict } from './run-scenario.ts';
import type { Scenario } from './scenario.ts';
import { SCENARIOS } from './scenarios.ts';
import { bounded, measure } from './vitals.ts';

/**
 * Proof under faults (docs/faults.md): real processes, SIGKILL, and in the long form a control for
 * every scenario that must turn it red.
 */

const CONTROL = { cases: 6, kills: 2, outage: 'short' } as const;
const SHORT = { cases: 12, kills: 3, outage: 'short' } as const;

const { values } = parseArgs({
  options: {
    /** One seed, small numbers, no controls: what `npm test` runs. */
    short: { type: 'boolean', default: false },
    /**
     * The numbers of the long form, and the number of scenarios in parallel, each with its own
     * installation.
     */
    cases: { type: 'string', default: '60' },
    kills: { type: 'string', default: '10' },
    lanes: { type: 'string', default: '1' },
    /** The number of seeds, one after the other. */
    seeds: { type: 'string', default: '1' },
    /** The first of them. */
    seed: { type: 'string', default: '1' },
    /** Some scenarios and their controls: `S5`, or `S5,S12`. */
    only: { type: 'string' },
  },
});
const count = z.coerce.number().int().positive();
const first = count.parse(values.seed);
const seeds = Array.from({ length: values.short ? 1 : count.parse(values.seeds) }, (_, index) => first + index);
const long = { cases: count.parse(values.cases), kills: count.parse(values.kills), outage: 'long' } as const;
/**
 * Scenarios mostly wait. Several run in parallel to save time, and one at a time for figures.
 */
const [size, LANES] = values.short ? [SHORT, 4] : [long, count.parse(values.lanes)];
const only = values.only?.split(',');
const scenarios = SCENARIOS.filter(({ id }) => only === undefined || only.includes(id));
if (scenarios.length === 0) throw new Error(`there is no scenario ${values.only ?? ''}`);

const interrupted = new Promise<'interrupted'>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve('interrupted'));
});

interface Play {
  scenario: Scenario;
  seed: number;
}

let passed = 0;
let failed = 0;
const tell = ({ ok, line, why }: Verdict): void => {
  console.log(`${ok ? 'ok  ' : 'FAIL'} ${line}`);
  for (const reason of why) console.log(`       ${reason}`);
  if (ok) passed += 1;
  else failed += 1;
};

/** An installation and its scenarios, one after the other. */
const openLane = async () => {
  const installation = await install();
  const makeIntent = createIntents();
  const start = await measure(installation);
  return {
    installation,
    play: async ({ scenario, seed }: Play): Promise<void> => {
      for (const control of values.short ? [false] : [false, true]) {
        const numbers = control ? CONTROL : size;
        tell(await runScenario(scenario, { installation, makeIntent, seed, control, ...numbers }));
      }
    },
    judge: async (): Promise<void> => {
      const why = (await bounded(installation, start, 'at rest')).map(describeFinding);
      tell({ ok: why.length === 0, line: 'I12 what the product holds at rest, after everything', why });
    },
  };
};

const lanes: Awaited<ReturnType<typeof openLane>>[] = [];
const playAll = async (): Promise<void> => {
  await build();
  const openings = Array.from({ length: Math.min(LANES, scenarios.length) }, async () => {
    const lane = await openLane();
    lanes.push(lane);
    return lane;
  });
  const [first, ...others] = await Promise.all(openings);
  const plays = seeds.flatMap((seed) => scenarios.map((scenario) => ({ scenario, seed })));
  for (const play of plays.filter(({ scenario }) => scenario.alone)) await first?.play(play);
  const queue = plays.filter(({ scenario }) => !scenario.alone);
  await Promise.all(
    [first, ...others].map(async (lane) => {
      for (let play = queue.shift(); play; play = queue.shift()) await lane?.play(play);
      await lane?.judge();
    }),
  );
};

const startedAt = performance.now();
console.log(`seeds ${seeds.join(', ')}; again with --seed <seed> [--only <scenario>]`);
let end: 'interrupted' | undefined;
try {
  end = (await Promise.race([playAll(), interrupted])) ?? undefined;
} finally {
  for (const { installation } of lanes) await installation.stop();
}
console.log(`${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(end === 'interrupted' ? 130 : failed === 0 ? 0 : 1);
