import { NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createActivities } from '../../activities/index.ts';
import { createAgencyClient } from '../../agencies/client.ts';
import { findAgency } from '../../db/agencies.ts';
import { verifyLedger } from '../../db/ledger-verification.ts';
import { findMatter } from '../../db/matters.ts';
import { getCase } from '../../db/cases.ts';
import { readLedger } from '../../db/ledger.ts';
import { CALENDAR_DATA } from '../../matters/calendar-data.ts';
import { createCalendar } from '../../matters/calendar.ts';
import { bundle } from '../../worker/bundle.ts';
import { caseWorkflowId, MATTERS_QUEUE } from '../../workflows/messages.ts';
import { pino } from 'pino';
import { install, sdkLog, sampleForm, type Installation } from './installation.ts';

const WAIT = { timeout: 40_000 };

let installation: Installation;
beforeAll(async () => {
  installation = await install(inject('servers'));
});
afterAll(() => installation.close());

/** Starts a case under a worker that dies right after its `count`th writing of progress has reached Postgres. */
const startAndDie = async (count: number): Promise<string> => {
  const { db, cipher, config } = installation;
  const { caseId } = await installation.submit(sampleForm('married-single-child'));
  const client = createAgencyClient();
  const activities = createActivities({
    db,
    cipher,
    client,
    agency: async (id) => (await findAgency(db, cipher, id))!,
    matter: async (code, version) => (await findMatter(db, code, version))!.matter,
    calendar: createCalendar(CALENDAR_DATA),
    publicUrl: config.PUBLIC_URL,
    now: Date.now,
  });
  let die!: () => void; const died = { promise: new Promise<void>((r) => (die = r)), resolve: () => die() };
  let written = 0;
  const connection = await NativeConnection.connect({ address: config.TEMPORAL_ADDRESS });
  const worker = await Worker.create({
    connection,
    namespace: config.TEMPORAL_NAMESPACE,
    taskQueue: MATTERS_QUEUE,
    workflowBundle: { code: await bundle() },
    activities: {
      ...activities,
      recordProgress: async (progress: Parameters<typeof activities.recordProgress>[0]) => {
        const head = await activities.recordProgress(progress);
        written += 1;
        if (written < count) return head;
        died.resolve();
        return new Promise(() => undefined);
      },
    },
    shutdownGraceTime: 0,
    shutdownForceTime: '50ms',
  });
  const running = worker.run().catch((e) => console.log('died', e.name));
  const { plan } = await getCase(db, caseId);
  const [first] = await readLedger(db, caseId, 0, 1);
  await installation.temporal.workflow.start(plan.matter, {
    workflowId: caseWorkflowId(caseId),
    taskQueue: MATTERS_QUEUE,
    args: [{ caseId, plan, ledgerHash: first!.hash }],
    workflowTaskTimeout: '3s',
  });
  await died.promise;
  worker.shutdown();
  await running;
  await connection.close().catch((e) => console.log('close', e.message));
  await client.close();
  return caseId;
};

describe('a worker that dies between Postgres and Temporal', () => {
  it.each(['decide', 'hold'] as const)('leaves a case that another one brings to its end (%s)', async (mode) => {
    await installation.behaveAll({ mode: 'decide' });
    await installation.behave('police', { mode });
    const caseId = await startAndDie(1);
    const lines: string[] = [];
    const before = await installation.ledger(caseId);
    const worker = await installation.work(pino({level: 'warn'}, { write: (l: string) => void lines.push(l) }));
    if (mode === 'hold') await installation.answer('police', `${caseId}:household-registration:1`, { decision: 'approved' });
    const status = async () => (await installation.temporal.workflow.getHandle(caseWorkflowId(caseId)).describe()).status.name;
    await expect.poll(status, WAIT).toBe('COMPLETED').catch((e) => { console.log(lines.slice(-3), sdkLog.filter(l => l.level !== 'INFO').slice(-2)); throw e; });
    expect(await installation.status(caseId)).toBe('completed');
    expect(await verifyLedger(installation.db, caseId)).toEqual([]);
    const after = await installation.ledger(caseId);
    expect(after.slice(0, before.length)).toEqual(before);
    await worker.stop();
  });
});
