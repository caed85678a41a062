import { spawn } from 'node:child_process';
import { expect, it } from 'vitest';

it('leaves a process', () => {
  // It ends with this process.
  expect(spawn('cat', ['-'], { stdio: ['pipe', 'ignore', 'ignore'] }).pid).toBeGreaterThan(0);
});
