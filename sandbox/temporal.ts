import { Connection } from '@temporalio/client';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SHARE_NOTHING } from '../runtime/temporal-channel.ts';
import { PRIVATE_FOLDER } from './private-files.ts';
import type { Service } from './process.ts';

export interface TemporalOptions {
  binary: string;
  /** A SQLite file. By default the server keeps everything in memory and loses it when it ends. */
  dbFile: string;
  port: number;
  uiPort: number;
  /** Settings of the server besides those that the product needs: `name=value`. */
  settings?: readonly string[];
}

export const TEMPORAL_NAMESPACE = 'default';

/** Temporal's development server, with its state in `dbFile`. */
export const temporalService = ({
  binary,
  dbFile,
  port,
  uiPort,
  settings = [],
}: TemporalOptions): Service & { address: string } => {
  const address = `127.0.0.1:${port}`;
  return {
    name: 'temporal',
    address,
    prepare: async () => {
      await mkdir(dirname(dbFile), { recursive: true, mode: PRIVATE_FOLDER });
    },
    command: () => ({
      file: binary,
      args: [
        ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--ui-port', String(uiPort)],
        ...['--db-filename', dbFile, '--namespace', TEMPORAL_NAMESPACE, '--log-level', 'error'],
        // Eager activities: the worker that decided a change also writes the projection, without a
        // detour through the matching service.
        ...['system.enableActivityEagerExecution=true', ...settings].flatMap((one) => ['--dynamic-config-value', one]),
      ],
    }),
    ready: () => isServing(address),
    stopSignal: 'SIGTERM',
  };
};

/** Whether the Temporal server at this address serves the namespace. */
export const isServing = async (address: string): Promise<boolean> => {
  const connection = Connection.lazy({ address, connectTimeout: '2s', channelArgs: SHARE_NOTHING });
  try {
    await connection.ensureConnected();
    await connection.workflowService.describeNamespace({ namespace: TEMPORAL_NAMESPACE });
    return true;
  } catch {
    return false;
  } finally {
    await connection.close();
  }
};
