import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { DailyReportList, TimeReportView, ValueReportView } from '../../contract/reports.ts';
import { makeDailyReport } from '../../db/reports/daily-reports.ts';
import { publishMatter } from '../../db/registry/matters.ts';
import { withClient } from '../../sandbox/database.ts';
import { openApi, submission, type Api } from './harness.ts';
import { SMALL_MOVE } from '../support/matters.ts';

const NOON = Date.parse('2024-11-20T12:00:00+08:00');
const MINUTE = 60_000;
const DAY = '?from=2024-11-20&to=2024-11-20';

let api: Api;
beforeAll(async () => {
  api = await openApi();
  const before = { trips: { value: 4, source: '示例', example: true } };
  await publishMatter(api.pool, { matter: { ...SMALL_MOVE, version: 2, before }, hash: 'b'.repeat(64), by: 'test' });
  // Two cases here, one in another city.
  await endCase('330411', 60, ['photo']);
  await endCase('330402', 120, []);
  await endCase('330106', 600, ['photo']);
  await makeDailyReport(api.pool, '2024-11-20');
});
afterAll(() => api.close());

/**
 * A case whose police step, of which the applicant held half, took so many minutes until noon of
 * the day, as did the case.
 */
const endCase = async (region: string, minutes: number, materials: string[]): Promise<void> => {
  const body = { region, materials: materials.map((id) => ({ id, source: 'upload' })) };
  const made = await api.call('POST', '/api/v1/cases', submission(api.tokens.admin, body, uuidv7()));
  expect(made.status).toBe(201);
  const { caseId } = made.body;
  const startedAt = NOON - minutes * MINUTE;
  const clock = {
    startedAt,
    holds: [{ from: NOON - (minutes / 2) * MINUTE, why: 'supplement', to: NOON }],
    endedAt: NOON,
  };
  await api.pool.query(
    `update steps set status = 'done', clock = $2, ended_at = $3 where case_id = $1 and id = 'register'`,
    [caseId, clock, new Date(NOON)],
  );
  // No role may change the time of submission, not even the service.
  const owner = new URL(inject('servers').postgres.adminUrl);
  owner.pathname = new URL(api.serviceUrl).pathname;
  await withClient(owner.href, (client) =>
    client.query(`update cases set status = 'completed', submitted_at = $2, ended_at = $3 where id = $1`, [
      caseId,
      new Date(startedAt),
      new Date(NOON),
    ]),
  );
};

const get = (path: string, token = api.tokens.supervisor) => api.call('GET', `/api/v1/reports/${path}`, { token });

describe('the time report', () => {
  it('says who held the steps that ended, in all and of each agency', async () => {
    const report = TimeReportView.parse((await get(`time${DAY}&region=3304`)).body);
    const shares = [
      { party: 'agency', agency: 'police', minutes: 90, workingMinutes: 90 },
      { party: 'applicant', minutes: 90, workingMinutes: 60 },
    ];
    expect(report).toMatchObject({ from: '2024-11-20', to: '2024-11-20', steps: 2 });
    expect(report.shares.map(({ party, minutes }) => [party, minutes])).toEqual(
      shares.map(({ party, minutes }) => [party, minutes]),
    );
    expect(report.agencies).toMatchObject([{ agency: { id: 'police', name: { en: 'police' } }, steps: 2 }]);
    expect(report.agencies[0]!.shares).toEqual(report.shares);
  });

  it('is of the days, the matter and the division that are asked for, and never beyond the caller’s own', async () => {
    const steps = async (query: string, token?: string) =>
      TimeReportView.parse((await get(`time${query}`, token)).body).steps;
    expect(await steps(DAY)).toBe(3);
    expect(await steps(`${DAY}&matter=small-move`)).toBe(3);
    expect(await steps(`${DAY}&matter=another`)).toBe(0);
    expect(await steps('?from=2024-11-21&to=2024-11-22')).toBe(0);
    expect(await steps('')).toBe(0);
    expect(await steps(DAY, api.tokens.otherSupervisor)).toBe(1);
    expect(await steps(`${DAY}&region=3304`, api.tokens.otherSupervisor)).toBe(0);
  });
});

describe('the value report', () => {
  it('shows the figures before the reform beside those of its cases', async () => {
    const { matters } = ValueReportView.parse((await get(`value${DAY}&region=3304`)).body);
    expect(matters).toEqual([
      {
        matter: { code: 'small-move', name: { zh: '迁居', en: 'Moving house' } },
        before: { trips: { value: 4, source: '示例', example: true } },
        after: { cases: 2, materials: 0.5, trips: 1, workingDays: expect.any(Number) as number },
      },
    ]);
    expect(matters[0]!.after!.workingDays).toBeCloseTo(90 / 390, 1);
  });

  it('omits the present figures if no case has ended', async () => {
    const { matters } = ValueReportView.parse((await get('value?from=2024-01-01&to=2024-01-31')).body);
    expect(matters.map(({ after }) => after)).toEqual([undefined]);
    expect(ValueReportView.parse((await get(`value${DAY}&matter=another`)).body).matters).toEqual([]);
  });
});

describe('the daily report', () => {
  it('shows each supervisor the sums of the own division', async () => {
    const listEnded = async (token: string, query = DAY) => {
      const { reports } = DailyReportList.parse((await get(`daily${query}`, token)).body);
      return reports.map(({ day, total, matters, agencies }) => [day, total.ended, matters.length, agencies]);
    };
    const police = (decided: number) => [{ agency: 'police', decided, supplementRate: 0, stalled: 0 }];
    expect(await listEnded(api.tokens.supervisor)).toEqual([['2024-11-20', 3, 1, police(3)]]);
    expect(await listEnded(api.tokens.otherSupervisor)).toEqual([['2024-11-20', 1, 1, police(1)]]);
    expect(await listEnded(api.tokens.supervisor, `${DAY}&region=330402`)).toEqual([['2024-11-20', 1, 1, police(1)]]);
    expect(await listEnded(api.tokens.otherSupervisor, `${DAY}&region=3304`)).toEqual([]);
    expect(await listEnded(api.tokens.supervisor, '?from=2024-11-21&to=2024-11-22')).toEqual([]);
  });

  it('is exported as a file, a row for each matter on each day', async () => {
    const body = {
      subject: 'daily-reports',
      format: 'csv',
      filter: { from: '2024-11-01', to: '2024-11-30', region: '3304' },
    };
    const { status, text } = await api.call('POST', '/api/v1/exports', { token: api.tokens.supervisor, body });
    expect(status).toBe(200);
    expect(text).toContain(
      '日期,事项,收件数,办结数,准予数,按时办结数,在办数,超期数\r\n2024-11-20,迁居,2,2,2,0,0,0\r\n',
    );
    expect(text).toContain('合计行数,1');
  });
});

describe('a report', () => {
  it.each(['time', 'value', 'daily'])('%s is for supervisors only', async (name) => {
    for (const token of [api.tokens.clerk, api.tokens.police]) expect((await get(name, token)).status).toBe(403);
    expect((await get(name, api.tokens.admin)).status).toBe(200);
  });

  it.each([
    ['from=2024-11-20&to=2024-11-19', 'in-order'],
    ['from=2023-01-01&to=2024-11-19', 'too-long'],
  ])('is refused for %s, by rule %s', async (query, rule) => {
    const { status, body } = await get(`time?${query}`);
    expect(status).toBe(400);
    expect(body.errors).toMatchObject([{ path: 'query.from', rule }]);
  });

  it('is refused for a day that does not exist', async () => {
    const { status, body } = await get('daily?from=2024-02-30');
    expect(status).toBe(400);
    expect(body.errors).toMatchObject([{ path: 'query.from' }]);
  });
});
