import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { findTemporalCli, type Source } from '../../sandbox/temporal-cli.ts';

let cache: string;
let reports: string[];
beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), 'one-matter-cache-'));
  reports = [];
  vi.stubEnv('PATH', '/nowhere');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(cache, { recursive: true });
});

const program = (path: string) => {
  writeFileSync(path, '#!/bin/sh\nexit 0\n');
  chmodSync(path, 0o755);
  return path;
};

const find = (ways: Source[]) => findTemporalCli({ cache, ways, report: (line) => reports.push(line) });

const works: Source = { name: 'B', run: (folder) => Promise.resolve(program(join(folder, 'made'))) };
const fails: Source = { name: 'A', run: () => Promise.reject(new Error('blocked')) };

test('a program on the PATH comes before all else', async () => {
  const path = program(join(cache, 'temporal'));
  vi.stubEnv('PATH', ['/nowhere', cache].join(delimiter));
  expect(await find([])).toBe(path);
});

test('a source that fails is reported with its reason, and the next is tried', async () => {
  const found = await find([fails, works]);
  expect(existsSync(found)).toBe(true);
  expect(reports).toEqual(['A …', 'failed: blocked', 'B …']);
});

test('what was made once is kept', async () => {
  const made = await find([works]);
  expect(await find([fails])).toBe(made);
});

test('when nothing works the error has every reason and says what to install', async () => {
  await expect(find([fails])).rejects.toThrow(/- A: blocked[^]*Install the Temporal CLI/);
});

test('two processes that look at the same time fetch it once', async () => {
  let made = 0;
  const slow: Source = {
    name: 'slow',
    run: async (folder) => {
      made += 1;
      await new Promise((resolve) => setImmediate(resolve));
      return program(join(folder, 'made'));
    },
  };
  const [first, second] = await Promise.all([find([slow]), find([slow])]);
  expect(first).toBe(second);
  expect(made).toBe(1);
});

test('a process that was killed while fetching does not make others wait', async () => {
  writeFileSync(join(cache, 'temporal.lock'), '999999 1\n');
  expect(existsSync(await find([works]))).toBe(true);
});
