import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { takeLock, type Lock } from '../../sandbox/lock.ts';

const folder = mkdtempSync(join(tmpdir(), 'one-matter-lock-'));
afterAll(() => rmSync(folder, { recursive: true }));

const release = (lock: Lock) => {
  if (lock.kind === 'held') lock.release();
};

test('a held lock names its holder, and is free after its release', () => {
  const path = join(folder, 'held');
  const first = takeLock(path);
  expect(first.kind).toBe('held');
  expect(takeLock(path)).toEqual({ kind: 'taken', pid: process.pid });
  release(first);
  const again = takeLock(path);
  expect(again.kind).toBe('held');
  release(again);
});

test('a lock whose process has ended is taken over', () => {
  const path = join(folder, 'stale');
  const gone = spawnSync('true');
  writeFileSync(path, `${gone.pid} 123\n`);
  expect(takeLock(path).kind).toBe('held');
});

test('a lock whose pid now belongs to another process is taken over', () => {
  const path = join(folder, 'reused');
  writeFileSync(path, `${process.pid} 1\n`);
  expect(takeLock(path).kind).toBe('held');
  expect(readFileSync(path, 'utf8').split(' ')[0]).toBe(String(process.pid));
});
