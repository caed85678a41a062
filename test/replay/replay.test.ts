import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import {
  bundleWorkflowCode,
  DefaultLogger,
  makeTelemetryFilterString,
  Runtime,
  Worker,
  type InjectedSinks,
} from '@temporalio/worker';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import type { LedgerEntry } from '../../domain/case/ledger.ts';
import type { CallSinks } from './call-sink.ts';
import { readRecording, type Recording } from './history-file.ts';

/**
 * Cases under way outlive a release: what they have done must come out the same from the workflows
 * as they are now. The histories were recorded by record.ts, but for
 * `v1-first-attempts-that-end-apart.json`: a case on a busy machine, whose replay learns in one
 * activation of first attempts that ended one after the other.
 */

// Half of these tests are about failures.
Runtime.install({
  logger: new DefaultLogger('ERROR', () => undefined),
  telemetryOptions: { logging: { filter: makeTelemetryFilterString({ core: 'ERROR' }) } },
});

const FOLDER = new URL('histories/', import.meta.url);
const histories = readdirSync(FOLDER).map((file): [string, Recording] => [
  file,
  readRecording(readFileSync(new URL(file, FOLDER), 'utf8')),
]);
const pathOf = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

/** A bundle of these workflows that tells all that they write. */
const bundleWith = (workflows: string) =>
  bundleWorkflowCode({
    workflowsPath: pathOf(workflows),
    workflowInterceptorModules: [pathOf('call-sink.ts')],
    logger: new DefaultLogger('ERROR'),
  });

let bundles: Record<'current' | 'waitsFirst' | 'otherOrder', { code: string }>;
beforeAll(async () => {
  bundles = {
    current: await bundleWith('../../workflows/index.ts'),
    waitsFirst: await bundleWith('changed/waits-first.ts'),
    otherOrder: await bundleWith('changed/other-order.ts'),
  };
});

/** The entries of the ledger that a replay would have written. */
const replayedLedger = async (workflowBundle: { code: string }, { history }: Recording) => {
  const ledger: LedgerEntry[] = [];
  // A run that continues a case does not begin with the first entry.
  let beginsAfter: number | undefined;
  const sinks: InjectedSinks<CallSinks> = {
    calls: {
      wrote: {
        fn: (_info, { prevSeq, entries }) => {
          // What is written again must be the same.
          const after = (beginsAfter ??= prevSeq);
          entries.forEach((entry, index) => {
            const known = (ledger[prevSeq - after + index] ??= entry);
            if (!isDeepStrictEqual(known, entry)) ledger.push(entry);
          });
        },
        callDuringReplay: true,
      },
    },
  };
  await Worker.runReplayHistory({ workflowBundle, sinks }, history);
  return ledger;
};

describe('a case of an earlier release', () => {
  it('exists as a recording', () => {
    expect(histories.length).toBeGreaterThanOrEqual(10);
  });

  it.each(histories)('is replayed by the bundle that the worker runs: %s', async (_file, { history }) => {
    const workflowBundle = { codePath: inject('servers').workflowBundle };
    const replay = Worker.runReplayHistory({ workflowBundle }, history);
    await expect(replay).resolves.toBeUndefined();
  });

  it.each(histories)('produces the same ledger, entry by entry, to the millisecond: %s', async (_file, recorded) => {
    expect(await replayedLedger(bundles.current, recorded)).toEqual(recorded.ledger);
  });
});

describe('a change that would break cases under way', () => {
  it.each(histories)('is detected by Temporal if the calls differ: %s', async (_file, { history }) => {
    const replay = Worker.runReplayHistory({ workflowBundle: bundles.waitsFirst }, history);
    await expect(replay).rejects.toMatchObject({ name: 'DeterminismViolationError' });
  });

  it.each(histories)(
    'is noticed by the ledger where the same calls are made in another order: %s',
    async (_file, recorded) => {
      const ledger = await replayedLedger(bundles.otherOrder, recorded).catch(() => 'noticed by Temporal');
      expect(ledger).not.toEqual(recorded.ledger);
    },
  );
});
