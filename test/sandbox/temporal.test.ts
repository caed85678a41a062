import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterAll, expect, test } from 'vitest';
import { createPortPool } from '../../sandbox/ports.ts';
import { startService } from '../../sandbox/process.ts';
import { findTemporalCli } from '../../sandbox/temporal-cli.ts';
import { isServing, temporalService } from '../../sandbox/temporal.ts';

const folder = mkdtempSync(join(tmpdir(), 'one-matter-temporal-'));
const portPool = createPortPool();
afterAll(() => {
  portPool.release();
  rmSync(folder, { recursive: true });
});

test('workflows that were started are there after the server was killed', async () => {
  const binary = await findTemporalCli({ report: () => undefined });
  const [port, uiPort] = [await portPool.take(0), await portPool.take(0)];
  const service = temporalService({ binary, dbFile: join(folder, 'temporal.db'), port, uiPort });
  const log = join(folder, 'log');
  const ids = Array.from({ length: 20 }, () => randomUUID());

  const first = await startService(service, log);
  await withTemporal(service.address, async (client) => {
    // No worker serves the queue: they stay as they are.
    for (const workflowId of ids) await client.workflow.start('nothing', { workflowId, taskQueue: 'nobody' });
  });
  process.kill(first.pid, 'SIGKILL');
  await first.exited;
  expect(await isServing(service.address)).toBe(false);

  const second = await startService(service, log);
  const statuses = await withTemporal(service.address, (client) =>
    Promise.all(ids.map(async (id) => (await client.workflow.getHandle(id).describe()).status.name)),
  );
  await second.stop();
  expect(statuses).toEqual(ids.map(() => 'RUNNING'));
});

const withTemporal = async <T>(address: string, work: (client: Client) => Promise<T>): Promise<T> => {
  const connection = await Connection.connect({ address });
  try {
    return await work(new Client({ connection }));
  } finally {
    await connection.close();
  }
};
