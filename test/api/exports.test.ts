import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { csvCell, csvStream } from '../../api/exports/csv.ts';
import { disarm, linesOf, type Cell, type Sheet } from '../../api/exports/sheet.ts';
import { xlsxStream } from '../../api/exports/xlsx.ts';
import { openApi, submission, type Api } from './harness.ts';
import { unzip } from './unzip.ts';

const ROWS = 50_000;

/** A long sheet that counts how many of its rows were taken. */
const longSheet = () => {
  const taken = { rows: 0 };
  const rows = async function* (): AsyncGenerator<readonly Cell[]> {
    for (; taken.rows < ROWS; taken.rows += 1) yield [`row ${taken.rows}`, taken.rows, '一件事'.repeat(20)];
  };
  const sheet: Sheet = {
    name: 'long',
    about: [['a', 'b']],
    columns: ['x', 'y', 'z'],
    rows: rows(),
    end: (n) => ['n', String(n)],
  };
  return { taken, lines: linesOf(sheet, () => undefined) };
};

describe('a file', () => {
  it.each([
    ['=1+1', "'=1+1"],
    ['+86 571', "'+86 571"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['  =cmd', "'  =cmd"],
    ['\uFEFF=cmd', "'\uFEFF=cmd"],
    ['＝1', "'＝1"],
    ['\t1', "'\t1"],
    ['\r1', "'\r1"],
    ['330411-20241120-00012-6', '330411-20241120-00012-6'],
    ['a=b', 'a=b'],
    [-5, -5],
    [undefined, undefined],
  ])('has %j as %j: no spreadsheet runs it', (cell, written) => {
    expect(disarm(cell)).toBe(written);
  });

  it('has nothing that a spreadsheet would run, neither above its table nor in it, in either format', async () => {
    const sheet = (): Sheet => ({
      name: 'x',
      about: [['Filter', '=A1']],
      columns: ['name'],
      rows: (async function* () {
        yield ['=HYPERLINK("http://x","y")'];
      })(),
      end: (n) => ['Rows', String(n)],
    });
    const lines = () => linesOf(sheet(), () => undefined);
    expect(await text(csvStream(lines()))).toBe(
      `\uFEFFFilter,'=A1\r\n\r\nname\r\n"'=HYPERLINK(""http://x"",""y"")"\r\n\r\nRows,1\r\n`,
    );
    const book = unzip(await buffer(xlsxStream('x', lines())))['xl/worksheets/sheet1.xml'];
    expect(book).toContain(">'=A1</t>");
    expect(book).toContain(">'=HYPERLINK(&quot;http://x&quot;,&quot;y&quot;)</t>");
    expect(book).not.toContain('<f>');
  });

  it.each([
    ['a,b', '"a,b"'],
    ['say "no"', '"say ""no"""'],
    ['two\nlines', '"two\nlines"'],
    ['two\rlines', '"two\rlines"'],
    [-5, '-5'],
    [undefined, ''],
  ])('as CSV quotes %j as %j', (cell, written) => {
    expect(csvCell(cell)).toBe(written);
  });

  it.each([
    ['csv', csvStream],
    ['xlsx', (lines: AsyncIterable<readonly Cell[]>) => xlsxStream('long', lines)],
  ] as const)(
    'of 50,000 rows as %s is written while it is read, and waits for a reader that waits',
    async (_format, open) => {
      const { taken, lines } = longSheet();
      const stream = open(lines);
      const slow = stream.pipe(new PassThrough({ highWaterMark: 1024 }));
      await once(slow, 'readable');
      // The reader has stopped: the buffers hold this much and no more, for any length of time.
      let before = -1;
      while (before !== taken.rows) {
        before = taken.rows;
        for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate);
      }
      expect(taken.rows).toBeLessThan(ROWS / 5);
      await buffer(slow);
      expect(taken.rows).toBe(ROWS);
    },
  );

  it('as xlsx is a workbook of texts and numbers with any content', async () => {
    const lines = (async function* (): AsyncGenerator<readonly Cell[]> {
      yield ['=1+1', 5, undefined, '<b>&"', 'a\u0000b'];
    })();
    const files = unzip(await buffer(xlsxStream('办件 & co', lines)));
    expect(Object.keys(files).sort()).toEqual([
      '[Content_Types].xml',
      '_rels/.rels',
      'xl/_rels/workbook.xml.rels',
      'xl/workbook.xml',
      'xl/worksheets/sheet1.xml',
    ]);
    expect(files['xl/workbook.xml']).toContain('name="办件 &amp; co"');
    expect(files['xl/worksheets/sheet1.xml']).toContain(
      '<row><c t="inlineStr"><is><t xml:space="preserve">=1+1</t></is></c><c><v>5</v></c><c/>' +
        '<c t="inlineStr"><is><t xml:space="preserve">&lt;b&gt;&amp;&quot;</t></is></c>' +
        '<c t="inlineStr"><is><t xml:space="preserve">ab</t></is></c></row>',
    );
  });

  it.each([
    ['csv', csvStream],
    ['xlsx', (lines: AsyncIterable<readonly Cell[]>) => xlsxStream('x', lines)],
  ] as const)('as %s breaks off when its rows do, and never looks whole', async (_format, open) => {
    const lines = (async function* (): AsyncGenerator<readonly Cell[]> {
      yield ['a'];
      throw new Error('Postgres is gone');
    })();
    await expect(text(open(lines))).rejects.toThrow('Postgres is gone');
  });
});

describe('an export', () => {
  let api: Api;
  beforeAll(async () => {
    api = await openApi();
    for (let index = 0; index < 3; index += 1) await api.start();
    await api.call('POST', '/api/v1/cases', submission(api.tokens.clerk, { region: '330402' }, uuidv7()));
  });
  afterAll(() => api.close());

  const make = (body: Record<string, unknown>, token = api.tokens.supervisor) =>
    api.call('POST', '/api/v1/exports', { token, body });

  it('names its filter, time, masking, author and number of rows, and is recorded', async () => {
    const {
      status,
      text: file,
      headers,
    } = await make({ subject: 'cases', format: 'csv', filter: { region: '330411' } });
    expect(status).toBe(200);
    expect(headers.get('content-type')).toContain('text/csv');
    const lines = file.split('\r\n');
    expect(lines[0]).toBe('清单,办件');
    expect(lines.slice(1, 8)).toEqual([
      '筛选条件,region=330411',
      '权限范围,33',
      expect.stringMatching(/^截止时间,20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00$/),
      '个人信息,姓名、证件号码已脱敏',
      '行数上限,200000',
      expect.stringMatching(/^导出编号,[0-9a-f-]{36}$/),
      '导出人,supervisor:supervisor-1',
    ]);
    expect(lines.filter((line) => line.startsWith('330411-'))).toHaveLength(3);
    expect(lines.at(-2)).toBe('合计行数,3');
    expect(file).toContain('林**,339***********0020');
    expect(file).not.toMatch(/林晓雨|339900198802290020/);

    const id = lines[6]!.split(',')[1];
    const record = () =>
      api.pool.query<object>(
        'select by, subject, filter, persons, rows from exports where id = $1 and finished_at is not null',
        [id],
      );
    // What was sent is noted when the last of it has left.
    await expect
      .poll(async () => (await record()).rows)
      .toEqual([
        {
          by: { role: 'supervisor', id: 'supervisor-1' },
          subject: 'cases',
          filter: { region: '330411' },
          persons: 'masked',
          rows: 3,
        },
      ]);
    await expect.poll(() => api.log.some((line) => line.includes('"audit":"export"'))).toBe(true);
  });

  it('omits persons on request, and never shows them unmasked', async () => {
    const { text: file } = await make({ subject: 'cases', format: 'csv', persons: 'absent' });
    expect(file).not.toMatch(/林|\b339|当事人/);
    expect((await make({ subject: 'cases', persons: 'whole' })).status).toBe(400);
    expect((await make({ subject: 'cases', filter: { text: '林晓雨' } })).status).toBe(400);
  });

  it('gives orders and stalls too, as a workbook', async () => {
    for (const subject of ['stalls', 'supervision-orders']) {
      const response = await fetch(`${api.url}/api/v1/exports`, {
        method: 'POST',
        headers: { authorization: `Bearer ${api.tokens.supervisor}`, 'content-type': 'application/json' },
        body: JSON.stringify({ subject }),
      });
      expect(response.status).toBe(200);
      expect(unzip(Buffer.from(await response.arrayBuffer()))['xl/worksheets/sheet1.xml']).toContain('合计行数');
    }
  });

  it('reaches no further than the division of its supervisor', async () => {
    const { text: file } = await make({ subject: 'cases', format: 'csv' }, api.tokens.otherSupervisor);
    expect(file).toContain('合计行数,0');
    const { text: asked } = await make(
      { subject: 'cases', format: 'csv', filter: { region: '3304' } },
      api.tokens.otherSupervisor,
    );
    expect(asked).toContain('合计行数,0');
    for (const token of [api.tokens.clerk, api.tokens.police])
      expect((await make({ subject: 'cases' }, token)).status).toBe(403);
  });
});
