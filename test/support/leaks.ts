import type * as Temporal from '@temporalio/worker';
import { afterAll, expect, vi } from 'vitest';
import { openThings, watchPostgres, watchProcesses, watchWorkers } from './open-things.ts';

/** A set-up file of vitest: a test file fails if it leaves something open. */

watchPostgres();
watchProcesses();
// Only test files that use Temporal load its worker.
vi.mock('@temporalio/worker', async (importOriginal) => {
  const original = await importOriginal<typeof Temporal>();
  watchWorkers(original);
  return original;
});

/** Time for closing resources to finish. */
const ENDS_WITHIN_MS = 5_000;

// Hooks run in reverse order, so this first hook runs after all others.
afterAll(async () => {
  await vi.waitFor(() => expect(openThings(), 'left open by this file').toEqual([]), {
    timeout: ENDS_WITHIN_MS,
    interval: 20,
  });
});
