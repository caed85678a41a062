import { Command } from 'commander';
import { DailyReportList, TimeReportView, ValueReportView, type DailyReportView } from '../contract/reports.ts';
import type { Text } from '../matters/definition/schema.ts';
import { call, findConnection, language } from './client.ts';

type Options = Record<string, string>;

/** What supervisors report. */
export const reportCommands = (): Command => {
  const command = new Command('report').description('who held cases for how long, what they spare, what each day was');
  const add = (name: string, description: string, draw: (query: string) => Promise<string[]>) =>
    command
      .command(name)
      .description(description)
      .option('--from <day>', 'the first day, YYYY-MM-DD; a month before the last')
      .option('--to <day>', 'the last day; today')
      .option('--region <division>', 'in this division, a prefix')
      .action(async (options: Options) => {
        const lines = await draw(new URLSearchParams(options).toString());
        console.log(lines.join('\n'));
      });
  const read = <T>(answer: Parameters<typeof call<T>>[1], name: string, query: string): Promise<T> =>
    call(findConnection('supervisor'), answer, 'GET', `/api/v1/reports/${name}?${query}`);

  add('time', 'the time ledger: who held the steps that ended, in time of the windows', async (query) =>
    drawTime(await read(TimeReportView, 'time', query), language()),
  ).option('--matter <code>', 'of this matter');
  add('value', 'materials, trips and days of each matter, before and now', async (query) =>
    drawValue(await read(ValueReportView, 'value', query), language()),
  ).option('--matter <code>', 'of this matter');
  add('daily', 'the daily reports, newest first', async (query) =>
    drawDaily(await read(DailyReportList, 'daily', query)),
  );
  return command;
};

export const drawTime = (report: TimeReportView, wanted: keyof Text): string[] => [
  `${report.from} to ${report.to}: ${report.steps} steps ended`,
  ...drawShares(report.shares),
  ...report.agencies.flatMap(({ agency, steps, shares }) => [
    `${agency.name[wanted]} (${agency.id}): ${steps} steps`,
    ...drawShares(shares),
  ]),
];

const drawShares = (shares: TimeReportView['shares']): string[] =>
  shares.map(({ party, agency, workingMinutes, minutes }) => {
    const who = agency === undefined ? party : `${party} ${agency}`;
    return `  ${who.padEnd(26)} ${duration(workingMinutes)} of the windows  ${duration(minutes)} in all`;
  });

const duration = (minutes: number): string =>
  (minutes < 60 ? `${minutes.toFixed(1)} min` : `${(minutes / 60).toFixed(1)} h  `).padStart(12);

export const drawValue = ({ from, to, matters }: ValueReportView, wanted: keyof Text): string[] => [
  `${from} to ${to}, each of one case`,
  ...matters.flatMap(({ matter, before, after }) => [
    `${matter.name[wanted]} (${matter.code}): ${after?.cases ?? 0} cases`,
    ...(['materials', 'trips', 'workingDays'] as const).map((figure) => {
      const was = before[figure];
      const now = after?.[figure];
      const then = was === undefined ? '?' : `${was.value}${was.example ? ' (示例)' : ''}`;
      return `  ${figure.padEnd(12)} ${then} → ${now ?? '?'}${was === undefined ? '' : `  ${was.source}`}`;
    }),
  ]),
];

export const drawDaily = ({ reports }: DailyReportList): string[] =>
  reports.length === 0 ? ['No day has a report yet.'] : reports.map(drawDay);

const drawDay = ({ day, total }: DailyReportView): string => {
  const rate = total.onTimeRate === undefined ? '' : `  on time ${Math.round(total.onTimeRate * 100)} %`;
  const { submitted, ended, granted, open, late, stalled } = total;
  return `${day}  in ${submitted}  ended ${ended} (granted ${granted})${rate}  open ${open}  late ${late}  stalled ${stalled}`;
};
