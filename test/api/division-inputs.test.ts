import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openApi, submission, type Api } from './harness.ts';

/** Every place of the API where a caller names a division. */

let api: Api;
beforeAll(async () => {
  api = await openApi();
});
afterAll(() => api.close());

const DAYS = 'from=2026-01-01&to=2026-01-02';
const QUERIES = [
  '/api/v1/cases?',
  '/api/v1/stalls?',
  '/api/v1/supervision-orders?',
  `/api/v1/reports/daily?${DAYS}&`,
  `/api/v1/reports/time?${DAYS}&`,
  `/api/v1/reports/value?${DAYS}&`,
];
const days = { from: '2026-01-01', to: '2026-01-02' };
const BODIES: [path: string, field: string, body: (region: string) => Record<string, unknown>][] = [
  ['/api/v1/cases/search', 'body.region', (region) => ({ text: '林晓雨', region })],
  [
    '/api/v1/bulk',
    'body.filter.region',
    (region) => ({ action: { kind: 'urge' }, filter: { region }, reason: '催办' }),
  ],
  ...['cases', 'stalls', 'supervision-orders', 'daily-reports'].map((subject): (typeof BODIES)[number] => [
    '/api/v1/exports',
    'body.filter.region',
    (region) => ({ subject, format: 'csv', filter: { region, ...(subject === 'daily-reports' && days) } }),
  ]),
];
const PREFIXES = [
  ['330499', '没有这个行政区划代码', 'There is no such administrative division'],
  ['3398', '没有这个行政区划代码', 'There is no such administrative division'],
  ['99', '没有这个行政区划代码', 'There is no such administrative division'],
  ['330', '应为 2、4 或 6 位行政区划代码', 'Must have 2, 4 or 6 digits: those of a province, city or county'],
  ['33041a', '应为 2、4 或 6 位行政区划代码', 'Must have 2, 4 or 6 digits: those of a province, city or county'],
] as const;

describe.each(['zh', 'en'] as const)('a filter by a division that does not exist is refused in %s', (language) => {
  const headers = { 'accept-language': language };
  it.each(QUERIES)('at GET %s', async (path) => {
    for (const [region, zh, en] of PREFIXES) {
      const { status, body } = await api.call('GET', `${path}region=${region}`, { token: api.tokens.admin, headers });
      expect([status, body.errors], region).toEqual([
        400,
        [expect.objectContaining({ path: 'query.region', message: { zh, en }[language] })],
      ]);
    }
  });

  it.each(BODIES)('at POST %s, %s', async (path, field, make) => {
    for (const [region, zh, en] of PREFIXES) {
      const { status, body } = await api.call('POST', path, {
        token: api.tokens.admin,
        headers: { ...headers, 'idempotency-key': 'once' },
        body: make(region),
      });
      expect([status, body.errors], region).toEqual([
        400,
        [expect.objectContaining({ path: field, message: { zh, en }[language] })],
      ]);
    }
  });

  it.each([
    ['330499', '没有这个行政区划代码', 'There is no such administrative division'],
    ['330400', '请填写到县（市、区）', 'Enter a county'],
    ['330000', '请填写到县（市、区）', 'Enter a county'],
    ['330103', '已于2021年撤销，现为浙江省杭州市拱墅区 330105', 'abolished in 2021. It is now Gongshu Qu'],
    ['330411001', '行政区划代码应为 6 位数字', 'The code of a division has 6 digits'],
    ['3304', '行政区划代码应为 6 位数字', 'The code of a division has 6 digits'],
  ])('for a case in %s', async (region, zh, en) => {
    const request = submission(api.tokens.admin, { region });
    const { status, body } = await api.call('POST', '/api/v1/cases', {
      ...request,
      headers: { ...request.headers, ...headers },
    });
    expect([status, body.errors]).toEqual([
      400,
      [
        expect.objectContaining({
          path: 'body.region',
          message: expect.stringContaining({ zh, en }[language]) as string,
        }),
      ],
    ]);
  });
});

it('the code of a city selects its counties, and an abolished code its cases', async () => {
  const { caseId } = await api.start();
  for (const [region, found] of [
    ['330400', true],
    ['330000', true],
    ['3304', true],
    ['330411', true],
    ['330103', false],
  ] as const) {
    const { status, body } = await api.call('GET', `/api/v1/cases?region=${region}`, { token: api.tokens.admin });
    expect([status, body.cases.some((one) => one.caseId === caseId)], region).toEqual([200, found]);
  }
});
