import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { createProcessManager, type ProcessManager } from '../../sandbox/process-manager.ts';
import { sleeper } from '../support/sleeper.ts';

const folder = mkdtempSync(join(tmpdir(), 'one-matter-supervisor-'));
afterAll(() => rmSync(folder, { recursive: true }));

let manager: ProcessManager;
let reports: string[];
beforeEach(() => {
  reports = [];
  manager = createProcessManager({
    logFolder: folder,
    report: (line) => reports.push(line),
    onPids: () => undefined,
  });
});
afterEach(() => manager.stop());

/** A zombie does not count: in a container without an init process an orphan stays one. */
const isAlive = (pid: number) => {
  const ps = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return ps.status === 0 && !ps.stdout.startsWith('Z');
};

const pidOf = (name: string) => manager.pids()[name]!;

test('a service that is killed is back within 5 s, under another pid', async () => {
  await manager.start(sleeper('killed'));
  const before = pidOf('killed');
  process.kill(before, 'SIGKILL');
  await expect.poll(() => reports.at(-1), { timeout: 5_000 }).toBe('killed is up again');
  expect(pidOf('killed')).not.toBe(before);
  expect(isAlive(pidOf('killed'))).toBe(true);
});

test('a service that ends repeatedly is restarted until it stays up', async () => {
  const file = join(folder, 'it-is-broken');
  await manager.start({
    ...sleeper('broken', `if (require('fs').existsSync(${JSON.stringify(file)})) process.exit(3)`),
    ready: async () => {
      // Not before it has looked.
      await delay(300);
      return true;
    },
  });
  writeFileSync(file, '');
  process.kill(pidOf('broken'), 'SIGKILL');
  await expect
    .poll(() => reports.filter((line) => line.includes('ended with 3')).length, { timeout: 10_000 })
    .toBeGreaterThan(2);
  rmSync(file);
  await expect
    .poll(() => isAlive(pidOf('broken')) && reports.at(-1) === 'broken is up again', { timeout: 10_000 })
    .toBe(true);
});

test('a first start that fails throws with the end of the log and leaves nothing running', async () => {
  const failing = {
    ...sleeper('failing', `console.log('no luck'); process.exit(1)`),
    ready: () => Promise.resolve(false),
  };
  await expect(manager.start(failing)).rejects.toThrow(/failing ended with 1[^]*no luck/);
  expect(isAlive(pidOf('failing'))).toBe(false);
});

test('a service that is stopped takes its own children with it', async () => {
  const file = join(folder, 'child.pid');
  const child = `require('child_process').spawn('sleep', ['300'])`;
  await manager.start({
    ...sleeper('parent', `require('fs').writeFileSync(${JSON.stringify(file)}, String(${child}.pid))`),
    ready: () => Promise.resolve(existsSync(file)),
  });
  const parent = pidOf('parent');
  const pid = Number(readFileSync(file, 'utf8'));
  expect(isAlive(pid)).toBe(true);
  await manager.stop();
  expect(isAlive(parent)).toBe(false);
  await expect.poll(() => isAlive(pid)).toBe(false);
});

test('services are stopped in the reverse order of their start', async () => {
  const file = join(folder, 'order');
  const note = (name: string) =>
    `process.on('exit', () => require('fs').appendFileSync(${JSON.stringify(file)}, '${name} '))`;
  // Ready once its handlers are there: it says so by making a file.
  const createNoted = (name: string) => ({
    ...sleeper(name, `${note(name)}; require('fs').writeFileSync(${JSON.stringify(join(folder, name))}, '')`),
    ready: () => Promise.resolve(existsSync(join(folder, name))),
  });
  for (const name of ['one', 'two', 'three']) await manager.start(createNoted(name));
  await manager.stop();
  expect(readFileSync(file, 'utf8')).toBe('three two one ');
});

test('no process outlives a process manager that was killed', async () => {
  const script = fileURLToPath(new URL('../support/managing.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const pids = Object.values(JSON.parse(line.toString()) as Record<string, number>);
  expect(pids.filter(isAlive)).toHaveLength(2);
  child.kill('SIGKILL');
  await expect.poll(() => pids.filter(isAlive), { timeout: 10_000 }).toEqual([]);
});
