import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';

/**
 * A separate namespace with a client. The queues of agencies have fixed names, so that in a shared
 * namespace the worker of another test would take the tasks.
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
