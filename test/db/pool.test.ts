import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { CONNECT_TIMEOUT_MS, createPool, errorCode, inTransaction, isUnavailable } from '../../db/sql/pool.ts';
import { withClient } from '../../sandbox/database.ts';
import { openDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let db: Pool;
beforeAll(async () => {
  database = await openDatabase();
  db = database.db;
});
afterAll(() => database.close());

const failure = async (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('a pool', () => {
  it('returns instants as milliseconds and counts as numbers in any time zone of the process', async () => {
    const { rows } = await db.query<{ at: number; count: number }>(
      `select timestamptz '2024-11-20 08:00:00.123456+08' as at, count(*) from (values (1), (2)) as two`,
    );
    expect(rows).toEqual([{ at: Date.parse('2024-11-20T00:00:00.123Z'), count: 2 }]);
  });

  it('ends a statement that does not end by itself', async () => {
    const { rows } = await db.query<{ statement_timeout: string }>('show statement_timeout');
    expect(rows).toEqual([{ statement_timeout: '15s' }]);
  });

  it('survives the loss of its idle connections', async () => {
    const { rows } = await db.query<{ pid: number }>('select pg_backend_pid() as pid');
    await withClient(database.adminUrl, (admin) => admin.query('select pg_terminate_backend($1)', [rows[0]?.pid]));
    await expect.poll(async () => failure(db.query('select 1'))).toBeUndefined();
  });
});

describe('a transaction', () => {
  it('is all or nothing', async () => {
    const error = await failure(
      inTransaction(db, async (client) => {
        await client.query(`insert into case_numbers (region, day, last) values ('330411', '2000-01-01', 1)`);
        throw new Error('changed my mind');
      }),
    );
    expect(error).toMatchObject({ message: 'changed my mind' });
    expect((await db.query(`select from case_numbers where day = '2000-01-01'`)).rowCount).toBe(0);
  });

  it('is retried after a deadlock, so that both of two crossing ones succeed', async () => {
    const regions = ['330401', '330402'];
    for (const region of regions) {
      await db.query(`insert into case_numbers (region, day, last) values ($1, '2000-01-02', 1)`, [region]);
    }
    let runs = 0;
    let [holding, bothHold] = [0, (): void => undefined];
    const both = new Promise<void>((resolve) => (bothHold = resolve));
    const lockBoth = (order: string[]) =>
      inTransaction(db, async (client) => {
        runs += 1;
        for (const region of order) {
          await client.query(`update case_numbers set last = last + 1 where region = $1 and day = '2000-01-02'`, [
            region,
          ]);
          // Each has its first row before either asks for the other's.
          if ((holding += 1) === 2) bothHold();
          await both;
        }
      });
    await Promise.all([lockBoth(regions), lockBoth([...regions].reverse())]);
    const { rows } = await db.query<{ last: number }>(`select last from case_numbers where day = '2000-01-02'`);
    expect(rows.map(({ last }) => last)).toEqual([3, 3]);
    expect(runs).toBeGreaterThan(2);
  });

  it('gives its connection back', () => {
    expect(db.idleCount).toBe(db.totalCount);
  });
});

describe('an unavailable database', () => {
  it('is distinguished from an invalid statement', async () => {
    const refused = createPool({ url: 'postgres://nobody@127.0.0.1:1/none', max: 1, name: 'test' });
    expect(isUnavailable(await failure(refused.query('select 1')))).toBe(true);
    await refused.end();

    const wrong = await failure(db.query('select nonsense'));
    expect(errorCode(wrong)).toBe('42703');
    expect(isUnavailable(wrong)).toBe(false);
    expect(isUnavailable('text')).toBe(false);
  });

  it('is recognised when the connection is cut in the middle of a transaction', async () => {
    const cut = inTransaction(db, async (client) => {
      const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
      await withClient(database.adminUrl, (admin) => admin.query('select pg_terminate_backend($1)', [rows[0]?.pid]));
      await client.query('select 1');
    });
    expect(isUnavailable(await failure(cut))).toBe(true);
    expect((await db.query('select 1')).rowCount, 'the broken connection is not given out again').toBe(1);
  });

  it('is recognised when it accepts connections and never answers', async () => {
    const silent = createServer();
    const accepted = once(silent, 'connection');
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const pool = createPool({ url: `postgres://nobody@127.0.0.1:${port}/none`, max: 1, name: 'test' });
      const failed = failure(pool.query('select 1'));
      const [socket] = (await accepted) as [Socket];
      await vi.advanceTimersByTimeAsync(CONNECT_TIMEOUT_MS);
      expect(isUnavailable(await failed)).toBe(true);
      await pool.end();
      socket.destroy();
    } finally {
      vi.useRealTimers();
      silent.close();
    }
  });
});
