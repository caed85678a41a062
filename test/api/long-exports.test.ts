import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { dossierContext } from '../../db/dossiers.ts';
import { createPool } from '../../db/pool.ts';
import { FORM, openApi, type Api } from './harness.ts';
import { unzip } from './unzip.ts';

const CASES = 50_000;
/** What may be held beyond what was held before: a few pages of 500 and the buffers.  */
const MOST_HELD = 8 * 2 ** 20;

let api: Api;
let pool: Pool;
let url: string;

beforeAll(async () => {
  api = await openApi();
  const { caseId } = await api.start();
  await multiply(caseId);
  pool = createPool({ url: api.serviceUrl, max: 2, name: 'exports' });
  url = await api.another({}, pool);
});
afterAll(async () => {
  await pool.end();
  await api.close();
});

/** Many cases like one, each with its sealed dossier. */
const multiply = async (like: string): Promise<void> => {
  for (let from = 1; from < CASES; from += 5_000) {
    const numbers = Array.from({ length: Math.min(5_000, CASES - from) }, (_, index) => from + index);
    const ids = numbers.map(() => uuidv7());
    const contents = ids.map((id) =>
      api.cipher.seal({ form: { ...FORM, note: '三楼'.repeat(20) }, materials: [] }, dossierContext(id, 1)),
    );
    await api.pool.query(
      `insert into cases (id, case_no, matter, version, region, channel, query_code_hash, plan, submitted_by, submitted_at, ledger_seq, ledger_hash)
      select new.id, '330411' || lpad(new.number::text, 14, '0'), matter, version, region, channel, query_code_hash, plan, submitted_by,
        submitted_at - new.number * interval '1 second', ledger_seq, ledger_hash
      from cases, unnest($2::uuid[], $3::int[]) as new (id, number) where cases.id = $1`,
      [like, ids, numbers],
    );
    await api.pool.query(
      'insert into dossiers (case_id, revision, content) select id, 1, content from unnest($1::uuid[], $2::bytea[]) as new (id, content)',
      [ids, contents],
    );
  }
};

const gc = (() => {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
})();

/** What is held for good just now, in bytes. */
const held = (): number => {
  gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

const open = async (format: 'csv' | 'xlsx'): Promise<Readable> => {
  const response = await fetch(`${url}/api/v1/exports`, {
    method: 'POST',
    headers: { authorization: `Bearer ${api.tokens.supervisor}`, 'content-type': 'application/json' },
    body: JSON.stringify({ subject: 'cases', format }),
  });
  expect(response.status).toBe(200);
  return Readable.fromWeb(response.body as ReadableStream);
};

it.each(['csv', 'xlsx'] as const)(
  '50,000 cases as %s leave while they are read, at the speed of whoever takes them, and are never all in memory',
  async (format) => {
    let asked = 0;
    const count = () => void (asked += 1);
    pool.on('acquire', count);
    const file = await open(format);

    const taken: Buffer[] = [];
    const looks: { asked: number; held: number }[] = [];
    for await (const chunk of file as AsyncIterable<Buffer>) {
      // With the first bytes here, hardly any of the two hundred questions for rows and dossiers has been asked.
      if (taken.length === 0) expect(asked).toBeLessThan(50);
      taken.push(chunk);
      if (asked >= (looks.at(-1)?.asked ?? 0) + 20) looks.push({ asked, held: held() });
    }
    pool.off('acquire', count);
    expect(asked).toBeGreaterThan(200);
    expect(looks.length).toBeGreaterThan(5);
    // The first looks still see what it took to make the cases.
    const [, first, ...rest] = looks.map((look) => look.held);
    const own = taken.reduce((size, { length }) => size + length, 0);
    expect(Math.max(...rest) - own).toBeLessThan(first! + MOST_HELD);

    const whole = Buffer.concat(taken);
    const text = format === 'csv' ? whole.toString('utf8') : unzip(whole)['xl/worksheets/sheet1.xml']!;
    expect(text.match(/林\*\*/g)).toHaveLength(CASES);
    expect(text).toContain('合计行数');
    expect(text).not.toContain('林晓雨');
  },
);
