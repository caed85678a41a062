import { parseArgs } from 'node:util';
import { z } from 'zod';
import { install } from './installation.ts';
import { createIntents } from './intents.ts';
import { inWords, runScenario, type Verdict } from './run-scenario.ts';
import { SCENARIOS } from './scenarios.ts';
import { bounded, measure } from './vitals.ts';

/** Proof under faults (docs/faults.md): real processes, SIGKILL, and a control for every scenario that must turn it red. */

const CONTROL = { cases: 6, kills: 2 };

const { values } = parseArgs({
  options: {
    /** One seed, small numbers: what `npm test` runs. */
    short: { type: 'boolean', default: false },
    /** So many seeds, one after the other. */
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
const size = values.short ? { cases: 12, kills: 3 } : { cases: 60, kills: 10 };
const only = values.only?.split(',');
const scenarios = SCENARIOS.filter(({ id }) => only === undefined || only.includes(id));
if (scenarios.length === 0) throw new Error(`there is no scenario ${values.only ?? ''}`);

const interrupted = new Promise<'interrupted'>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve('interrupted'));
});

let passed = 0;
let failed = 0;
const tell = ({ ok, line, why }: Verdict): void => {
  console.log(`${ok ? 'ok  ' : 'FAIL'} ${line}`);
  for (const reason of why) console.log(`       ${reason}`);
  if (ok) passed += 1;
  else failed += 1;
};
const playAll = async (installation: Awaited<ReturnType<typeof install>>): Promise<void> => {
  const makeIntent = createIntents();
  const start = await measure(installation);
  for (const seed of seeds) {
    for (const scenario of scenarios) {
      for (const control of [false, true]) {
        const numbers = control ? CONTROL : size;
        tell(await runScenario(scenario, { installation, makeIntent, seed, control, ...numbers }));
      }
    }
  }
  const why = (await bounded(installation, start, 'at rest')).map(inWords);
  tell({ ok: why.length === 0, line: 'I12 what the product holds at rest, after everything', why });
};

const startedAt = performance.now();
console.log(`seeds ${seeds.join(', ')}; again with --seed <seed> [--only <scenario>]`);
const installation = await install();
let end: 'interrupted' | undefined;
try {
  end = (await Promise.race([playAll(installation), interrupted])) ?? undefined;
} finally {
  await installation.stop();
}
console.log(`${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(end === 'interrupted' ? 130 : failed === 0 ? 0 : 1);
