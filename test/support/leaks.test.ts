import { spawn } from 'node:child_process';
import { json } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { freshDatabase, type FreshDatabase } from './database.ts';
import { createNamespace } from './temporal.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

interface Results {
  testResults: { name: string; status: string; message: string }[];
}

let database: FreshDatabase;
let results: Results;
beforeAll(async () => {
  database = await freshDatabase();
  const { temporalAddress } = inject('servers');
  const { temporal, namespace } = await createNamespace(temporalAddress);
  const vitest = spawn(
    process.execPath,
    ['node_modules/vitest/vitest.mjs', 'run', '--config', 'test/support/planted/vitest.config.ts', '--reporter=json'],
    {
      cwd: ROOT,
      env: {
        ...process.env,
        DATABASE_URL: database.serviceUrl,
        TEMPORAL_ADDRESS: temporalAddress,
        TEMPORAL_NAMESPACE: namespace,
      },
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  results = (await json(vitest.stdout)) as Results;
  await temporal.connection.close();
});
afterAll(() => database.drop());

const resultOf = (file: string) => results.testResults.find(({ name }) => name.endsWith(`/${file}.planted.ts`));

describe('a test file', () => {
  it.each([
    ['leaves-a-pool', 'a pool (left behind)'],
    ['leaves-a-process', 'a process (cat -)'],
    ['leaves-a-worker', 'a Temporal worker (left-behind)'],
  ])('that %s open fails, and is told: %s', (file, what) => {
    expect(resultOf(file)).toMatchObject({ status: 'failed', message: expect.stringContaining(what) as string });
  });

  it('that has closed everything does not fail', () => {
    expect(resultOf('leaves-nothing')).toMatchObject({ status: 'passed' });
  });
});
