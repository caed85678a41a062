import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

/** `npm test`: every stage to its end, whatever the others found, and one closing line with the sums. */

interface Count {
  passed: number;
  failed: number;
}

interface Stage {
  name: string;
  run: () => Promise<Count>;
}

/** One process with one thread each. */
const CHECKS: readonly Stage[] = [
  { name: 'types', run: () => runOnce('types') },
  { name: 'lint', run: () => runOnce('lint') },
  { name: 'format', run: () => runOnce('format') },
  { name: 'boundaries', run: () => runOnce('boundaries') },
  { name: 'unused code', run: () => runOnce('unused') },
];
/** These use the whole machine, and judge how it behaves. */
const TESTS: readonly Stage[] = [
  { name: 'unit tests', run: () => runVitest('unit') },
  { name: 'server tests', run: () => runVitest('server') },
  { name: 'faults', run: () => runOnce('test:faults', '--', '--short') },
];

/** What we read of vitest's JSON report. A file that cannot even be loaded is a failed suite without tests. */
const Report = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  testResults: z.array(z.object({ status: z.string(), assertionResults: z.array(z.unknown()) })),
});

const main = async (): Promise<void> => {
  const total: Count = { passed: 0, failed: 0 };
  const failed: string[] = [];
  const play = async (stages: readonly Stage[], atOnce: number): Promise<void> => {
    const queue = [...stages];
    const playNext = async (): Promise<void> => {
      for (let stage = queue.shift(); stage; stage = queue.shift()) {
        console.log(`\n== ${stage.name}`);
        const count = await stage.run();
        total.passed += count.passed;
        total.failed += count.failed;
        if (count.failed > 0) failed.push(stage.name);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, playNext));
  };
  await play(CHECKS, availableParallelism());
  await play(TESTS, 1);
  if (failed.length > 0) console.log(`\nfailed: ${failed.join(', ')}`);
  console.log(`\n${total.passed} passed, ${total.failed} failed`);
  process.exitCode = total.failed === 0 ? 0 : 1;
};

/** A stage without tests to count counts as one test. */
const runOnce = async (script: string, ...args: readonly string[]): Promise<Count> =>
  (await run('npm', ['run', script, ...args])) === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };

const runVitest = async (project: string): Promise<Count> => {
  const folder = mkdtempSync(join(tmpdir(), 'one-matter-report-'));
  try {
    const file = join(folder, 'report.json');
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
    const exitCode = await run('npx', ['vitest', 'run', '--project', project, ...reporters]);
    const count = readReport(file);
    // Errors outside of any test, or no report at all: vitest says no, and so do we.
    return exitCode !== 0 && count.failed === 0 ? { ...count, failed: 1 } : count;
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const readReport = (file: string): Count => {
  try {
    const { numPassedTests, numFailedTests, testResults } = Report.parse(JSON.parse(readFileSync(file, 'utf8')));
    const unloadable = testResults.filter(
      ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
    );
    return { passed: numPassedTests, failed: numFailedTests + unloadable.length };
  } catch {
    return { passed: 0, failed: 0 };
  }
};

const run = (program: string, args: readonly string[]): Promise<number | null> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
    child.once('error', reject);
    child.once('close', resolve);
  });

await main();
