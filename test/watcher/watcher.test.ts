import { randomUUID } from 'node:crypto';
import proto from '@temporalio/proto';
import { fileURLToPath } from 'node:url';
import { NativeConnection, Worker } from '@temporalio/worker';
import { pino } from 'pino';
import { describe, expect, inject, it, vi, type TestContext } from 'vitest';
import { beat, lastBeat } from '../../db/supervision/heartbeats.ts';
import { claimStarts, markStarted, type StartRequest } from '../../db/messages/start-requests.ts';
import { runWatcher } from '../../watcher/run.ts';
import { startLoop } from '../../runtime/loop.ts';
import { agencyIds } from '../../db/supervision/watch.ts';
import type { CaseInput } from '../../workflows/messages.ts';
import { agencyQueue, caseWorkflowId, MATTERS_QUEUE } from '../../workflows/names.ts';
import { withClient } from '../../sandbox/database.ts';
import { install } from '../support/product.ts';
import { sampleForm } from '../support/matters.ts';

// Every test waits for a fault to be found and then for it to be cleared.
vi.setConfig({ testTimeout: 150_000 });

/**
 * A stall of ours is a row within this time; cleared within this after the fault is fixed.
 */
const FOUND = { timeout: 45_000, interval: 200 };
/** Long before Temporal reports that no worker polls. */
const QUICKLY_FOUND = { timeout: 40_000, interval: 200 };
const CLEARED = { timeout: 45_000, interval: 200 };
const WELL = { timeout: 30_000, interval: 200 };

const { WORKFLOW_ID_CONFLICT_POLICY_TERMINATE_EXISTING: TERMINATE_EXISTING } =
  proto.temporal.api.enums.v1.WorkflowIdConflictPolicy;

/** An installation with a watcher, and the faults that a test can cause. */
const openWatched = async () => {
  const installation = await install(inject('servers'));
  await installation.behaveAll({ mode: 'hold' });
  const { config, db, temporal } = installation;
  const connection = await NativeConnection.connect({ address: config.TEMPORAL_ADDRESS });
  const watcher = await runWatcher(
    { ...config, WATCHER_PORT: 0, WATCHER_HOST: '127.0.0.1' },
    pino({ level: 'silent' }),
  );
  const undo: (() => Promise<void>)[] = [];

  /** What the relay would start this case with; it is taken for started from now on. */
  const takeStart = async (caseId: string): Promise<StartRequest> => {
    const requests = await claimStarts(db, { limit: 100, leaseMs: 0 });
    await markStarted(db, [caseId]);
    return requests.find((request) => request.caseId === caseId)!;
  };
  /** The stalls of a case, or those of the platform when no case is named. */
  const stalls = async (caseId?: string): Promise<string[]> => {
    const { rows } = await db.query<{ what: string }>(
      `select concat_ws(' ', nullif(subject, ''), step_id, cause, detail) as what from stalls
      where cleared_at is null and case_id is not distinct from $1 order by what`,
      [caseId],
    );
    return rows.map(({ what }) => what);
  };
  return {
    installation,
    connection,
    stalls,
    /** Waits until there are exactly these stalls. */
    stalled: (caseId: string | undefined, within: { timeout: number; interval: number }, what: string[]) =>
      vi.waitFor(async () => expect(await stalls(caseId)).toEqual(what), within),
    /** A worker that reports itself alive on every queue and does nothing. */
    pretend: (but?: string): (() => Promise<void>) => {
      const id = randomUUID();
      const loop = startLoop(
        async () => {
          const queues = [MATTERS_QUEUE, ...(await agencyIds(db)).map(agencyQueue)];
          await beat(
            db,
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
        await lastBeat(db, 'worker', id);
      };
      undo.push(stop);
      return stop;
    },
    submit: async (): Promise<string> => (await installation.submit(sampleForm('certificates-only'))).caseId,
    start: async (caseId: string): Promise<void> => {
      const { plan, receivedAt, ledgerHash } = await takeStart(caseId);
      const input: CaseInput = { caseId, plan, receivedAt, ledgerHash };
      await temporal.workflow.start(plan.matter, {
        workflowId: caseWorkflowId(caseId),
        taskQueue: MATTERS_QUEUE,
        args: [input],
      });
    },
    begun: (caseId: string) =>
      vi.waitFor(async () => expect((await installation.ledger(caseId)).length).toBeGreaterThan(1), WELL),
    /** Makes the case and its messages a minute older. */
    age: (caseId: string) =>
      withClient(installation.ownerUrl, async (client) => {
        const minute = `interval '1 minute'`;
        await client.query(`update cases set submitted_at = submitted_at - ${minute} where id = $1`, [caseId]);
        await client.query(`update inbox set received_at = received_at - ${minute} where case_id = $1`, [caseId]);
        await client.query(`update steps set watch_at = watch_at - ${minute} where case_id = $1`, [caseId]);
      }),
    close: async () => {
      for (const one of undo.reverse()) await one();
      await watcher.stop();
      await connection.close();
      await installation.close();
    },
  };
};

/** Each test breaks its own installation, so that all of them wait at the same time. */
const open = async ({ onTestFinished }: TestContext) => {
  const watched = await openWatched();
  onTestFinished(() => watched.close());
  return watched;
};

describe.concurrent('the watcher', () => {
  it('reports that there is no worker, and which case waits for one, until one starts', async (test) => {
    const { submit, age, stalled, installation } = await open(test);
    await stalled(undefined, FOUND, ['workers system WORKERS_UNAVAILABLE']);
    const caseId = await submit();
    await age(caseId);
    await stalled(caseId, FOUND, ['system WORKERS_UNAVAILABLE']);
    await installation.work();
    await stalled(undefined, CLEARED, []);
    await stalled(caseId, CLEARED, []);
  });

  it('reports a start request that no relay takes, until one does', async (test) => {
    const { pretend, submit, age, stalled, installation } = await open(test);
    pretend();
    const caseId = await submit();
    await age(caseId);
    await stalled(caseId, FOUND, ['system NOT_STARTED']);
    await installation.work();
    await stalled(caseId, CLEARED, []);
  });

  it('reports within seconds a queue that no worker serves, until one does', async (test) => {
    const { pretend, stalls, stalled, installation } = await open(test);
    const stop = pretend(agencyQueue('police'));
    await vi.waitFor(
      async () => expect(await stalls()).toContain('queue:agency-police system QUEUE_UNSERVED'),
      QUICKLY_FOUND,
    );
    await stop();
    await installation.work();
    await stalled(undefined, CLEARED, []);
  });

  it('reports a workflow task that fails repeatedly, until the code is fixed', async (test) => {
    const { pretend, submit, start, stalled, connection, installation } = await open(test);
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
    await stalled(caseId, FOUND, ['system WORKFLOW_TASK_FAILING']);
    broken.shutdown();
    await running;
    await installation.work();
    await stalled(caseId, CLEARED, []);
  });

  it('reports a payload that cannot be decoded, until that run is terminated', async (test) => {
    const { submit, begun, age, stalled, installation } = await open(test);
    const { temporal, config } = installation;
    await installation.work();
    const caseId = await submit();
    // Temporal keeps the failure of a first attempt only, and the first task of a worker may be slow.
    await begun(caseId);
    const workflowId = caseWorkflowId(caseId);
    await temporal.connection.workflowService.startWorkflowExecution({
      namespace: config.TEMPORAL_NAMESPACE,
      ...{ workflowId, requestId: randomUUID() },
      workflowIdConflictPolicy: TERMINATE_EXISTING,
      workflowType: { name: installation.matter().code },
      taskQueue: { name: MATTERS_QUEUE },
      input: { payloads: [{ metadata: { encoding: Buffer.from('binary/unknown') }, data: Buffer.from('?') }] },
    });
    const by = { role: 'applicant', id: 'applicant-1' } as const;
    await installation.send(caseId, { kind: 'withdrawal', id: randomUUID(), by });
    await age(caseId);
    await stalled(caseId, FOUND, ['system PAYLOAD_UNREADABLE']);
    await temporal.workflow.getHandle(workflowId).terminate('its input cannot be read');
    await stalled(caseId, CLEARED, []);
  });

  it('reports a workflow that was terminated by hand, and no other one', async (test) => {
    const { submit, begun, stalls, stalled, installation } = await open(test);
    await installation.work();
    const [caseId, other] = [await submit(), await submit()];
    await begun(caseId);
    await begun(other);
    await installation.temporal.workflow.getHandle(caseWorkflowId(caseId)).terminate('by hand');
    await stalled(caseId, FOUND, ['system WORKFLOW_MISSING']);
    expect(await stalls(other)).toEqual([]);
    expect(await stalls()).toEqual([]);
  });

  it('reports a message that does not reach its case, until it does', async (test) => {
    const { pretend, submit, begun, age, stalled, installation } = await open(test);
    const worker = await installation.work();
    const caseId = await submit();
    await begun(caseId);
    await worker.stop();
    pretend();
    const by = { role: 'applicant', id: 'applicant-1' } as const;
    await installation.send(caseId, { kind: 'withdrawal', id: randomUUID(), by });
    await age(caseId);
    await stalled(caseId, FOUND, ['system MESSAGE_WAITING']);
    await installation.work();
    await stalled(caseId, CLEARED, []);
  });
});
