import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { CaseList } from '../../contract/cases.ts';
import { isCaseEnd } from '../../matters/engine/status.ts';
import { freePorts } from '../../sandbox/ports.ts';
import { SandboxFile } from '../../sandbox/sandbox-file.ts';

/** `npm start` as a user has it: real processes, told apart by their home. The tests follow one installation through its life. */

// A start takes seconds, and a case as long as its sandbox officers do.
vi.setConfig({ testTimeout: 120_000 });

const MAIN = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
const home = mkdtempSync(join(tmpdir(), 'one-matter-up-'));
let port: number;
let main: Started;

interface Started {
  child: ChildProcess;
  text: () => string;
}

const up = (options: { port: number; args?: string[] }): Started => {
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN, 'up', ...(options.args ?? [])], {
    env: { ...process.env, ONE_MATTER_HOME: home, PORT: String(options.port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return { child, text: () => said };
};

const ready = (started: Started) =>
  vi.waitFor(() => expect(started.text()).toMatch(/ready [^]*Ctrl-C/), { timeout: 60_000, interval: 100 });

const ended = async ({ child }: Started) => {
  if (child.exitCode === null) await once(child, 'close');
  return child.exitCode;
};

const sandbox = () => SandboxFile.parse(JSON.parse(readFileSync(join(home, 'sandbox.json'), 'utf8')));

const cases = async () => {
  const { api, tokens } = sandbox();
  const response = await fetch(`${api}/api/v1/cases?limit=100`, {
    headers: { authorization: `Bearer ${tokens.clerk}` },
  });
  return CaseList.parse(await response.json()).cases;
};

const isAlive = (pid: number) => {
  const ps = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return ps.status === 0 && !ps.stdout.startsWith('Z');
};

beforeAll(async () => {
  [port] = (await freePorts(1)) as [number];
  main = up({ port });
  await ready(main);
});
afterAll(async () => {
  main.child.kill('SIGINT');
  await ended(main);
  rmSync(home, { recursive: true, force: true });
});

test('it says when it is ready, after how long, and where everything is', () => {
  expect(main.text()).toMatch(/ready [^(]*\([\d.]+ s\)/);
  expect(main.text()).toContain(`http://127.0.0.1:${port}`);
});

test('what it writes for other programs is closed to other users', () => {
  expect(statSync(join(home, 'sandbox.json')).mode & 0o777).toBe(0o600);
  expect(Object.keys(sandbox().pids).sort()).toEqual(['api', 'postgres', 'sandbox', 'temporal', 'watcher', 'worker']);
});

test('the sample cases run to their ends', async () => {
  await expect
    .poll(async () => (await cases()).map(({ status }) => isCaseEnd(status)), { timeout: 60_000, interval: 500 })
    .toEqual([true, true, true, true, true]);
});

test('a second copy in the same home is told who is there', async () => {
  const second = up({ port: port + 1 });
  expect(await ended(second)).toBe(2);
  expect(second.text()).toContain(`Process ${main.child.pid} runs the sandbox`);
});

test.each(['worker', 'watcher', 'api', 'sandbox', 'temporal', 'postgres'])(
  'a killed %s is back within 5 s',
  async (name) => {
    const before = sandbox().pids[name]!;
    process.kill(before, 'SIGKILL');
    await expect.poll(() => sandbox().pids[name], { timeout: 5_000 }).not.toBe(before);
    await expect.poll(() => main.text().includes(`${name} is up again`), { timeout: 20_000 }).toBe(true);
  },
);

test('Ctrl-C leaves nothing running, and the next start has everything as it was', async () => {
  const before = { cases: await cases(), tokens: sandbox().tokens };
  const pids = Object.values(sandbox().pids);
  main.child.kill('SIGINT');
  expect(await ended(main)).toBe(0);
  expect(pids.filter(isAlive)).toEqual([]);

  main = up({ port });
  await ready(main);
  expect({ cases: await cases(), tokens: sandbox().tokens }).toEqual(before);
});

test('a taken port is named, with how to choose another', async () => {
  main.child.kill('SIGINT');
  await ended(main);
  const other = createServer().listen(port, '127.0.0.1');
  await once(other, 'listening');
  const refused = up({ port });
  expect(await ended(refused)).toBe(2);
  expect(refused.text()).toContain(`Port ${port} is taken. Choose another one: PORT=${port + 1} npm start`);
  other.close();
});

test('--fresh begins with an empty database', async () => {
  main = up({ port, args: ['--fresh'] });
  await ready(main);
  expect(await cases()).toHaveLength(5);
});
