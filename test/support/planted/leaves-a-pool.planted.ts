import { expect, it } from 'vitest';
import { createPool } from '../../../db/sql/pool.ts';

it('leaves a pool', async () => {
  const pool = createPool({ url: process.env['DATABASE_URL']!, max: 1, name: 'left behind' });
  expect((await pool.query('select')).rowCount).toBe(1);
});
