import { spawnSync } from 'node:child_process';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isErrno } from './process.ts';

/** Either ours to release, or held by a process that lives. */
export type Lock = { kind: 'held'; release: () => void } | { kind: 'taken'; pid: number };

const POLL_MS = 200;

/**
 * Takes a lock file, or says who has it. A lock whose process is gone is taken over. A pid alone does not tell: after a
 * restart (of a container above all) another process may have it, so the lock also names when its process began.
 */
export const takeLock = (path: string): Lock => {
  mkdirSync(dirname(path), { recursive: true });
  const mine = `${path}.${process.pid}`;
  // Linked into place, so that nobody ever reads a lock that is not written yet.
  writeFileSync(mine, `${process.pid} ${birthOf(process.pid) ?? ''}\n`, { mode: 0o600 });
  try {
    for (;;) {
      if (tryLink(mine, path)) return { kind: 'held', release: () => rmSync(path, { force: true }) };
      const holder = livingHolder(path);
      if (holder !== undefined) return { kind: 'taken', pid: holder };
      rmSync(path, { force: true });
    }
  } finally {
    rmSync(mine, { force: true });
  }
};

/** Takes a lock file once whoever has it gives it back. `onWait` is told once who that is. */
export const waitForLock = async (path: string, onWait: (pid: number) => void): Promise<() => void> => {
  for (let told = false; ; told = true) {
    const lock = takeLock(path);
    if (lock.kind === 'held') return lock.release;
    if (!told) onWait(lock.pid);
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

const livingHolder = (path: string): number | undefined => {
  try {
    const [pid = '', ...birth] = readFileSync(path, 'utf8').trim().split(' ');
    return birthOf(Number(pid)) === birth.join(' ') ? Number(pid) : undefined;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
};

/** When a process began, in whatever words the system has for it; undefined: there is no such process. */
const birthOf = (pid: number): string | undefined => {
  try {
    // Field 22 of Linux's stat; the name in field 2 may hold spaces and brackets, so fields are counted from its end.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie is gone; in a container without an init it stays one for ever.
    return state === 'Z' ? undefined : fields[18];
  } catch (error) {
    if (!isErrno(error, 'ENOENT') && !isErrno(error, 'ESRCH')) throw error;
    const ps = spawnSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' });
    return ps.status === 0 ? ps.stdout.trim().replaceAll(/\s+/g, ' ') : undefined;
  }
};
