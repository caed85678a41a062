import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { waitForLock } from '../../sandbox/lock.ts';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Builds dist/ from the current sources. Every test of built programs calls this first. Without
 * changes it takes seconds and writes nothing. A checkout runs one build at a time. Throws the
 * output of a failed build.
 */
export const build = async (): Promise<void> => {
  const release = await waitForLock(join(CHECKOUT, 'node_modules', '.cache', 'build.lock'), () => undefined);
  try {
    const npm = spawn('npm', ['run', 'build'], { cwd: CHECKOUT, stdio: ['ignore', 'pipe', 'inherit'] });
    const closed = once(npm, 'close') as Promise<[number | null]>;
    const [said, [code]] = await Promise.all([text(npm.stdout), closed]);
    if (code !== 0) throw new Error(`npm run build failed:\n${said}`);
  } finally {
    release();
  }
};
