import { writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { createPool } from '../db/sql/pool.ts';
import { startFloor } from './floor.ts';
import { measureCases, measureFloor, setVariant, type CaseRun, type FloorRun, type Variant } from './measure.ts';
import { drawProfiles, nowUs } from './profile.ts';
import { drawServer } from './report.ts';
import { bringUp, type ServerKind } from './rig.ts';

const USAGE = `npm run bench -- [--server dev|postgres|both] [--runs 3] [--cases 600] [--in-flight 40]
                 [--variants decided,callback] [--shards 4] [--json file] [--profile folder]`;

const count = z.coerce.number().int().positive();
const Settings = z.strictObject({
  server: z.enum(['dev', 'postgres', 'both']).default('both'),
  runs: count.default(3),
  cases: count.default(600),
  'in-flight': count.default(40),
  variants: z
    .string()
    .default('decided,callback')
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(['decided', 'callback'])).min(1)),
  shards: count.default(4),
  json: z.string().optional(),
  profile: z.string().optional(),
});
type Settings = z.infer<typeof Settings>;

/** The measurements with one server. */
export interface ServerRuns {
  server: ServerKind;
  floor: FloorRun[];
  variants: Partial<Record<Variant, CaseRun[]>>;
}

/** Cases before the measurement, to compile code, open connections and fill caches. */
const WARM_UP = 120;

const main = async (): Promise<void> => {
  const settings = readSettings();
  const results: ServerRuns[] = [];
  for (const server of servers(settings)) {
    const runs = await measureServer(server, settings);
    results.push(runs);
    console.log(drawServer(runs));
  }
  if (settings.json !== undefined) {
    const { model } = cpus()[0] ?? { model: 'unknown' };
    const machine = { cpus: cpus().length, model, memoryGb: totalmem() / 2 ** 30, node: process.version };
    writeFileSync(settings.json, `${JSON.stringify({ machine, settings, results }, undefined, 2)}\n`);
  }
};

const readSettings = (): Settings => {
  const names = Object.keys(Settings.shape);
  try {
    const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
    return Settings.parse(parseArgs({ options }).values);
  } catch (error) {
    throw new Error(`${error instanceof z.ZodError ? z.prettifyError(error) : String(error)}\n${USAGE}`);
  }
};

const servers = ({ server }: Settings): ServerKind[] => {
  if (process.env['TEMPORAL_ADDRESS'] !== undefined) return ['given'];
  return server === 'both' ? ['dev', 'postgres'] : [server];
};

const measureServer = async (server: ServerKind, settings: Settings): Promise<ServerRuns> => {
  const report = (line: string) => console.error(line);
  const { shards, cases, runs, variants, profile } = settings;
  const rig = await bringUp({ server, shards, report, ...(profile !== undefined && { profileFolder: profile }) });
  const adminUrl = new URL(rig.adminUrl);
  adminUrl.pathname = new URL(rig.addresses.databaseUrl).pathname;
  const db = createPool({ url: adminUrl.href, max: 2, name: 'one-matter bench' });
  const floor = await startFloor(rig.addresses.temporalAddress);
  let folder: 'remove' | 'keep' = 'keep';
  const measured = { fromUs: 0, toUs: 0 };
  try {
    const options = { rig, db, floor, count: cases, inFlight: settings['in-flight'] };
    let first = 0;
    const nextPersons = (count: number) => (first += count) - count;

    report('warming up …');
    await measureFloor({ ...options, count: WARM_UP });
    for (const variant of variants) {
      await setVariant(rig, variant);
      await measureCases({ ...options, count: WARM_UP, first: nextPersons(WARM_UP), floorPerS: 1 });
    }

    measured.fromUs = nowUs();
    const result: ServerRuns = { server, floor: [], variants: {} };
    for (let run = 1; run <= runs; run += 1) {
      for (const variant of variants) {
        // Before each run, because the speed of a shared machine changes within minutes.
        const floorRun = await measureFloor(options);
        result.floor.push(floorRun);
        report(`${server}, run ${run}: empty workflow ${floorRun.perS.toFixed(1)}/s`);
        await setVariant(rig, variant);
        const caseRun = await measureCases({ ...options, first: nextPersons(cases), floorPerS: floorRun.perS });
        (result.variants[variant] ??= []).push(caseRun);
        report(`${server}, run ${run}: ${variant} ${caseRun.perS.toFixed(1)} cases/s`);
      }
    }
    measured.toUs = nowUs();
    folder = 'remove';
    return result;
  } finally {
    await floor.stop();
    await db.end();
    await rig.stop(folder);
    if (profile !== undefined) console.log(drawProfiles(profile, measured, cases * runs * variants.length));
  }
};

await main();
