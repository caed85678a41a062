import { Command } from 'commander';
import { z } from 'zod';
import { DailyReportList, TimeReportView, ValueReportView, type DailyReportView } from '../contract/reports.ts';
import { OrderCount } from '../contract/supervision-orders.ts';
import { call } from './client.ts';
import { findConnection } from './connection.ts';
import { queryOf, refuseUnknown } from './options.ts';
import { drawTable, outputOption, show, type Column, type OutputOptions } from './output.ts';
import { widthOf } from './screen.ts';
import type { Terminal } from './terminal.ts';
import { wordOf, type Pen } from './words.ts';

interface ReportOptions extends OutputOptions {
  from?: string;
  to?: string;
  region?: string;
  matter?: string;
}

const OrderCounts = z.object({ agencies: z.array(OrderCount) });

/** Reports, for supervisors. */
export const reportCommands = (terminal: Terminal): Command => {
  const { t } = terminal;
  const command = new Command('report').description(t('help.report'));
  const add = <T>(
    name: 'time' | 'value' | 'daily',
    answer: z.ZodType<T>,
    draw: (pen: Pen, report: T, wide: boolean) => string[],
  ) =>
    command
      .command(name)
      .description(t(`help.report.${name}`))
      .option('--from <day>', t('help.report.from'))
      .option('--to <day>', t('help.report.to'))
      .option('--region <division>', t('help.region'))
      .addOption(outputOption(terminal))
      .action(async ({ output, from, to, region, matter }: ReportOptions) => {
        await refuseUnknown(terminal, { matter });
        const path = `/api/v1/reports/${name}?${queryOf({ from, to, region, matter })}`;
        const report = await call(findConnection(terminal, 'supervisor'), answer, 'GET', path);
        show(terminal, output, report, (wide) => draw(terminal, report, wide));
      });

  add('time', TimeReportView, drawTime).option('--matter <code>', t('help.matter'));
  add('value', ValueReportView, drawValue).option('--matter <code>', t('help.matter'));
  add('daily', DailyReportList, drawDaily);
  command
    .command('orders')
    .description(t('help.report.orders'))
    .addOption(outputOption(terminal))
    .action(async ({ output }: OutputOptions) => {
      const connection = findConnection(terminal, 'supervisor');
      const counts = await call(connection, OrderCounts, 'GET', '/api/v1/reports/supervision-orders');
      show(terminal, output, counts, (wide) =>
        counts.agencies.length === 0
          ? [t('orders.none')]
          : drawTable(terminal, orderColumns(terminal), counts.agencies, wide),
      );
    });
  return command;
};

export const drawTime = (pen: Pen, report: TimeReportView): string[] => [
  pen.t('report.steps', { from: report.from, to: report.to, count: report.steps }),
  ...drawShares(pen, report.shares),
  ...report.agencies.flatMap(({ agency, steps, shares }) => [
    pen.t('report.agencySteps', { name: agency.name[pen.language], id: agency.id, count: steps }),
    ...drawShares(pen, shares),
  ]),
];

const PARTY_COLUMNS = 26;

const drawShares = (pen: Pen, shares: TimeReportView['shares']): string[] =>
  shares.map(({ party, agency, workingMinutes, minutes }) => {
    const word = wordOf(pen, 'party', party);
    const who = agency === undefined ? word : `${word} ${agency}`;
    const pad = ' '.repeat(Math.max(0, PARTY_COLUMNS - widthOf(who)));
    return `  ${who}${pad} ${pen.t('report.share', { working: drawDuration(pen, workingMinutes), all: drawDuration(pen, minutes) })}`;
  });

const drawDuration = ({ t }: Pen, minutes: number): string => {
  const text =
    minutes < 60
      ? t('duration.minutes', { count: minutes.toFixed(1) })
      : t('duration.hours', { count: (minutes / 60).toFixed(1) });
  return `${' '.repeat(Math.max(0, 12 - widthOf(text)))}${text}`;
};

export const drawValue = (pen: Pen, { from, to, matters }: ValueReportView): string[] => [
  pen.t('report.value', { from, to }),
  ...matters.flatMap(({ matter, before, after }) => [
    pen.t('report.matterCases', { name: matter.name[pen.language], code: matter.code, count: after?.cases ?? 0 }),
    ...(['materials', 'trips', 'workingDays'] as const).map((figure) => {
      const was = before[figure];
      const now = after?.[figure];
      const then = was === undefined ? '?' : `${was.value}${was.example ? ` (${pen.t('example')})` : ''}`;
      const word = pen.t(`figure.${figure}`);
      const pad = ' '.repeat(Math.max(0, 12 - widthOf(word)));
      return `  ${word}${pad} ${then} → ${now ?? '?'}${was === undefined ? '' : `  ${was.source}`}`;
    }),
  ]),
];

export const drawDaily = (pen: Pen, { reports }: DailyReportList, wide: boolean): string[] =>
  reports.length === 0 ? [pen.t('report.noDay')] : drawTable(pen, dayColumns(pen), reports, wide);

const dayColumns = ({ t }: Pen): Column<DailyReportView>[] => [
  { head: t('head.day'), of: ({ day }) => day },
  { head: t('head.cameIn'), of: ({ total }) => String(total.submitted) },
  { head: t('head.ended'), of: ({ total }) => String(total.ended) },
  { head: t('head.granted'), of: ({ total }) => String(total.granted) },
  {
    head: t('head.onTime'),
    of: ({ total: { onTimeRate } }) => (onTimeRate === undefined ? undefined : `${Math.round(onTimeRate * 100)} %`),
  },
  { head: t('head.open'), of: ({ total }) => String(total.open) },
  { head: t('head.late'), of: ({ total }) => String(total.late) },
  { head: t('head.stalled'), of: ({ total }) => String(total.stalled) },
];

const orderColumns = ({ t, language }: Pen): Column<z.infer<typeof OrderCount>>[] => [
  { head: t('head.agency'), of: ({ agency }) => agency.id },
  { head: t('head.name'), of: ({ agency }) => agency.name[language] },
  { head: t('head.open'), of: ({ open }) => String(open) },
  { head: t('head.overdue'), of: ({ overdue }) => String(overdue) },
  { head: t('head.contested'), of: ({ contested }) => String(contested) },
  { head: t('head.answered'), of: ({ answered }) => String(answered) },
  { head: t('head.circulated'), of: ({ circulated }) => String(circulated) },
  { head: t('head.closed'), of: ({ closed }) => String(closed) },
  { head: t('head.lifted'), of: ({ lifted }) => String(lifted) },
];
