import { defineConfig } from 'vitest/config';

/** One project a level of test. Only `unit` runs without a server of any kind. Nothing is late because the machine is busy. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/{matters,contract,agencies,cli,docs,faults}/**/*.test.ts'],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'server',
          include: [
            'test/{db,runtime,exchange,activities,workflows,replay,api,worker,watcher,sandbox,stories,web}/**/*.test.ts',
          ],
          globalSetup: ['test/support/servers.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
          // Another number of workers than the others have: after them.
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
