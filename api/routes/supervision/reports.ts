import { z } from 'zod';
import { listDailyReports } from '../../../db/reports/daily-reports.ts';
import { readServedCases } from '../../../db/reports/served-cases.ts';
import { readHeldSteps } from '../../../db/reports/time-ledger.ts';
import { reportOfSteps, type Share } from '../../../domain/reports/time-ledger.ts';
import type { Matter } from '../../../domain/matter/schema.ts';
import { valueOfCases, type Value } from '../../../domain/reports/value.ts';
import {
  DailyQuery,
  DailyReportList,
  ReportQuery,
  TimeReportView,
  ValueReportView,
} from '../../../contract/reports.ts';
import type { Deps } from '../../deps.ts';
import { periodOf } from './period.ts';
import { scopeOf } from '../../policy.ts';
import { agencyName } from '../../views/names.ts';
import { route, findNothing, type Route } from '../../http/route.ts';
import { dailyReportView } from '../../views/daily-report.ts';
import { narrowFilter } from '../../commands/case-scope.ts';

/** Reports: time by party, savings for applicants, and the daily report. */
export const reportRoutes = (deps: Deps): Route[] => [
  route({
    method: 'get',
    path: '/api/v1/reports/time',
    summary:
      'Report the time that each party took for the steps that ended in a period: agencies, applicants, courier, outages, procedures, this system',
    tag: 'supervision',
    policy: { action: 'report.read', find: findNothing },
    input: z.strictObject({ query: ReportQuery }),
    answers: { 200: { description: 'In total and by agency', schema: TimeReportView } },
    handler: async ({ caller, input: { query }, language }) => {
      const { from, to, start, stop } = periodOf(query, deps.now(), language);
      const within = narrowFilter(query, scopeOf(caller, 'report.read'));
      const filter = { ...matterOf(query), region: within?.region ?? '', endedFrom: start, endedBefore: stop };
      const parts = within ? readHeldSteps(deps.pool, filter) : listNothing();
      const [calendar, registered] = await Promise.all([deps.calendars.newest(), deps.registry.agencies()]);
      const { steps, shares, agencies } = await reportOfSteps(calendar, parts);
      const body: TimeReportView = {
        ...{ from, to, steps },
        shares: shares.map(shareView),
        agencies: agencies.map((one) => ({
          agency: agencyName(registered, one.agency),
          steps: one.steps,
          shares: one.shares.map(shareView),
        })),
      };
      return { status: 200, body };
    },
  }),

  route({
    method: 'get',
    path: '/api/v1/reports/value',
    summary:
      'Report what each matter saves its applicants: materials, trips and days, before the items were joined and now',
    tag: 'supervision',
    policy: { action: 'report.read', find: findNothing },
    input: z.strictObject({ query: ReportQuery }),
    answers: { 200: { description: 'All published matters', schema: ValueReportView } },
    handler: async ({ caller, input: { query }, language }) => {
      const { from, to, start, stop } = periodOf(query, deps.now(), language);
      const within = narrowFilter(query, scopeOf(caller, 'report.read'));
      const filter = { ...matterOf(query), region: within?.region ?? '', endedFrom: start, endedBefore: stop };
      const [calendar, published] = await Promise.all([deps.calendars.newest(), deps.registry.matters()]);
      const values = await valueOfCases(calendar, within ? readServedCases(deps.pool, filter) : listNothing());
      const asked = published.filter(({ matter }) => query.matter === undefined || query.matter === matter.code);
      const matters = asked.map(({ matter }) =>
        valueView(
          matter,
          values.find((value) => value.matter === matter.code),
        ),
      );
      return { status: 200, body: { from, to, matters } };
    },
  }),

  route({
    method: 'get',
    path: '/api/v1/reports/daily',
    summary: 'List daily reports, newest first: cases submitted, ended, open, late and stalled, by matter and agency',
    tag: 'supervision',
    policy: { action: 'report.read', find: findNothing },
    input: z.strictObject({ query: DailyQuery }),
    answers: { 200: { description: 'The sums of the division', schema: DailyReportList } },
    handler: async ({ caller, input: { query }, language }) => {
      const { from, to } = periodOf(query, deps.now(), language);
      const within = narrowFilter(query, scopeOf(caller, 'report.read'));
      const reports = within ? await listDailyReports(deps.pool, from, to) : [];
      const body: DailyReportList = { reports: reports.map((report) => dailyReportView(report, within?.region ?? '')) };
      return { status: 200, body };
    },
  }),
];

const matterOf = ({ matter }: { matter?: string | undefined }) => (matter === undefined ? {} : { matter });

/** The empty report of a division outside the scope of the caller. */
async function* listNothing(): AsyncGenerator<never> {}

const valueView = ({ code, name, before }: Matter, value: Value | undefined): ValueReportView['matters'][number] => ({
  matter: { code, name },
  before,
  ...(value && {
    after: {
      cases: value.cases,
      ...(value.materials !== undefined && { materials: roundFigure(value.materials) }),
      trips: roundFigure(value.trips),
      workingDays: roundFigure(value.workingDays),
    },
  }),
});

const MINUTE_MS = 60_000;

const shareView = ({ party, agency, workingMinutes, plainMs }: Share): TimeReportView['shares'][number] => ({
  party,
  ...(agency !== undefined && { agency }),
  minutes: roundFigure(plainMs / MINUTE_MS),
  workingMinutes: roundFigure(workingMinutes),
});

const roundFigure = (figure: number): number => Math.round(figure * 100) / 100;
