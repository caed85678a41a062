import { Connection } from '@temporalio/client';
import type { Service } from './process.ts';

export interface TemporalOptions {
  binary: string;
  /** SQLite; the server's default would be memory, and every case gone with the process. */
  dbFile: string;
  port: number;
  uiPort: number;
}

export const TEMPORAL_NAMESPACE = 'default';

/** Temporal's development server. Its state is in `dbFile` and outlives it. */
export const temporalService = ({ binary, dbFile, port, uiPort }: TemporalOptions): Service & { address: string } => {
  const address = `127.0.0.1:${port}`;
  return {
    name: 'temporal',
    address,
    command: () => ({
      file: binary,
      args: [
        ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--ui-port', String(uiPort)],
        ...['--db-filename', dbFile, '--namespace', TEMPORAL_NAMESPACE, '--log-level', 'error'],
        // The projection is written by the worker that has just decided it, without a trip through matching.
        ...['--dynamic-config-value', 'system.enableActivityEagerExecution=true'],
      ],
    }),
    ready: () => isServing(address),
    stopSignal: 'SIGTERM',
  };
};

/** Whether a Temporal server at this address takes work for our namespace. */
export const isServing = async (address: string): Promise<boolean> => {
  let connection: Connection | undefined;
  try {
    connection = await Connection.connect({ address, connectTimeout: '2s' });
    await connection.workflowService.describeNamespace({ namespace: TEMPORAL_NAMESPACE });
    return true;
  } catch {
    return false;
  } finally {
    await connection?.close();
  }
};
