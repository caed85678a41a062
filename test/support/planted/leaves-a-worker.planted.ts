import { NativeConnection, Worker } from '@temporalio/worker';
import { expect, it } from 'vitest';

it('leaves a worker', async () => {
  const connection = await NativeConnection.connect({ address: process.env['TEMPORAL_ADDRESS']! });
  const namespace = process.env['TEMPORAL_NAMESPACE']!;
  const worker = await Worker.create({ connection, namespace, taskQueue: 'left-behind', activities: { act: () => 1 } });
  expect(worker.getState()).toBe('INITIALIZED');
});
