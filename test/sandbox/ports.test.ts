import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createPortPool, isPortTaken, startOnPorts, type PortPool } from '../../sandbox/ports.ts';
import { postgresService } from '../../sandbox/postgres.ts';
import { startService, type Service } from '../../sandbox/process.ts';
import { findTemporalCli } from '../../sandbox/temporal-cli.ts';
import { temporalService } from '../../sandbox/temporal.ts';

let folder: string;
let portPool: PortPool;
let others: Server[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'one-matter-ports-'));
  chmodSync(folder, 0o711);
  portPool = createPortPool();
  others = [];
});
afterEach(async () => {
  portPool.release();
  await Promise.all(others.map((other) => new Promise((resolve) => other.close(resolve))));
  rmSync(folder, { recursive: true });
});

/** Another program that listens there and closes every connection. */
const occupy = async (port: number): Promise<void> => {
  const other = createServer((caller) => caller.destroy()).listen(port, '127.0.0.1');
  await once(other, 'listening');
  others.push(other);
};

test('no two holders have the same port, until one is released', async () => {
  const second = createPortPool();
  const port = await portPool.take(0);
  expect(await portPool.take(port)).toBe(port);
  const other = await second.take(port);
  expect(other).not.toBe(port);
  portPool.release();
  expect(await second.take(port)).toBe(port);
  second.release();
});

test('a port that another program has is exchanged, and the others stay as they were', async () => {
  const kept = { first: await portPool.take(0), second: await portPool.take(0) };
  await occupy(kept.first);
  const { ports } = await startOnPorts({ portPool, kept, start: () => Promise.resolve() });
  expect(ports.second).toBe(kept.second);
  expect(ports.first).not.toBe(kept.first);
});

test('any other failure of a start is not repeated', async () => {
  let starts = 0;
  const start = () => Promise.reject(new Error(`start ${++starts} failed`));
  await expect(startOnPorts({ portPool, kept: { server: 0 }, start })).rejects.toThrow('start 1 failed');
});

test('a start whose ports are taken every time fails', async () => {
  let starts = 0;
  const start = async ({ server }: { server: number }) => {
    starts += 1;
    await occupy(server);
    await occupy(server);
  };
  await expect(startOnPorts({ portPool, kept: { server: 0 }, start })).rejects.toSatisfy(isPortTaken);
  expect(starts).toBe(5);
});

describe('a server that loses its port between the choice and its own start gets another one:', () => {
  const startLate = async (make: (port: number) => Promise<Service>) => {
    const tried: number[] = [];
    const { ports, started } = await startOnPorts({
      portPool,
      kept: { server: 0 },
      start: async ({ server }) => {
        if (tried.push(server) === 1) await occupy(server);
        return startService(await make(server), join(folder, 'log'));
      },
    });
    await started.stop();
    expect(tried).toHaveLength(2);
    expect(tried[1]).toBe(ports.server);
    expect(tried[0]).not.toBe(ports.server);
  };

  test('Postgres', () =>
    startLate((port) => postgresService({ dataDir: join(folder, 'postgres'), port, password: 'a password' })));

  test('Temporal', async () => {
    const binary = await findTemporalCli({ report: () => undefined });
    const uiPort = await portPool.take(0);
    await startLate((port) =>
      Promise.resolve(temporalService({ binary, dbFile: join(folder, 'temporal.db'), port, uiPort })),
    );
  });
});
