import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Report } from './support/report.ts';

/**
 * `npm test`: runs every stage to its end, also after failures; then the slowest files, and one
 * closing line with the sums.
 */

const { values: wanted } = parseArgs({
  options: {
    /** What needs no server: static checks and unit tests. */
    checks: { type: 'boolean', default: false },
    tests: { type: 'boolean', default: false },
    /** The forms with large numbers. */
    long: { type: 'boolean', default: false },
  },
});

interface Stage {
  name: string;
  run: () => Promise<Report>;
}

/** One process with one busy thread each, the longest first. */
const CHECKS: readonly Stage[] = [
  { name: 'unit tests', run: () => runVitest('unit*') },
  { name: 'lint', run: () => runOnce('lint') },
  { name: 'types', run: () => runOnce('types') },
  { name: 'format', run: () => runOnce('format') },
  { name: 'boundaries', run: () => runOnce('boundaries') },
  { name: 'unused code', run: () => runOnce('unused') },
];
/** These use the whole machine, and judge how it behaves. */
const TESTS: readonly Stage[] = [
  { name: 'server tests', run: () => runVitest('server') },
  { name: 'faults', run: () => runOnce('test:faults', '--', '--short') },
];
/** Every scenario with its live control and long outages; about ten minutes on two quiet cores. */
const LONG_FAULTS = ['--cases', '14', '--kills', '4', '--lanes', '3'];
const LONG: readonly Stage[] = [
  { name: 'long server tests', run: () => runVitest('long') },
  { name: 'long faults', run: () => runOnce('test:faults', '--', ...LONG_FAULTS) },
];

const SLOWEST = 10;

const main = async (): Promise<void> => {
  const total = { passed: 0, failed: 0 };
  const failed: string[] = [];
  const files: Report['files'] = [];
  const play = async (stages: readonly Stage[], atOnce: number): Promise<void> => {
    const queue = [...stages];
    const playNext = async (): Promise<void> => {
      for (let stage = queue.shift(); stage; stage = queue.shift()) {
        console.log(`\n== ${stage.name}`);
        const startedAt = performance.now();
        const result = await stage.run();
        console.log(`\n== ${stage.name}: ${seconds(performance.now() - startedAt)}`);
        total.passed += result.passed;
        total.failed += result.failed;
        files.push(...result.files);
        if (result.failed > 0) failed.push(stage.name);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, playNext));
  };
  if (wanted.checks) await play(CHECKS, availableParallelism());
  if (wanted.tests) await play(TESTS, 1);
  if (wanted.long) await play(LONG, 1);

  const slowest = files.sort((a, b) => b.ms - a.ms).slice(0, SLOWEST);
  if (slowest.length > 0) console.log('\nthe slowest files:');
  for (const { file, ms } of slowest) console.log(`${seconds(ms).padStart(8)}  ${file}`);
  if (failed.length > 0) console.log(`\nfailed: ${failed.join(', ')}`);
  console.log(`\n${total.passed} passed, ${total.failed} failed`);
  process.exitCode = total.failed === 0 ? 0 : 1;
};

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** A stage without tests to count counts as one test. */
const runOnce = async (script: string, ...args: readonly string[]): Promise<Report> => {
  const ok = (await run('npm', ['run', script, ...args])) === 0;
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, files: [] };
};

const runVitest = async (project: string): Promise<Report> => {
  const folder = mkdtempSync(join(tmpdir(), 'one-matter-report-'));
  try {
    const file = join(folder, 'report.json');
    const exitCode = await run('npx', ['vitest', 'run', '--project', project], { TEST_REPORT: file });
    const report = readReport(file);
    // No report at all, or something that is in none: vitest says no, and so do we.
    return exitCode !== 0 && report.failed === 0 ? { ...report, failed: 1 } : report;
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const readReport = (file: string): Report => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Report;
  } catch {
    return { passed: 0, failed: 0, files: [] };
  }
};

const run = (program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<number | null> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env } });
    child.once('error', reject);
    child.once('close', resolve);
  });

await main();
