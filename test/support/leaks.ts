import type * as Temporal from '@temporalio/worker';
import { afterAll, expect, vi } from 'vitest';
import { openThings, watchPostgres, watchProcesses, watchWorkers } from './open-things.ts';

/** A set-up file of vitest: a test file that leaves something open fails, with its name. */

watchPostgres();
watchProcesses();
// Only files that use Temporal load its worker.
vi.mock('@temporalio/worker', async (importOriginal) => {
  const original = await importOriginal<typeof Temporal>();
  watchWorkers(original);
  return original;
});

/** What was told to end may still be on its way. */
const ENDS_WITHIN_MS = 5_000;

// Of all hooks that come after the tests this one is the last, being the first to be given.
afterAll(async () => {
  await vi.waitFor(() => expect(openThings(), 'left open by this file').toEqual([]), {
    timeout: ENDS_WITHIN_MS,
    interval: 20,
  });
});
