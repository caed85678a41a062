import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';

/**
 * A namespace of its own, with a client: agencies' queues have fixed names, and another test's
 * worker would take our tasks.
 */
export const createNamespace = async (address: string): Promise<{ temporal: Client; namespace: string }> => {
  const namespace = `test-${randomUUID()}`;
  const connection = await Connection.connect({ address });
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: msToTs('1 day'),
  });
  return { temporal: new Client({ connection, namespace }), namespace };
};
