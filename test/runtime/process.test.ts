import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

/** A process of the service as an operator starts it. */
const start = async (name: string, env: Record<string, string>) => {
  const main = fileURLToPath(new URL(`../../${name}/main.ts`, import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', main], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { code: child.exitCode, out, err };
};
const DATABASE_URL = 'postgres://nobody@127.0.0.1:1/none';

describe('a process that cannot start because of something outside', () => {
  it.each([
    ['api', 'the API'],
    ['worker', 'the worker'],
    ['watcher', 'the watcher'],
  ])('prints what is wrong with its environment, without a stack (%s)', async (name, owner) => {
    const { code, out, err } = await start(name, { DATABASE_URL, LOG_LEVEL: 'loud', DATABASE_POOL: '' });
    expect({ code, out }).toEqual({ code: 1, out: '' });
    const [first, ...faults] = err.trimEnd().split('\n');
    expect(first).toBe(`The environment of ${owner} is not valid:`);
    expect(faults.length).toBeGreaterThan(0);
    for (const fault of faults) expect(fault).toMatch(/^ {2}[A-Z_]+ (or|must) .*\.$/);
    expect(err).not.toContain('loud');
  });

  it('names the file that is missing, in one line', async () => {
    const { code, err } = await start('api', { DATABASE_URL, PORT: '0', ONE_MATTER_KEY_FILE: '/none/keys.json' });
    expect(code).toBe(1);
    expect(err).toMatch(/^ENOENT: [^\n]*\/none\/keys\.json[^\n]*\n$/);
  });
});
