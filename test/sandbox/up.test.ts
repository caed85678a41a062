import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { CaseList } from '../../contract/cases.ts';
import { isCaseEnd } from '../../domain/case/status.ts';
import { nodeCommand } from '../../sandbox/programs.ts';
import { SandboxFile } from '../../sandbox/sandbox-file.ts';
import { homeAt, readState } from '../../sandbox/state.ts';
import { build } from '../support/build.ts';

/**
 * `npm start` as a user has it: real processes, told apart by their home. The tests follow one
 * installation through its life.
 */

// A start takes seconds, and a case as long as its sandbox officers do.
vi.setConfig({ testTimeout: 120_000 });

const home = mkdtempSync(join(tmpdir(), 'one-matter-up-'));
let port: number;
let main: StartedProcess;

interface StartedProcess {
  child: ChildProcess;
  text: () => string;
}

const startUp = (options: { port: number; args?: string[] }): StartedProcess => {
  const { file, args } = nodeCommand('built', 'cli/main', {}, ['up', ...(options.args ?? [])]);
  const child = spawn(file, args, {
    env: { ...process.env, ONE_MATTER_HOME: home, PORT: String(options.port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return { child, text: () => said };
};

const waitUntilReady = (started: StartedProcess) =>
  vi.waitFor(() => expect(started.text()).toMatch(/ready [^]*Ctrl-C/), { timeout: 60_000, interval: 100 });

const waitForEnd = async ({ child }: StartedProcess) => {
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

/** Files and folders of an installation, without those of Postgres, which has a user of its own. */
const listFiles = (folder: string): { name: string; mode: number }[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => !/^postgres(\/|$)/.test(name))
    .flatMap((name) => {
      // SQLite has a file for the time of a transaction only.
      const found = statSync(join(folder, name), { throwIfNoEntry: false });
      return found ? [{ name, mode: found.mode & 0o777 }] : [];
    });

const isAlive = (pid: number) => {
  const ps = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return ps.status === 0 && !ps.stdout.startsWith('Z');
};

beforeAll(async () => {
  await build();
  main = startUp({ port: 0 });
  await waitUntilReady(main);
  port = Number(new URL(sandbox().api).port);
});
afterAll(async () => {
  main.child.kill('SIGINT');
  await waitForEnd(main);
  rmSync(home, { recursive: true, force: true });
});

test('it prints that it is ready, after which time, and all addresses', () => {
  expect(main.text()).toMatch(/ready [^(]*\([\d.]+ s\)/);
  expect(main.text()).toContain(`http://127.0.0.1:${port}`);
});

test('the files of an installation cannot be read by other users', () => {
  const modes = listFiles(home).map(({ name, mode }) => `${name} ${mode.toString(8)}`);
  expect(modes).toEqual(expect.arrayContaining(['sandbox.json 600', 'temporal/temporal.db 600', 'temporal 700']));
  expect(modes).toEqual(expect.arrayContaining(['agencies/journal.jsonl 600', 'agencies 700']));
  expect(modes.filter((line) => !/ (600|700)$/.test(line))).toEqual([]);
  expect(Object.keys(sandbox().pids).sort()).toEqual(['api', 'postgres', 'sandbox', 'temporal', 'watcher', 'worker']);
});

test('the sample cases run to their ends', async () => {
  await expect
    .poll(async () => (await cases()).map(({ status }) => isCaseEnd(status)), { timeout: 60_000, interval: 500 })
    .toEqual([true, true, true, true, true]);
});

test('a second copy in the same home gets the process id of the first', async () => {
  const second = startUp({ port: port + 1 });
  expect(await waitForEnd(second)).toBe(2);
  expect(second.text()).toContain(`Process ${main.child.pid} already runs the sandbox`);
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

test('Ctrl-C leaves nothing running, and the next start has all data', async () => {
  const before = { cases: await cases(), tokens: sandbox().tokens };
  const pids = Object.values(sandbox().pids);
  main.child.kill('SIGINT');
  expect(await waitForEnd(main)).toBe(0);
  expect(pids.filter(isAlive)).toEqual([]);

  main = startUp({ port });
  await waitUntilReady(main);
  expect({ cases: await cases(), tokens: sandbox().tokens }).toEqual(before);
});

/** Another program that listens there until it is stopped. */
const occupy = async (taken: number): Promise<Server> => {
  const other = createServer().listen(taken, '127.0.0.1');
  await once(other, 'listening');
  return other;
};

test('a taken port is named, with how to choose another', async () => {
  main.child.kill('SIGINT');
  await waitForEnd(main);
  const other = await occupy(port);
  const refused = startUp({ port });
  expect(await waitForEnd(refused)).toBe(2);
  expect(refused.text()).toMatch(new RegExp(`${port}.*PORT`));
  other.close();
});

test('a service whose port another program has taken moves to a free port, and the others keep theirs', async () => {
  const before = readState(homeAt(home), 'test');
  const { api, ...internal } = before.ports;
  const [police] = Object.entries(before.agencyPorts);
  const taken = { ...internal, [police![0]]: police![1] };
  const others = await Promise.all(Object.values(taken).map(occupy));

  main = startUp({ port });
  await waitUntilReady(main);
  for (const other of others) other.close();
  const after = readState(homeAt(home), 'test');
  const portsOf = ({ ports, agencyPorts }: typeof after): Record<string, number> => ({ ...ports, ...agencyPorts });
  const portsNow = portsOf(after);
  const changed = Object.entries(portsOf(before)).filter(([name, number]) => portsNow[name] !== number);
  // A program of another test may have taken a port of the others too. Then this service is named as well.
  const named = changed.map(
    ([name, number]) => `Another program has port ${number}: ${name} is at port ${portsNow[name]} from now on.`,
  );
  expect(Object.fromEntries(changed)).toMatchObject(taken);
  expect(named.filter((line) => !main.text().includes(line))).toEqual([]);
  expect(after.ports.api).toBe(api);
  expect(await cases()).toHaveLength(5);
  main.child.kill('SIGINT');
  await waitForEnd(main);
});

test('--fresh begins with an empty database', async () => {
  main = startUp({ port, args: ['--fresh'] });
  await waitUntilReady(main);
  expect(await cases()).toHaveLength(5);
});
