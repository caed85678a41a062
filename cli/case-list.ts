import type { Command } from 'commander';
import { CaseList, type CaseSummary } from '../contract/cases.ts';
import { call } from './client.ts';
import { findConnection } from './connection.ts';
import { addCaseFilters, limitOption, queryOf, refuseUnknown } from './options.ts';
import { drawTable, gather, outputOption, showList, watchOption, type Column, type OutputOptions } from './output.ts';
import type { Terminal } from './terminal.ts';
import { localTime } from './times.ts';
import { styleOfLight, wordOf, type Pen } from './words.ts';

interface ListOptions extends OutputOptions {
  matter?: string;
  status?: string;
  agency?: string;
  region?: string;
  light?: string;
  late?: true;
  limit: number;
}

/** The lights of cases past their promised deadline. */
const LATE = ['deep-red', 'red'];

export const addCaseList = (command: Command, terminal: Terminal): void => {
  const { t } = terminal;
  const list = addCaseFilters(command.command('list').description(t('help.case.list')), terminal);
  list
    .option('--late', t('help.case.list.late'))
    .addOption(limitOption(terminal))
    .addOption(outputOption(terminal))
    .addOption(watchOption(terminal))
    .action((options: ListOptions) =>
      showList(
        terminal,
        options,
        () => loadCases(terminal, options),
        ({ cases, more }, wide) => [
          ...(cases.length === 0 ? [t('case.none')] : drawTable(terminal, columnsOf(terminal), cases, wide)),
          ...(more ? [t('andMore')] : []),
        ],
      ),
    );
};

/**
 * Newest first. The API filters by one light at a time, so the lists of several are merged here.
 */
const loadCases = async (
  terminal: Terminal,
  { matter, status, agency, region, light, late, limit }: ListOptions,
): Promise<{ cases: CaseSummary[]; more: boolean }> => {
  const connection = findConnection(terminal);
  const lights = late && light === undefined ? LATE : [light];
  const pages = await Promise.all(
    lights.map((one) =>
      gather(limit, 100, async (page) => {
        const query = queryOf({ matter, status, agency, region, light: one, ...page });
        const { cases: rows, nextCursor } = await call(connection, CaseList, 'GET', `/api/v1/cases?${query}`);
        return { rows, nextCursor };
      }),
    ),
  );
  const found = pages.flatMap(({ rows }) => rows).sort((a, b) => (a.submittedAt < b.submittedAt ? 1 : -1));
  if (found.length === 0) await refuseUnknown(terminal, { matter, agency });
  return { cases: found.slice(0, limit), more: found.length > limit || pages.some(({ more }) => more) };
};

const columnsOf = (pen: Pen): Column<CaseSummary>[] => {
  const { language, t } = pen;
  return [
    { head: t('head.case'), of: ({ caseNo }) => caseNo },
    { head: t('head.matter'), of: ({ matter }) => matter.name[language] },
    { head: t('head.status'), of: ({ status }) => wordOf(pen, 'caseStatus', status) },
    {
      head: t('head.light'),
      of: ({ light }) => wordOf(pen, 'light', light),
      style: ({ light }) => styleOfLight(light),
    },
    { head: t('head.submitted'), of: ({ submittedAt }) => localTime(submittedAt) },
    { head: t('head.promised'), of: ({ promisedAt }) => promisedAt && localTime(promisedAt) },
    { head: t('head.ended'), of: ({ endedAt }) => endedAt && localTime(endedAt), wide: true },
    { head: t('head.byLaw'), of: ({ statutoryAt }) => statutoryAt && localTime(statutoryAt), wide: true },
    { head: t('head.region'), of: ({ region }) => region, wide: true },
    { head: t('head.channel'), of: ({ channel }) => wordOf(pen, 'channel', channel), wide: true },
    { head: t('head.id'), of: ({ caseId }) => caseId, wide: true },
  ];
};
