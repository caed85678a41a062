import { NativeConnection, Worker } from '@temporalio/worker';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createActivities } from '../../activities/index.ts';
import { createAgencyClient } from '../../agencies/client.ts';
import { findAgency } from '../../db/agencies/agencies.ts';
import { getCase } from '../../db/cases/cases.ts';
import { verifyLedger } from '../../db/cases/ledger-verification.ts';
import { readLedger } from '../../db/cases/ledger.ts';
import { findMatter } from '../../db/registry/matters.ts';
import { cacheAgencies, cacheCalendars } from '../../runtime/reference-data.ts';
import { dispatch } from '../../worker/relay/dispatch-messages.ts';
import { caseWorkflowId, MATTERS_QUEUE, START_UPDATE_ID } from '../../workflows/names.ts';
import { install, type Installation } from '../support/product.ts';
import { sampleForm } from '../support/matters.ts';

const WAIT = { timeout: 40_000 };

let installation: Installation;
beforeAll(async () => {
  installation = await install(inject('servers'));
});
afterAll(() => installation.close());

/**
 * Starts a case with a worker that ends right after the first entries have reached Postgres, before
 * it reports them.
 */
const startAndDie = async (): Promise<string> => {
  const { db, cipher, config } = installation;
  const { caseId } = await installation.submit(sampleForm('married-single-child'));
  const client = createAgencyClient();
  const activities = createActivities({
    db,
    cipher,
    client,
    health: () => 'well',
    agency: async (id) => (await findAgency(db, cipher, id))!,
    agencies: cacheAgencies(db, cipher).agencies,
    matter: async (code, version) => (await findMatter(db, code, version))!.matter,
    calendars: cacheCalendars(db, Date.now),
    publicUrl: config.PUBLIC_URL,
    now: Date.now,
  });
  const connection = await NativeConnection.connect({ address: config.TEMPORAL_ADDRESS });
  const worker = await Worker.create({
    connection,
    namespace: config.TEMPORAL_NAMESPACE,
    taskQueue: MATTERS_QUEUE,
    workflowBundle: { codePath: inject('servers').workflowBundle },
    activities,
    shutdownGraceTime: 0,
    shutdownForceTime: '50ms',
  });
  // A worker that is forced to end during a call reports that.
  const running = worker.run().catch((error: unknown) => error);
  const { plan } = await getCase(db, caseId);
  const [first] = await readLedger(db, caseId, 0, 1);
  await installation.temporal.workflow.start(plan.matter, {
    workflowId: caseWorkflowId(caseId),
    taskQueue: MATTERS_QUEUE,
    args: [{ caseId, plan, receivedAt: first!.at, ledgerHash: first!.hash }],
    workflowTaskTimeout: '3s',
  });
  const { changes } = await dispatch(installation.temporal.workflow, caseId, START_UPDATE_ID, { messages: [] });
  await activities.writeProjection(changes!);
  worker.shutdown();
  await running;
  // The dead worker may still hold it.
  await connection.close().catch(() => undefined);
  await client.close();
  return caseId;
};

describe('a worker that dies between Postgres and Temporal', () => {
  it.each(['decide', 'hold'] as const)('leaves a case that another one brings to its end (%s)', async (mode) => {
    await installation.behaveAll({ mode: 'decide' });
    await installation.behave('police', { mode });
    const caseId = await startAndDie();
    const before = await installation.ledger(caseId);
    const worker = await installation.work(pino({ level: 'silent' }));
    if (mode === 'hold') {
      await expect
        .poll(() => installation.step(caseId, 'household-registration'), WAIT)
        .toMatchObject({ status: 'accepted' });
      await installation.answer('police', `${caseId}:household-registration:1`, { decision: 'approved' });
    }
    await expect.poll(() => installation.status(caseId), WAIT).toBe('completed');
    expect(await verifyLedger(installation.db, caseId)).toEqual([]);
    const after = await installation.ledger(caseId);
    expect(after.slice(0, before.length)).toEqual(before);
    await worker.stop();
  });
});
