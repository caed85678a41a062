import { spawn } from 'node:child_process';
import { expect, it } from 'vitest';

it('leaves a process', () => {
  // It ends when we do.
  expect(spawn('cat', ['-'], { stdio: ['pipe', 'ignore', 'ignore'] }).pid).toBeGreaterThan(0);
});
