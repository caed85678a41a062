import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { withClient } from '../../sandbox/database.ts';
import type { RunningWorker } from '../../worker/run.ts';
import { install, type Installation } from '../support/product.ts';
import { sampleForm } from '../support/matters.ts';

/** A TaskQueueType of Temporal's API; the client does not export their names. */
const ACTIVITIES = 2 as never;
const WAIT = { timeout: 30_000 };

let installation: Installation;
beforeAll(async () => {
  installation = await install(inject('servers'));
});
afterAll(() => installation.close());

/** Who polls the queue of an agency now, by the rate at which they may take from it. */
const pollers = async (agency: string): Promise<number[]> => {
  const { pollers: found } = await installation.temporal.workflowService.describeTaskQueue({
    namespace: installation.config.TEMPORAL_NAMESPACE,
    taskQueue: { name: `agency-${agency}` },
    taskQueueType: ACTIVITIES,
  });
  return found.map(({ ratePerSecond }) => ratePerSecond ?? 0);
};
const healthz = async ({ healthPort }: RunningWorker): Promise<number | 'closed'> =>
  fetch(`http://127.0.0.1:${healthPort}/healthz`).then(
    ({ status }) => status,
    () => 'closed' as const,
  );
const connections = () =>
  withClient(installation.ownerUrl, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      `select application_name as name from pg_stat_activity
      where datname = current_database() and application_name in ('one-matter worker', 'listen')`,
    );
    return rows.length;
  });
const completes = async () => {
  const { caseId } = await installation.submit(sampleForm('certificates-only'));
  await expect.poll(() => installation.status(caseId), WAIT).toBe('completed');
};

describe('a worker', () => {
  it('serves the queue of an agency that joins while it runs', async () => {
    const worker = await installation.work();
    await installation.setAgency('registry-office');
    await expect.poll(() => pollers('registry-office'), WAIT).toHaveLength(1);
    await worker.stop();
  });

  it('serves each queue once when many agencies change at once', async () => {
    const lines: { agency?: string }[] = [];
    const log = pino({ level: 'info' }, { write: (line) => void lines.push(JSON.parse(line) as { agency?: string }) });
    const worker = await installation.work(log);
    const joining = Array.from({ length: 12 }, (_, index) => `agency-${index}`);
    await Promise.all(joining.map((id) => installation.setAgency(id)));
    const listServed = () => lines.flatMap(({ agency }) => (agency?.startsWith('agency-') ? [agency] : [])).sort();
    await expect.poll(listServed, WAIT).toEqual([...joining].sort());
    await worker.stop();
    expect(listServed()).toEqual([...joining].sort());
  });

  it('keeps to the new rate of an agency', async () => {
    const worker = await installation.work();
    await expect.poll(() => pollers('police'), WAIT).toHaveLength(1);
    await installation.setAgency('police', { maxPerSecond: 7 });
    await expect.poll(() => pollers('police'), WAIT).toContain(7);
    await installation.behaveAll({ mode: 'decide' });
    await completes();
    await installation.setAgency('police');
    await worker.stop();
  });

  it('continues a step on the queue of an agency that was down', async () => {
    await installation.behaveAll({ mode: 'decide' });
    await installation.behave('police', { mode: 'down' });
    const worker = await installation.work();
    const { caseId } = await installation.submit(sampleForm('certificates-only'));
    await expect
      .poll(() => installation.step(caseId, 'household-registration'), WAIT)
      .toMatchObject({
        status: 'submitted',
        lastError: 'CONNECTION_REFUSED',
        attempts: expect.toSatisfy((n) => n >= 2) as number,
      });
    await installation.behave('police', { mode: 'decide' });
    await expect.poll(() => installation.status(caseId), WAIT).toBe('completed');
    expect(await installation.step(caseId, 'household-registration')).not.toHaveProperty('nextAttemptAt');
    expect(await installation.effects(`${caseId}:household-registration`)).toEqual(['decided:approved']);
    await worker.stop();
  });

  it('takes over where another stopped, and two run side by side', async () => {
    await installation.behaveAll({ mode: 'callback', delayMs: 500 });
    const first = await installation.work();
    const cases = await Promise.all(
      Array.from({ length: 6 }, () => installation.submit(sampleForm('certificates-only'))),
    );
    for (const { caseId } of cases) {
      await expect.poll(() => installation.status(caseId), WAIT).not.toBe('submitted');
    }
    await first.stop();
    const second = await installation.work();
    for (const { caseId } of cases) await expect.poll(() => installation.status(caseId), WAIT).toBe('completed');
    for (const { caseId } of cases) {
      const effects = await installation.effects(caseId);
      expect(effects).toEqual(effects.map(() => 'decided:approved'));
      expect(effects).toHaveLength(5);
    }
    await second.stop();
  });

  it('finishes the work under way when it stops, and leaves nothing open', async () => {
    const handles = () =>
      process.getActiveResourcesInfo().filter((name) => ['TCPSocketWrap', 'TCPServerWrap', 'Timeout'].includes(name));
    const before = handles().length;
    await installation.behaveAll({ mode: 'decide' });
    const worker = await installation.work();
    expect(await healthz(worker)).toBe(200);
    expect(await connections()).toBeGreaterThan(0);
    await Promise.all(Array.from({ length: 5 }, () => installation.submit(sampleForm('certificates-only'))));
    await worker.stop();
    // The backends leave the list of Postgres a moment after their connections are closed.
    await expect.poll(connections, WAIT).toBe(0);
    expect(await healthz(worker)).toBe('closed');
    await expect.poll(() => handles().length, WAIT).toBeLessThanOrEqual(before);
  });
});
