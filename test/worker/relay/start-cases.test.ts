import { pino } from 'pino';
import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest';
import { claimStarts, markStarted, releaseStarts } from '../../../db/messages/start-requests.ts';
import { runWatcher, type RunningWatcher } from '../../../watcher/run.ts';
import type { CaseInput } from '../../../workflows/messages.ts';
import { caseWorkflowId, MATTERS_QUEUE } from '../../../workflows/names.ts';
import { sampleForm } from '../../support/matters.ts';
import { install, type Installation } from '../../support/product.ts';

vi.setConfig({ testTimeout: 150_000 });
const WAIT = { timeout: 60_000 };
const LONG_MS = 3_600_000;

let installation: Installation;
let watcher: RunningWatcher;
let terminated: string;
let withdrawn: string;
// Both cases before there is a worker, whose relay would take the start requests.
beforeAll(async () => {
  installation = await install(inject('servers'));
  await installation.behaveAll({ mode: 'hold' });
  terminated = await startUnfetched();
  withdrawn = await startUnfetched();
});
afterAll(async () => {
  await watcher.stop();
  await installation.close();
});

/** A case whose workflow was started by a relay that does not fetch its first entries. */
const startUnfetched = async (): Promise<string> => {
  const { caseId } = await installation.submit(sampleForm('certificates-only'));
  const claimed = await claimStarts(installation.db, { limit: 100, leaseMs: LONG_MS });
  const { plan, receivedAt, ledgerHash } = claimed.find((request) => request.caseId === caseId)!;
  const input: CaseInput = { caseId, plan, receivedAt, ledgerHash };
  await installation.temporal.workflow.start(plan.matter, {
    workflowId: caseWorkflowId(caseId),
    taskQueue: MATTERS_QUEUE,
    args: [input],
  });
  await markStarted(installation.db, [caseId]);
  return caseId;
};
const release = (caseId: string) => releaseStarts(installation.db, [{ caseId, delayMs: 0 }]);
const isRecorded = async (caseId: string): Promise<boolean> => {
  const { rowCount } = await installation.db.query(
    'select from start_requests where case_id = $1 and recorded_at is not null',
    [caseId],
  );
  return rowCount === 1;
};
const stalls = async (caseId: string): Promise<string[]> => {
  const { rows } = await installation.db.query<{ what: string }>(
    `select concat_ws(' ', step_id, cause, detail) as what from stalls where case_id = $1 and cleared_at is null`,
    [caseId],
  );
  return rows.map(({ what }) => what);
};

it('a start request of a case that was terminated before it began ends, and the case is a stall', async () => {
  await installation.temporal.workflow.getHandle(caseWorkflowId(terminated)).terminate('by hand');
  await installation.work();
  watcher = await runWatcher(
    { ...installation.config, WATCHER_PORT: 0, WATCHER_HOST: '127.0.0.1' },
    pino({ level: 'silent' }),
  );
  await release(terminated);
  await expect.poll(() => isRecorded(terminated), WAIT).toBe(true);
  await expect.poll(() => stalls(terminated), WAIT).toEqual(['system WORKFLOW_MISSING']);
});

it('a start request ends when a message has already ended its case', async () => {
  const by = { role: 'applicant', id: 'applicant' } as const;
  await installation.send(withdrawn, { kind: 'withdrawal', id: 'w-1', by });
  await expect.poll(() => installation.status(withdrawn), WAIT).toBe('withdrawn');
  const { length } = await installation.ledger(withdrawn);
  await release(withdrawn);
  await expect.poll(() => isRecorded(withdrawn), WAIT).toBe(true);
  expect(await installation.ledger(withdrawn)).toHaveLength(length);
  await expect.poll(() => stalls(withdrawn), WAIT).toEqual([]);
});
