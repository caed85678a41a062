import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { reportTo } from './test/support/report.ts';
import { LongestFirst } from './test/support/sequencer.ts';

const { TEST_REPORT: reportFile } = process.env;

/** Tests that use real servers, each file in a process of its own. */
const servers = {
  maxConcurrency: 10,
  globalSetup: ['test/support/servers.ts'],
  setupFiles: ['test/support/leaks.ts'],
  testTimeout: 60_000,
  hookTimeout: 120_000,
};

/** One project a level of test. Only the `unit` ones run without a server of any kind. Nothing is late because the machine is busy. */
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    reporters: ['default', ...(reportFile === undefined ? [] : [reportTo(reportFile)])],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/{domain,contract,agencies,docs,faults}/**/*.test.ts'],
          testTimeout: 60_000,
          // Nothing that they test keeps anything: what one file has loaded serves the next.
          isolate: false,
        },
      },
      { test: { name: 'unit-cli', include: ['test/cli/**/*.test.ts'], testTimeout: 60_000 } },
      {
        test: {
          ...servers,
          name: 'server',
          include: [
            'test/{db,runtime,exchange,activities,workflows,replay,api,worker,watcher,sandbox,stories,support,web}/**/*.test.ts',
          ],
          // They wait for other processes a third of the time.
          maxWorkers: availableParallelism() + 1,
          // Another number of workers than the others have: after them.
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...servers,
          name: 'long',
          include: ['test/long/**/*.test.ts'],
          // One at a time: they judge memory.
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
