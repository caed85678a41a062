import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { withClient } from '../../sandbox/database.ts';
import { createPortPool } from '../../sandbox/ports.ts';
import { postgresService, type PostgresService } from '../../sandbox/postgres.ts';
import { startService, type RunningService } from '../../sandbox/process.ts';

const folder = mkdtempSync(join(tmpdir(), 'one-matter-postgres-'));
const dataDir = join(folder, 'postgres');
const portPool = createPortPool();
const running: RunningService[] = [];
let service: PostgresService;

beforeAll(async () => {
  chmodSync(folder, 0o711);
  const port = await portPool.take(0);
  service = await postgresService({ dataDir, port, password: 'a password: with %&/ in it' });
});
afterEach(() => Promise.all(running.splice(0).map((one) => one.stop())));
afterAll(() => {
  portPool.release();
  rmSync(folder, { recursive: true });
});

const start = async () => {
  const one = await startService(service, join(folder, 'log'));
  running.push(one);
  return one;
};

const rows = () =>
  withClient(service.url, async (client) => (await client.query<{ n: number }>('select n from kept order by n')).rows);

test('what was committed is there after the server was killed, and after it was stopped', async () => {
  const first = await start();
  await withClient(service.url, (client) => client.query('create table kept (n integer)'));
  await withClient(service.url, (client) => client.query('insert into kept values (1)'));
  process.kill(first.pid, 'SIGKILL');
  await first.exited;

  const second = await start();
  await withClient(service.url, (client) => client.query('insert into kept values (2)'));
  await second.stop();

  await start();
  expect(await rows()).toEqual([{ n: 1 }, { n: 2 }]);
});

test('a server that still runs after its process manager ended is stopped first', async () => {
  const forgotten = await start();
  await start();
  expect(await forgotten.exited).toBe('ended with 0');
  expect(await rows()).toHaveLength(2);
});

test('a postmaster.pid that names a process which is not this server does not keep it from starting', async () => {
  writeFileSync(join(dataDir, 'postmaster.pid'), `${process.pid}\n${dataDir}\n`);
  await start();
  expect(await rows()).toHaveLength(2);
});

test('a data folder whose creation was interrupted is created again', async () => {
  const interrupted = join(folder, 'interrupted');
  writeFileSync(`${interrupted}.new`, '');
  const port = await portPool.take(0);
  const other = await postgresService({ dataDir: interrupted, port, password: 'x' });
  running.push(await startService(other, join(folder, 'log')));
  expect(await other.ready()).toBe(true);
});
