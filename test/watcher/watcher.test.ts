import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { NativeConnection, Worker } from '@temporalio/worker';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { beat, lastBeat } from '../../db/heartbeats.ts';
import { claimStarts, markStarted, type StartRequest } from '../../db/start-requests.ts';
import { runWatcher, type RunningWatcher } from '../../watcher/run.ts';
import { startLoop } from '../../worker/loop.ts';
import { agencyIds } from '../../db/watch.ts';
import { agencyQueue, caseWorkflowId, MATTERS_QUEUE, type CaseInput } from '../../workflows/messages.ts';
import { install, sampleForm, type Installation } from '../worker/installation.ts';

// Every test waits for a fault to be found and then for it to be cleared.
vi.setConfig({ testTimeout: 150_000 });

/** A stall of ours is a row within this time; cleared within this after what was wrong is mended. */
const FOUND = { timeout: 45_000, interval: 200 };
/** Long before Temporal would tell that nobody polls. */
const QUICKLY_FOUND = { timeout: 40_000, interval: 200 };
const CLEARED = { timeout: 45_000, interval: 200 };
const WELL = { timeout: 30_000, interval: 200 };

let installation: Installation;
let connection: NativeConnection;
let watcher: RunningWatcher;
beforeAll(async () => {
  installation = await install(inject('servers'));
  await installation.behaveAll({ mode: 'hold' });
  const { config } = installation;
  connection = await NativeConnection.connect({ address: config.TEMPORAL_ADDRESS });
  watcher = await runWatcher({ ...config, WATCHER_PORT: 0, WATCHER_HOST: '127.0.0.1' }, pino({ level: 'silent' }));
});
const undo: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const one of undo.splice(0).reverse()) await one();
});
afterAll(async () => {
  await watcher.stop();
  await connection.close();
  await installation.close();
});

/** A worker that is alive and serves every queue as far as it says itself, and does nothing. */
const pretend = (but?: string): (() => Promise<void>) => {
  const id = randomUUID();
  const loop = startLoop(
    async () => {
      const queues = [MATTERS_QUEUE, ...(await agencyIds(installation.db)).map(agencyQueue)];
      await beat(
        installation.db,
        'worker',
        id,
        queues.filter((queue) => queue !== but),
      );
      return 'idle';
    },
    { everyMs: 1_000, onError: () => undefined },
  );
  const stop = async () => {
    await loop.stop();
    await lastBeat(installation.db, 'worker', id);
  };
  undo.push(stop);
  return stop;
};
const work = async () => {
  const worker = await installation.work();
  undo.push(() => worker.stop());
  return worker;
};
const submit = async (): Promise<string> => (await installation.submit(sampleForm('certificates-only'))).caseId;

/** What stands still of a case, or of the machinery when none is named. */
const stalls = async (caseId?: string): Promise<string[]> => {
  const { rows } = await installation.db.query<{ what: string }>(
    `select concat_ws(' ', nullif(subject, ''), step_id, cause, detail) as what from stalls
    where cleared_at is null and case_id is not distinct from $1 order by what`,
    [caseId],
  );
  return rows.map(({ what }) => what);
};
const begun = (caseId: string) =>
  expect.poll(async () => (await installation.ledger(caseId)).length, WELL).toBeGreaterThan(1);

/** What the relay would start this case with; it is taken for started from now on. */
const takeStart = async (caseId: string): Promise<StartRequest> => {
  const requests = await claimStarts(installation.db, { limit: 100, leaseMs: 0 });
  await markStarted(installation.db, [caseId]);
  return requests.find((request) => request.caseId === caseId)!;
};
const start = async (caseId: string): Promise<void> => {
  const { plan, receivedAt, ledgerHash } = await takeStart(caseId);
  const input: CaseInput = { caseId, plan, receivedAt, ledgerHash };
  await installation.temporal.workflow.start(plan.matter, {
    workflowId: caseWorkflowId(caseId),
    taskQueue: MATTERS_QUEUE,
    args: [input],
  });
};

describe('the watcher', () => {
  it('tells that no worker is there, and which case waits for one, until one comes', async () => {
    await expect.poll(() => stalls(), FOUND).toEqual(['workers system WORKERS_UNAVAILABLE']);
    const caseId = await submit();
    await expect.poll(() => stalls(caseId), FOUND).toEqual(['system WORKERS_UNAVAILABLE']);
    await work();
    await expect.poll(() => stalls(), CLEARED).toEqual([]);
    await expect.poll(() => stalls(caseId), CLEARED).toEqual([]);
  });

  it('tells of a start request that nobody takes, until somebody does', async () => {
    pretend();
    const caseId = await submit();
    await expect.poll(() => stalls(caseId), FOUND).toEqual(['system NOT_STARTED']);
    await work();
    await expect.poll(() => stalls(caseId), CLEARED).toEqual([]);
  });

  it('tells within seconds of a queue that no worker says it serves, until one does', async () => {
    const stop = pretend(agencyQueue('police'));
    await expect.poll(() => stalls(), QUICKLY_FOUND).toContain('queue:agency-police system QUEUE_UNSERVED');
    await stop();
    await work();
    await expect.poll(() => stalls(), CLEARED).toEqual([]);
  });

  it('tells of a workflow task that fails again and again, until the code is mended', async () => {
    pretend();
    const caseId = await submit();
    await start(caseId);
    const broken = await Worker.create({
      connection,
      namespace: installation.config.TEMPORAL_NAMESPACE,
      taskQueue: MATTERS_QUEUE,
      workflowsPath: fileURLToPath(new URL('./broken-release.ts', import.meta.url)),
    });
    const running = broken.run();
    await expect.poll(() => stalls(caseId), FOUND).toEqual(['system WORKFLOW_TASK_FAILING']);
    broken.shutdown();
    await running;
    await work();
    await expect.poll(() => stalls(caseId), CLEARED).toEqual([]);
  });

  it('tells of a payload that nobody can decode, until the case is started anew', async () => {
    pretend();
    const caseId = await submit();
    const { plan, receivedAt, ledgerHash } = await takeStart(caseId);
    const workflowId = caseWorkflowId(caseId);
    await installation.temporal.connection.workflowService.startWorkflowExecution({
      namespace: installation.config.TEMPORAL_NAMESPACE,
      ...{ workflowId, requestId: randomUUID() },
      workflowType: { name: plan.matter },
      taskQueue: { name: MATTERS_QUEUE },
      input: { payloads: [{ metadata: { encoding: Buffer.from('binary/unknown') }, data: Buffer.from('?') }] },
    });
    await work();
    await expect.poll(() => stalls(caseId), FOUND).toEqual(['system PAYLOAD_UNREADABLE']);
    await installation.temporal.workflow.getHandle(workflowId).terminate('its input cannot be read');
    const input: CaseInput = { caseId, plan, receivedAt, ledgerHash };
    await installation.temporal.workflow.start(plan.matter, { workflowId, taskQueue: MATTERS_QUEUE, args: [input] });
    await expect.poll(() => stalls(caseId), CLEARED).toEqual([]);
  });

  it('tells of a workflow that was ended by hand, and of none beside it', async () => {
    await work();
    const [caseId, other] = [await submit(), await submit()];
    await begun(caseId);
    await begun(other);
    await installation.temporal.workflow.getHandle(caseWorkflowId(caseId)).terminate('by hand');
    await expect.poll(() => stalls(caseId), FOUND).toEqual(['system WORKFLOW_MISSING']);
    expect(await stalls(other)).toEqual([]);
    expect(await stalls()).toEqual([]);
  });

  it('tells of a message that does not reach its case, until it does', async () => {
    const worker = await installation.work();
    const caseId = await submit();
    await begun(caseId);
    await worker.stop();
    pretend();
    const by = { role: 'applicant', id: 'applicant-1' } as const;
    await installation.send(caseId, { kind: 'withdrawal', id: randomUUID(), by });
    await expect.poll(() => stalls(caseId), FOUND).toEqual(['system MESSAGE_WAITING']);
    await work();
    await expect.poll(() => stalls(caseId), CLEARED).toEqual([]);
  });
});
