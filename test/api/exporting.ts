import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { v7 as uuidv7 } from 'uuid';
import { dossierContext } from '../../db/cases/dossiers.ts';
import { createPool } from '../../db/sql/pool.ts';
import { openApi } from './harness.ts';
import { SMALL_MOVE_FORM } from '../support/matters.ts';
import { unzip } from './unzip.ts';

/** An export as its reader received it. */
export interface ExportRun {
  /** The table. */
  text: string;
  /** Queries to Postgres before the first bytes, and in total. */
  askedAtFirst: number;
  asked: number;
  /** Bytes in memory beyond those already read, at every `lookEvery`th query. */
  held: number[];
}

const gc = (() => {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
})();

const measureHeap = (): number => {
  gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

/** An API with any number of cases, whose exports use a separate pool. */
export const openExports = async () => {
  const api = await openApi();
  const { caseId: like } = await api.start();
  const pool = createPool({ url: api.serviceUrl, max: 2, name: 'exports' });
  const url = await api.another({}, pool);
  let there = 1;

  /** More cases like the first, each with its sealed dossier. */
  const add = async (count: number): Promise<void> => {
    const numbers = Array.from({ length: count }, (_, index) => there + index);
    const ids = numbers.map(() => uuidv7());
    const contents = ids.map((id) =>
      api.cipher.seal({ form: { ...SMALL_MOVE_FORM, note: '三楼'.repeat(250) }, materials: [] }, dossierContext(id, 1)),
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
    there += count;
  };

  return {
    growTo: async (cases: number): Promise<void> => {
      while (there < cases) await add(Math.min(5_000, cases - there));
    },

    /** With a reader that queries Postgres between two chunks. */
    take: async (format: 'csv' | 'xlsx', { lookEvery }: { lookEvery: number }): Promise<ExportRun> => {
      const pieces: Buffer[] = [];
      const held: number[] = [];
      let [asked, taken, askedAtFirst] = [0, 0, 0];
      const ask = (): void => {
        asked += 1;
        if (asked % lookEvery === 0) held.push(measureHeap() - taken);
      };
      pool.on('acquire', ask);
      const response = await fetch(`${url}/api/v1/exports`, {
        method: 'POST',
        headers: { authorization: `Bearer ${api.tokens.supervisor}`, 'content-type': 'application/json' },
        body: JSON.stringify({ subject: 'cases', format }),
      });
      if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
      for await (const piece of Readable.fromWeb(response.body as ReadableStream) as AsyncIterable<Buffer>) {
        if (taken === 0) askedAtFirst = asked;
        pieces.push(piece);
        taken += piece.length;
        await api.pool.query('select');
      }
      pool.off('acquire', ask);
      const whole = Buffer.concat(pieces);
      const text = format === 'csv' ? whole.toString('utf8') : unzip(whole)['xl/worksheets/sheet1.xml']!;
      return { text, askedAtFirst, asked, held };
    },

    close: async () => {
      await pool.end();
      await api.close();
    },
  };
};

export type Exports = Awaited<ReturnType<typeof openExports>>;
