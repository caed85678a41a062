import { Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest';
import { verifyLedger } from '../../db/cases/ledger-verification.ts';
import type { Message } from '../../domain/case/messages.ts';
import { createTemporal } from '../../watcher/temporal.ts';
import { caseWorkflowId } from '../../workflows/names.ts';
import { install, type Installation } from '../support/product.ts';
import { sampleForm } from '../support/matters.ts';

const WAIT = { timeout: 30_000, interval: 10 };
/** More than the server of these tests lets a run have (test/support/servers.ts). */
const MORE_THAN_A_RUN_TAKES = 120;

let installation: Installation;
beforeAll(async () => {
  installation = await install(inject('servers'));
  await installation.behaveAll({ mode: 'decide' });
});
afterAll(() => installation.close());

const send = async (caseId: string, message: Message) => {
  await installation.send(caseId, message);
  return vi.waitFor(async () => {
    const outcome = await installation.outcome(caseId, message.id);
    if (!outcome) throw new Error(`${message.id} has no outcome`);
    return outcome;
  }, WAIT);
};

it('a case takes more messages than Temporal lets a run have, and then those that matter', async () => {
  await installation.behave('police', { mode: 'hold' });
  await installation.work();
  const { caseId } = await installation.submit(sampleForm('certificates-only'));
  const stepId = 'household-registration';
  await vi.waitFor(async () => {
    expect(await installation.step(caseId, stepId)).toMatchObject({ status: 'accepted' });
  }, WAIT);
  const handle = installation.temporal.workflow.getHandle(caseWorkflowId(caseId));
  const { runId: first } = await handle.describe();

  const ids = Array.from({ length: MORE_THAN_A_RUN_TAKES }, (_, count) => `urge-${count}`);
  for (const id of ids) {
    const by = { role: 'supervisor', id: 'supervisor-1' } as const;
    expect(await send(caseId, { kind: 'urge', id, stepId, by })).toEqual({ kind: 'applied' });
  }
  expect((await handle.describe()).runId).not.toBe(first);
  const { config } = installation;
  const connection = await Connection.connect({ address: config.TEMPORAL_ADDRESS });
  const watched = createTemporal(connection, config.TEMPORAL_NAMESPACE);
  expect(await watched.look(caseId, first)).toEqual({ agencies: new Map() });
  expect(await watched.brokenOff(0)).toEqual([]);
  await connection.close();

  await installation.answer('police', `${caseId}:${stepId}:1`, { decision: 'approved' });
  await vi.waitFor(async () => expect(await installation.status(caseId)).toBe('completed'), WAIT);
  await installation.settled(caseId);
  const entries = await installation.ledger(caseId);
  expect(entries.flatMap((entry) => (entry.kind === 'step-urged' ? [entry.messageId] : []))).toEqual(ids);
  expect(await verifyLedger(installation.db, caseId)).toEqual([]);
  expect(await installation.effects(`${caseId}:${stepId}`)).toEqual(['decided:approved']);
}, 60_000);
