import { fileURLToPath } from 'node:url';
import { WorkflowClient } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { empty } from './workflows.ts';

/**
 * The engine's floor, in a separate process. For every message `{ count, inFlight }` it runs
 * `count` empty workflows, started eagerly as cases are, and answers with the seconds that they
 * took.
 */
interface Load {
  count: number;
  inFlight: number;
}

const QUEUE = 'bench-floor';

Runtime.install({ logger: new DefaultLogger('ERROR') });
const connection = await NativeConnection.connect({ address: process.env['TEMPORAL_ADDRESS'] ?? '127.0.0.1:7233' });
const worker = await Worker.create({
  connection,
  taskQueue: QUEUE,
  workflowsPath: fileURLToPath(new URL('workflows.ts', import.meta.url)),
});
const client = new WorkflowClient({ connection });
const prefix = `floor:${process.pid}`;
let started = 0;

const run = async ({ count, inFlight }: Load): Promise<number> => {
  const startedAt = performance.now();
  const until = started + count;
  let ended = 0;
  let perS = 0;
  const runLane = async () => {
    while (started < until) {
      const workflowId = `${prefix}:${started++}`;
      await client.execute<typeof empty>('empty', { workflowId, taskQueue: QUEUE, requestEagerStart: true });
      ended += 1;
      // The same count as for cases (load.ts).
      if (started === until && perS === 0) perS = ended / ((performance.now() - startedAt) / 1000);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, runLane));
  return perS;
};

process.on('message', (load: Load) => {
  void run(load).then((perS) => process.send?.({ perS }));
});
process.once('disconnect', () => worker.shutdown());
process.send?.({ perS: 0 });
await worker.run();
await connection.close();
