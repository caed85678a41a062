import { spawnSync } from 'node:child_process';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isErrno } from './process.ts';

/** Held by this process, or taken by another running process. */
export type Lock = { kind: 'held'; release: () => void } | { kind: 'taken'; pid: number };

const POLL_MS = 200;

/**
 * Takes a lock file, or returns the process that has it. A lock whose process has ended is taken
 * over. After a restart, above all of a container, another process may have the same pid, so the
 * lock also contains the start time of its process.
 */
export const takeLock = (path: string): Lock => {
  mkdirSync(dirname(path), { recursive: true });
  const mine = `${path}.${process.pid}`;
  // Written elsewhere and linked into place, so that no process reads an incomplete lock.
  writeFileSync(mine, `${process.pid} ${birthOf(process.pid) ?? ''}\n`, { mode: 0o600 });
  try {
    for (;;) {
      if (tryLink(mine, path)) return { kind: 'held', release: () => rmSync(path, { force: true }) };
      const holder = findHolder(path);
      if (holder !== undefined) return { kind: 'taken', pid: holder };
      rmSync(path, { force: true });
    }
  } finally {
    rmSync(mine, { force: true });
  }
};

/** Waits for a lock file and takes it. `onWait` is called once, with the pid of the holder. */
export const waitForLock = async (path: string, onWait: (pid: number) => void): Promise<() => void> => {
  for (let reported = false; ; reported = true) {
    const lock = takeLock(path);
    if (lock.kind === 'held') return lock.release;
    if (!reported) onWait(lock.pid);
    await delay(POLL_MS);
  }
};

const tryLink = (from: string, to: string): boolean => {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return false;
    throw error;
  }
};

const findHolder = (path: string): number | undefined => {
  try {
    const [pid = '', ...birth] = readFileSync(path, 'utf8').trim().split(' ');
    return birthOf(Number(pid)) === birth.join(' ') ? Number(pid) : undefined;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
};

/**
 * The start time of a process, in the format of the operating system; undefined: no such process.
 */
const birthOf = (pid: number): string | undefined => {
  try {
    // Field 22 of Linux's stat. The name in field 2 may contain spaces and brackets, so the fields
    // after it are counted.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie has ended. In a container without an init process it is never removed.
    return state === 'Z' ? undefined : fields[18];
  } catch (error) {
    if (!isErrno(error, 'ENOENT') && !isErrno(error, 'ESRCH')) throw error;
    const ps = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
    return ps.status === 0 ? ps.stdout.trim().replaceAll(/\s+/g, ' ') : undefined;
  }
};
