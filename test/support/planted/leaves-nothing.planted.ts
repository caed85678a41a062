import { spawn } from 'node:child_process';
import { expect, it } from 'vitest';
import { createPool } from '../../../db/sql/pool.ts';

it('leaves nothing', async () => {
  const pool = createPool({ url: process.env['DATABASE_URL']!, max: 1, name: 'put away' });
  await pool.query('select');
  const child = spawn('cat', ['-'], { stdio: ['pipe', 'ignore', 'ignore'] });
  child.stdin.end();
  await pool.end();
  expect(pool.ended).toBe(true);
});
