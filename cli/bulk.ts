import { allowedOf } from '../domain/actions.ts';
import { Command, Option } from 'commander';
import type { z } from 'zod';
import { BulkItems, BulkList, BulkView } from '../contract/bulk.ts';
import { DAY_UNITS, PROCEDURES } from '../domain/case/messages.ts';
import { BULK_VERBS, ITEM_STATES } from '../domain/supervision/bulk.ts';
import { WAITING_CAUSES } from '../domain/waiting/causes.ts';
import { call, describeActions } from './client.ts';
import { findConnection } from './connection.ts';
import { failure } from './failure.ts';
import { isId } from './find-case.ts';
import { addCaseFilters, limitOption, queryOf, readCount, refuseUnknown } from './options.ts';
import {
  drawTable,
  gather,
  outputOption,
  show,
  showList,
  watchOption,
  type Column,
  type OutputOptions,
} from './output.ts';
import type { Terminal } from './terminal.ts';
import { localTime } from './times.ts';
import { refusalOf, wordOf, type Pen } from './words.ts';

type Head = Pick<BulkView, 'bulkId' | 'status' | 'action' | 'total' | 'createdBy' | 'createdAt'>;
type Item = z.infer<typeof BulkItems>['items'][number];

const ACTIONS = ['urge', 'resend', 'resume', 'extend', 'suspend', 'reassign', 'terminate'] as const;

interface CreateOptions extends OutputOptions {
  reason: string;
  days?: number;
  procedure?: string;
  expectedDays?: number;
  unit?: string;
  to?: string;
  matter?: string;
  status?: string;
  agency?: string;
  region?: string;
  light?: string;
  step?: string;
  cause?: string;
}

/** Bulk acts (批量办理), for supervisors. */
export const bulkCommands = (terminal: Terminal): Command => {
  const { t } = terminal;
  const command = new Command('bulk').description(t('help.bulk'));
  command
    .command('list')
    .description(t('help.bulk.list'))
    .addOption(outputOption(terminal))
    .addOption(watchOption(terminal))
    .action((options: OutputOptions) =>
      showList(
        terminal,
        options,
        () => call(findConnection(terminal, 'supervisor'), BulkList, 'GET', '/api/v1/bulk?limit=100'),
        ({ bulk }, wide) =>
          bulk.length === 0 ? [t('bulk.none')] : drawTable(terminal, columnsOf(terminal), bulk, wide),
      ),
    );
  command
    .command('show')
    .description(t('help.bulk.show'))
    .argument('<bulk>', t('help.bulkRef'))
    .addOption(new Option('--state <state>', t('help.bulk.show.state')).choices(ITEM_STATES))
    .addOption(limitOption(terminal))
    .addOption(outputOption(terminal))
    .addOption(watchOption(terminal))
    .action((bulkId: string, options: OutputOptions & { state?: string; limit: number }) =>
      showList(
        terminal,
        options,
        () => loadBulk(terminal, bulkId, options),
        ({ act, items, more }) => drawBulk(terminal, act, items, more),
      ),
    );
  addCreate(command, terminal);
  for (const verb of BULK_VERBS) {
    command
      .command(verb)
      .description(t(`help.bulk.${verb}`))
      .argument('<bulk>', t('help.bulkRef'))
      .action(async (bulkId: string) => {
        const path = `${bulkPath(terminal, bulkId)}/${verb}`;
        const act = await call(findConnection(terminal, 'supervisor'), BulkView, 'POST', path);
        terminal.remark(t('bulk.now', { bulkId, status: wordOf(terminal, 'bulkStatus', act.status) }));
      });
  }
  return command;
};

const addCreate = (command: Command, terminal: Terminal): void => {
  const { t } = terminal;
  const create = command
    .command('create')
    .description(t('help.bulk.create'))
    .argument('<action>', t('help.bulk.create.action', { known: ACTIONS.join(', ') }))
    .requiredOption('--reason <text>', t('help.reason'))
    .addOption(new Option('--days <n>', t('help.bulk.create.days')).argParser(readCount(terminal)))
    .addOption(new Option('--procedure <kind>', t('help.procedure')).choices(PROCEDURES))
    .addOption(new Option('--expected-days <n>', t('help.expectedDays')).argParser(readCount(terminal)))
    .addOption(new Option('--unit <unit>', t('help.dayUnit')).choices(DAY_UNITS))
    .option('--to <agency>', t('help.bulk.create.to'));
  addCaseFilters(create, terminal)
    .option('--step <id>', t('help.bulk.create.step'))
    .addOption(new Option('--cause <cause>', t('help.cause')).choices(WAITING_CAUSES))
    .addOption(outputOption(terminal))
    .action(async (kind: string, options: CreateOptions) => {
      const { reason, output, days, procedure, expectedDays, unit, to, ...filter } = options;
      if (!ACTIONS.some((action) => action === kind)) {
        throw failure(t('bulk.unknownAction', { action: kind, known: ACTIONS.join(', ') }));
      }
      await refuseUnknown(terminal, { matter: filter.matter, agency: filter.agency });
      const action = { kind, days, procedure, expectedDays, unit, agency: to };
      const connection = findConnection(terminal, 'supervisor');
      const { bulkId } = await call(connection, BulkView, 'POST', '/api/v1/bulk', { action, filter, reason });
      const { act, items, more } = await loadBulk(terminal, bulkId, { limit: 50 });
      show(terminal, output, { act, items, more }, () => [
        ...drawBulk(terminal, act, items, more),
        t('bulk.nothingYet', { bulkId }),
      ]);
    });
};

/** Only an id can name a bulk act. */
const bulkPath = ({ t }: Terminal, bulkId: string): string => {
  if (!isId(bulkId)) throw failure(t('bulk.unknown', { bulkId }));
  return `/api/v1/bulk/${bulkId}`;
};

const loadBulk = async (
  terminal: Terminal,
  bulkId: string,
  { state, limit }: { state?: string; limit: number },
): Promise<{ act: BulkView; items: Item[]; more: boolean }> => {
  const connection = findConnection(terminal, 'supervisor');
  const path = bulkPath(terminal, bulkId);
  const act = await call(connection, BulkView, 'GET', path);
  const { rows: items, more } = await gather(limit, 500, async (page) => {
    const query = queryOf({ state, ...page });
    const { items: rows, nextCursor } = await call(connection, BulkItems, 'GET', `${path}/items?${query}`);
    return { rows, nextCursor };
  });
  return { act, items, more };
};

const columnsOf = (pen: Pen): Column<Head>[] => {
  const { t } = pen;
  return [
    { head: t('head.bulk'), of: ({ bulkId }) => bulkId },
    { head: t('head.status'), of: ({ status }) => wordOf(pen, 'bulkStatus', status) },
    { head: t('head.action'), of: ({ action }) => wordOf(pen, 'bulkAction', String(action['kind'])) },
    { head: t('head.items'), of: ({ total }) => String(total) },
    { head: t('head.by'), of: ({ createdBy }) => createdBy.id },
    { head: t('head.created'), of: ({ createdAt }) => localTime(createdAt) },
  ];
};

/** Why an item is refused; undefined: it is not. */
const whyOf = (pen: Pen, code: string): string | undefined => (code === 'apply' ? undefined : refusalOf(pen, code));

const drawBulk = (pen: Pen, act: BulkView, items: readonly Item[], more: boolean): string[] => {
  const { t } = pen;
  const counts = Object.entries(act.counts).map(([state, count]) => `${wordOf(pen, 'bulkItem', state)} ${count}`);
  return [
    ...drawTable(pen, columnsOf(pen), [act], false),
    t('bulk.because', { reason: act.reason }),
    t('bulk.counts', { counts: counts.join(', ') }),
    ...items.map(({ n, caseNo, stepId, effect, state, code }) =>
      [`  ${n}`, caseNo, stepId, wordOf(pen, 'bulkItem', state), whyOf(pen, code ?? effect)]
        .filter((part) => part !== undefined)
        .join('  '),
    ),
    ...(more ? [`  ${t('andMore')}`] : []),
    describeActions(pen, allowedOf(act.actions)),
  ];
};
