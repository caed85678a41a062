import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { CaseSummary } from '../../contract/cases.ts';
import type { BulkView } from '../../contract/bulk.ts';
import type { OrderView } from '../../contract/supervision-orders.ts';
import { CASE_ID, CASE_NO, caseView, runCli } from './in-process.ts';
import { api, type ReceivedRequest } from './recorded-api.ts';

/**
 * A day of an officer and of a supervisor: what each command asks of the API, and what it prints.
 */

const summary = (caseNo: string, light: CaseSummary['light'], submittedAt: string): CaseSummary => ({
  caseId: CASE_ID,
  caseNo,
  matter: { code: 'newborn-registration', version: 1, name: { zh: '出生一件事', en: 'Newborn' } },
  region: '330411',
  channel: 'window',
  status: 'accepted',
  submittedAt,
  light,
  provisional: false,
  statutoryProvisional: false,
});

test('cases are listed as a table, by the filters of the API, page after page', async () => {
  const rows = [
    summary('1'.repeat(20), 'green', '2024-11-20T01:00:00.000Z'),
    summary('2'.repeat(20), 'red', '2024-11-19T01:00:00.000Z'),
  ];
  const { cli, asked } = await api({
    'GET /api/v1/cases': ({ query }: ReceivedRequest) =>
      query['cursor'] === undefined ? { cases: [rows[0]], nextCursor: 'next' } : { cases: [rows[1]] },
  });
  const { code, out } = await cli('case', 'list', '--matter', 'newborn-registration', '--status', 'accepted');
  expect(code).toBe(0);
  expect(out.trimEnd().split('\n')).toEqual([
    'CASE                  MATTER   STATUS    LIGHT  SUBMITTED                  PROMISED',
    '11111111111111111111  Newborn  Accepted  Green  2024-11-20 09:00:00+08:00  -',
    '22222222222222222222  Newborn  Accepted  Red    2024-11-19 09:00:00+08:00  -',
  ]);
  expect(asked.map(({ query }) => query)).toEqual([
    { matter: 'newborn-registration', status: 'accepted', limit: '50' },
    { matter: 'newborn-registration', status: 'accepted', limit: '49', cursor: 'next' },
  ]);
});

test('late cases are those with a red or a deep red light, newest first', async () => {
  const { cli, asked } = await api({
    'GET /api/v1/cases': ({ query: { light } }: ReceivedRequest) => ({
      cases: [
        summary(
          (light === 'red' ? '1' : '2').repeat(20),
          light === 'red' ? 'red' : 'deep-red',
          light === 'red' ? '2024-11-19T01:00:00.000Z' : '2024-11-20T01:00:00.000Z',
        ),
      ],
    }),
  });
  const { out } = await cli('case', 'list', '--late', '-o', 'json');
  expect((JSON.parse(out) as { cases: CaseSummary[] }).cases.map(({ light }) => light)).toEqual(['deep-red', 'red']);
  expect(asked.map(({ query }) => query['light']).sort()).toEqual(['deep-red', 'red']);
});

test('an empty list is printed as empty, and an unknown name of a filter as unknown', async () => {
  const { cli } = await api({
    'GET /api/v1/cases': { cases: [] },
    'GET /api/v1/stalls': {
      stalls: [],
      counts: { total: 0, agencies: [], causes: [], matters: [], regions: [], lights: [] },
    },
    'GET /api/v1/matters': {
      matters: [
        {
          code: 'newborn-registration',
          version: 1,
          name: { zh: '出生', en: 'Newborn' },
          summary: { zh: '出生', en: 'Newborn' },
        },
      ],
    },
    'GET /api/v1/agencies': { days: 30, agencies: [] },
  });
  expect(await cli('case', 'list', '--matter', 'newborn-registration')).toMatchObject({
    code: 0,
    out: 'There is no such case.\n',
  });
  expect(await cli('case', 'list', '--matter', 'nope')).toMatchObject({
    code: 2,
    err: 'There is no matter nope. Known: newborn-registration\n',
  });
  expect(await cli('stalls', '--agency', 'nope')).toMatchObject({
    code: 2,
    err: 'There is no agency nope. Known: –\n',
  });
});

test('a step that the case does not have is called unknown', async () => {
  const { cli } = await api({ [`GET /api/v1/cases/${CASE_ID}`]: caseView({}) });
  const unknown = { code: 2, err: expect.stringContaining('The case has no step nope.') as string };
  expect(await cli('case', 'clock', CASE_ID, '--step', 'nope')).toMatchObject(unknown);
  expect(await cli('step', 'urge', CASE_ID, 'nope', '--reason', 'x')).toMatchObject(unknown);
  expect(await cli('orders', 'open', CASE_ID, 'nope', '--reason', 'x')).toMatchObject(unknown);
});

test('an impossible id is called unknown', async () => {
  const { cli } = await api({});
  expect(await cli('bulk', 'show', 'nope')).toMatchObject({ code: 2, err: 'There is no bulk act nope.\n' });
  expect(await cli('bulk', 'start', 'nope')).toMatchObject({ code: 2, err: 'There is no bulk act nope.\n' });
  expect(await cli('absence', 'end', 'police', 'nope')).toMatchObject({
    code: 2,
    err: 'There is no absence nope.\n',
  });
});

test('the result of an act is one line; an act that is only recorded is named so, with another exit code', async () => {
  const done = await api({
    [`POST /api/v1/cases/${CASE_ID}/withdrawal`]: { messageId: 'm', outcome: 'applied' },
    [`GET /api/v1/cases/${CASE_ID}`]: caseView({ status: 'withdrawn' }),
  });
  expect(await done.cli('case', 'withdraw', CASE_ID, '--reason', 'moved')).toEqual({
    code: 0,
    out: `Newborn  ${CASE_NO}  Withdrawn\n`,
    err: '',
  });
  expect(await done.cli('case', 'withdraw', CASE_ID, '--reason', 'moved', '--quiet')).toMatchObject({
    code: 0,
    out: '',
  });
  const recorded = await api(
    { [`POST /api/v1/cases/${CASE_ID}/withdrawal`]: { recorded: true, messageId: 'm-1' } },
    202,
  );
  const { code, out, err } = await recorded.cli('case', 'withdraw', CASE_ID, '--reason', 'moved');
  expect({ code, out }).toEqual({ code: 3, out: '' });
  expect(err).toContain('Recorded, not carried out yet');
  expect(err).toContain('m-1');
  expect(err).toContain(`case show ${CASE_ID}`);
});

test('data is printed as JSON or YAML as the API gives it', async () => {
  const view = caseView();
  const { cli } = await api({ [`GET /api/v1/cases/${CASE_ID}`]: view });
  expect(JSON.parse((await cli('case', 'show', CASE_ID, '-o', 'json')).out)).toEqual(view);
  expect(parse((await cli('case', 'show', CASE_ID, '-o', 'yaml')).out)).toEqual(view);
});

test('each event of a case has a line', async () => {
  const createEntry = (seq: number) => ({
    seq,
    at: '2024-11-20T01:00:00.000Z',
    kind: 'step-urged',
    what: { zh: '催办', en: 'Urged' },
    step: { id: 'entry', name: { zh: '户口登记', en: 'Entry' } },
    by: { role: 'supervisor', id: 'sup-1' },
    reason: 'late',
    details: { round: 1 },
  });
  const { cli } = await api({
    [`GET /api/v1/cases/${CASE_ID}/ledger`]: ({ query }: ReceivedRequest) =>
      query['cursor'] === undefined ? { entries: [createEntry(1)], nextCursor: 'c' } : { entries: [createEntry(2)] },
  });
  expect((await cli('case', 'ledger', CASE_ID)).out).toBe(
    [1, 2]
      .map((seq) => `   ${seq}  2024-11-20 09:00:00+08:00  Urged  Entry (entry)  Supervisor sup-1  late\n`)
      .join(''),
  );
});

test('reads names who read personal data of a case, from all pages', async () => {
  const createRead = (id: string) => ({
    at: '2024-11-20T01:00:00.000Z',
    by: { role: 'officer', id },
    step: { id: 'entry', name: { zh: '户口登记', en: 'Entry' } },
    kind: 'form',
    what: { zh: '本环节的申请表内容和材料', en: 'The fields and materials of the step' },
    purpose: 'task',
    purposeText: { zh: '办理环节', en: 'Handling the task' },
  });
  const { cli } = await api({
    [`GET /api/v1/cases/${CASE_ID}/reads`]: ({ query }: ReceivedRequest) =>
      query['cursor'] === undefined
        ? { reads: [createRead('police-1')], nextCursor: 'c' }
        : { reads: [createRead('police-2')] },
  });
  expect((await cli('case', 'reads', CASE_ID)).out.split('\n').slice(1, 3)).toEqual(
    ['police-1', 'police-2'].map(
      (id) =>
        `2024-11-20 09:00:00+08:00  Officer ${id}  The fields and materials of the step  Handling the task  entry`,
    ),
  );
});

const ORDER_ID = '0193f1a0-0000-7000-8000-0000000000aa';
const order: OrderView = {
  orderId: ORDER_ID,
  orderNo: '33041120241120000026',
  caseId: CASE_ID,
  caseNo: CASE_NO,
  matter: { code: 'newborn-registration', version: 1, name: { zh: '出生一件事', en: 'Newborn' } },
  region: '330411',
  step: { id: 'entry', name: { zh: '户口登记', en: 'Entry' } },
  round: 1,
  agency: { id: 'police', name: { zh: '公安局', en: 'Police' } },
  ground: 'red',
  status: 'answered',
  light: 'green',
  openedBy: { role: 'system', id: 'escalation' },
  openedAt: '2024-11-20T01:00:00.000Z',
  dueAt: '2024-11-21T01:00:00.000Z',
  provisional: false,
  actions: [
    { action: 'close', allowed: true },
    { action: 'return', allowed: true },
  ],
};

test('orders are listed, found by their number, and acted on', async () => {
  const path = `/api/v1/supervision-orders/${ORDER_ID}`;
  const { cli, asked } = await api({
    'GET /api/v1/supervision-orders': { orders: [order] },
    [`POST ${path}/answer`]: order,
    [`POST ${path}/close`]: { ...order, status: 'closed' },
    [`POST /api/v1/cases/${CASE_ID}/steps/entry/supervision-orders`]: order,
  });
  expect((await cli('orders', 'list', '--status', 'answered')).out).toContain('33041120241120000026  Green  Answered');
  expect(await cli('orders', 'close', order.orderNo, '--text', 'enough')).toMatchObject({
    code: 0,
    out: `${order.orderNo}: Closed\n`,
  });
  await cli('orders', 'answer', ORDER_ID, '--text', 'sorry', '--evidence', 'L-1');
  await cli('orders', 'open', CASE_ID, 'entry', '--reason', 'late');
  expect(asked.filter(({ method }) => method === 'POST').map(({ body }) => body)).toEqual([
    { text: 'enough' },
    { text: 'sorry', evidence: [{ reference: 'L-1' }] },
    { reason: 'late' },
  ]);
  expect(await cli('orders', 'close', '3'.repeat(20), '--text', 'x')).toMatchObject({
    code: 2,
    err: `There is no order ${'3'.repeat(20)}.\n`,
  });
});

const BULK_ID = '0193f1a0-0000-7000-8000-0000000000bb';
const bulk: BulkView = {
  bulkId: BULK_ID,
  status: 'draft',
  action: { kind: 'extend', days: 3 },
  filter: {},
  region: '',
  createdBy: { role: 'supervisor', id: 'sup-1' },
  createdAt: '2024-11-20T01:00:00.000Z',
  total: 1,
  actions: [
    { action: 'start', allowed: true },
    { action: 'stop', allowed: true },
  ],
  reason: 'outage',
  twoPersons: false,
  counts: { pending: 1 },
  events: [],
};

test('a bulk act is created and shown, then started, paused and stopped', async () => {
  const item = { n: 1, caseId: CASE_ID, caseNo: CASE_NO, stepId: 'entry', effect: 'apply', state: 'pending' };
  const { cli, asked } = await api({
    'POST /api/v1/bulk': bulk,
    'GET /api/v1/bulk': { bulk: [bulk] },
    [`GET /api/v1/bulk/${BULK_ID}`]: bulk,
    [`GET /api/v1/bulk/${BULK_ID}/items`]: { items: [item] },
    [`POST /api/v1/bulk/${BULK_ID}/start`]: { ...bulk, status: 'running' },
  });
  const created = await cli(
    'bulk',
    'create',
    'extend',
    '--days',
    '3',
    '--cause',
    'agency-silent',
    '--reason',
    'outage',
  );
  expect(created.code).toBe(0);
  expect(created.out).toContain(`  1  ${CASE_NO}  entry  Pending`);
  expect(created.out).toContain(`bulk start ${BULK_ID}`);
  expect(asked[0]?.body).toEqual({
    action: { kind: 'extend', days: 3 },
    filter: { cause: 'agency-silent' },
    reason: 'outage',
  });
  expect(await cli('bulk', 'start', BULK_ID)).toMatchObject({ code: 0, out: `${BULK_ID}: Running\n` });
  expect((await cli('bulk', 'list')).out).toContain('Draft');
  expect(await cli('bulk', 'create', 'nope', '--reason', 'x')).toMatchObject({
    code: 2,
    err: expect.stringContaining('no action nope') as string,
  });
});

test('a watched list is drawn until it is ended, also while the API is unavailable for a while', async () => {
  const end = new AbortController();
  let looks = 0;
  const { env } = await api({
    'GET /api/v1/bulk': () => {
      looks += 1;
      if (looks === 2) end.abort();
      return { bulk: [] };
    },
  });
  const { code, out } = await runCli(['bulk', 'list', '--watch'], { env, signal: end.signal });
  expect({ code, out, looks }).toEqual({ code: 0, out: 'There is no bulk act.\n', looks: 2 });
  expect(await runCli(['bulk', 'list', '--watch', '-o', 'json'], { env })).toMatchObject({ code: 2 });
});

test('a supervisor sets the members of a group, and times of an absence are China time', async () => {
  const absence = {
    absenceId: CASE_ID,
    agency: 'police',
    officer: 'o-1',
    from: '2026-11-30T05:30:00.000Z',
    to: '2026-12-01T16:00:00.000Z',
    coveredBy: { group: 'window-1' },
    enteredBy: { role: 'officer', id: 'o-1' },
    enteredAt: '2026-11-29T00:00:00.000Z',
  };
  const { cli, asked } = await api({ 'POST /api/v1/agencies/police/absences': absence });
  const args = ['--from', '2026-11-30 13:30', '--to', '2026-12-02', '--group', 'window-1'];
  expect((await cli('absence', 'enter', 'police', ...args)).out).toContain('2026-11-30 13:30:00+08:00');
  expect(asked[0]?.body).toEqual({ from: absence.from, to: absence.to, coveredBy: { group: 'window-1' } });
  expect(await cli('absence', 'enter', 'police', '--from', 'noon', '--to', 'x', '--group', 'g')).toMatchObject({
    code: 2,
  });
});
