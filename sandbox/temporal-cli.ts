import { spawn, spawnSync } from 'node:child_process';
import {
  accessSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { waitForLock } from './lock.ts';
import { signalGroup } from './process.ts';
import { nodeCommand, OWN_PROGRAMS } from './programs.ts';

/**
 * Prints what it does on the terminal. After a line that ends in … follows another about the same
 * activity.
 */
export type Report = (line: string) => void;

/**
 * The newest tag of the module that can be built from the Go module proxy; pinned in
 * temporal-build/go.mod.
 */
const VERSION = '1.5.1';
const MODULE_FOLDER = fileURLToPath(new URL('temporal-build', import.meta.url));
/** A download without a byte for this long counts as blocked, and the build is tried next. */
const DOWNLOAD_STALLS_MS = 20_000;
const BUILD_WITHIN_MS = 30 * 60_000;
const POLL_MS = 200;
const REPORT_EVERY_MS = 10_000;

/**
 * A way to get the program into an empty folder. Returns its path, or throws the reason why this
 * way does not work.
 */
export interface Source {
  name: string;
  run: (folder: string, report: Report) => Promise<string>;
}

/**
 * The path of the `temporal` program: from the PATH, from the cache, by the SDK's download, or
 * built from source, in this order. Each failure is reported with its reason. Throws with
 * instructions when no way works.
 */
export const findTemporalCli = async (options: {
  report: Report;
  cache?: string;
  ways?: readonly Source[];
}): Promise<string> => {
  const { report, cache = cacheFolder(), ways = WAYS } = options;
  const cached = join(cache, `temporal-${VERSION}`);
  const present = onPath('temporal') ?? (isProgram(cached) ? cached : undefined);
  if (present !== undefined) return present;

  mkdirSync(cache, { recursive: true });
  const release = await waitForLock(join(cache, 'temporal.lock'), (pid) =>
    report(`Process ${pid} is fetching the Temporal server; waiting for it …`),
  );
  const folder = mkdtempSync(join(cache, 'making-'));
  try {
    // Another process may have fetched it while this one waited.
    if (!isProgram(cached)) renameSync(await obtain(ways, folder, report), cached);
    return cached;
  } finally {
    rmSync(folder, { recursive: true, force: true });
    release();
  }
};

const cacheFolder = (): string => process.env['ONE_MATTER_CACHE'] ?? join(homedir(), '.cache', 'one-matter');

const obtain = async (ways: readonly Source[], folder: string, report: Report): Promise<string> => {
  const failures: string[] = [];
  for (const { name, run } of ways) {
    report(`${name} …`);
    try {
      return await run(folder, report);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      failures.push(`- ${name}: ${reason}`);
      report(`failed: ${reason}`);
    }
  }
  throw new Error(
    [
      'There is no Temporal server:',
      ...failures,
      'Install the Temporal CLI (https://docs.temporal.io/cli) or Go 1.25 or later, or set TEMPORAL_ADDRESS to your own server.',
    ].join('\n'),
  );
};

/**
 * The download of the SDK, in a separate process, because it has no time limit and leaves handlers
 * in the process that runs it.
 */
const download = async (folder: string): Promise<string> => {
  const { file, args } = nodeCommand(OWN_PROGRAMS, 'sandbox/temporal-download', {}, [`v${VERSION}`, folder]);
  const child = spawn(file, args, { detached: true, stdio: 'ignore' });
  let size = 0;
  let since = Date.now();
  const isStalled = () => {
    const now = sizeOf(folder);
    if (now !== size) [size, since] = [now, Date.now()];
    return Date.now() - since > DOWNLOAD_STALLS_MS;
  };
  const code = await waitForExit(child, isStalled);
  const program = readdirSync(folder)
    .map((name) => join(folder, name))
    .find(isProgram);
  if (program === undefined) throw new Error(code === 'stopped' ? 'no data arrives' : 'not reachable');
  return program;
};

const build = async (folder: string, report: Report): Promise<string> => {
  const go = onPath('go');
  if (go === undefined) throw new Error('there is no Go on this machine');
  const module = join(folder, 'module');
  // Built in a copy, because the checkout may be read-only and must not change.
  cpSync(MODULE_FOLDER, module, { recursive: true });
  const program = join(folder, 'temporal');
  const args = ['build', '-v', '-trimpath', '-ldflags=-s -w', '-o', program, 'github.com/temporalio/cli/cmd/temporal'];
  const child = spawn(go, args, {
    cwd: module,
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, GOFLAGS: '-mod=readonly' },
  });

  const startedAt = Date.now();
  let lines = 0;
  let last = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    lines += text.split('\n').length - 1;
    last = text.trim().split('\n').at(-1) ?? last;
  });
  let reportedAt = startedAt;
  const isLate = () => {
    if (Date.now() - reportedAt > REPORT_EVERY_MS) {
      reportedAt = Date.now();
      report(`${Math.round((reportedAt - startedAt) / 1000)} s, ${lines} packages …`);
    }
    return Date.now() - startedAt > BUILD_WITHIN_MS;
  };
  const code = await waitForExit(child, isLate);
  if (code !== 0 || !isProgram(program)) throw new Error(code === 'stopped' ? 'it took too long' : last);
  return program;
};

/**
 * Waits for the end of a process and returns its exit code. Stops it when `giveUp` returns true or
 * when this process ends.
 */
const waitForExit = async (child: ReturnType<typeof spawn>, giveUp: () => boolean): Promise<number | 'stopped'> => {
  const kill = () => {
    if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL');
  };
  process.once('exit', kill);
  let end: number | 'stopped' | undefined;
  child.once('exit', (code) => (end ??= code ?? 'stopped'));
  child.once('error', () => (end ??= 'stopped'));
  while (end === undefined) {
    if (giveUp()) {
      kill();
      end = 'stopped';
    } else await delay(POLL_MS);
  }
  process.off('exit', kill);
  return end;
};

const WAYS: readonly Source[] = [
  { name: 'Downloading the Temporal server', run: download },
  { name: 'Building the Temporal server from source (2 to 10 minutes, once)', run: build },
];

const onPath = (program: string): string | undefined =>
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find((file) => isProgram(file) && spawnSync(file, [program === 'go' ? 'version' : '--version']).status === 0);

const isProgram = (file: string): boolean => {
  if (!existsSync(file) || !statSync(file).isFile()) return false;
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

const sizeOf = (folder: string): number =>
  readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
