import { allowedOf } from '../domain/actions.ts';
import { Command, Option } from 'commander';
import { OrderDetail, OrderList, OrderView } from '../contract/supervision-orders.ts';
import { LIGHTS } from '../domain/deadlines/light.ts';
import { ORDER_ACTIONS, ORDER_GROUNDS, ORDER_STATUSES, type OrderAction } from '../domain/supervision/orders.ts';
import { call, describeActions } from './client.ts';
import { findConnection, type Connection } from './connection.ts';
import { failure } from './failure.ts';
import { aboutStep, casePath, findCase, isId, readNumber } from './find-case.ts';
import { limitOption, queryOf, refuseUnknown } from './options.ts';
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
import { drawActor, styleOfLight, wordOf, type Pen } from './words.ts';

interface ListOptions extends OutputOptions {
  agency?: string;
  matter?: string;
  region?: string;
  status?: string;
  ground?: string;
  light?: string;
  limit: number;
}

interface ActOptions {
  text: string;
  evidence?: string[];
  agency?: string;
}

/** The actions of an agency; all others are those of a supervisor. */
const OF_AGENCY: ReadonlySet<OrderAction> = new Set(['answer', 'contest']);

/** Supervision orders (督办单), for supervisors and agencies. */
export const orderCommands = (terminal: Terminal): Command => {
  const { t } = terminal;
  const command = new Command('orders').description(t('help.orders'));
  command
    .command('list')
    .description(t('help.orders.list'))
    .option('--agency <id>', t('help.agency'))
    .option('--matter <code>', t('help.matter'))
    .option('--region <division>', t('help.region'))
    .addOption(new Option('--status <status>', t('help.status')).choices(ORDER_STATUSES))
    .addOption(new Option('--ground <ground>', t('help.orders.list.ground')).choices(ORDER_GROUNDS))
    .addOption(new Option('--light <light>', t('help.light')).choices(LIGHTS))
    .addOption(limitOption(terminal))
    .addOption(outputOption(terminal))
    .addOption(watchOption(terminal))
    .action((options: ListOptions) =>
      showList(
        terminal,
        options,
        () => loadOrders(terminal, options),
        ({ orders, more }, wide) => [
          ...(orders.length === 0 ? [t('orders.none')] : drawTable(terminal, columnsOf(terminal), orders, wide)),
          ...(more ? [t('andMore')] : []),
        ],
      ),
    );
  command
    .command('show')
    .description(t('help.orders.show'))
    .argument('<order>', t('help.orderRef'))
    .option('--agency <id>', t('help.orders.asOfficer'))
    .addOption(outputOption(terminal))
    .action(async (reference: string, { output, agency }: OutputOptions & { agency?: string }) => {
      const connection = connect(terminal, agency);
      const path = await orderPath(connection, reference);
      const order = await call(connection, OrderDetail, 'GET', path);
      show(terminal, output, order, (wide) => drawOrder(terminal, order, wide));
    });
  command
    .command('open')
    .description(t('help.orders.open'))
    .argument('<case>', t('help.caseRef'))
    .argument('<step>', t('help.stepRef'))
    .requiredOption('--reason <text>', t('help.reason'))
    .addOption(outputOption(terminal))
    .action(async (reference: string, step: string, { reason, output }: OutputOptions & { reason: string }) => {
      const connection = findConnection(terminal, 'supervisor');
      const caseId = await findCase(connection, reference);
      const path = `${casePath(caseId)}/steps/${encodeURIComponent(step)}/supervision-orders`;
      const order = await aboutStep(connection, caseId, step, () =>
        call(connection, OrderView, 'POST', path, { reason }),
      );
      show(terminal, output, order, (wide) => drawTable(terminal, columnsOf(terminal), [order], wide));
    });
  for (const action of ORDER_ACTIONS) addAct(command, terminal, action);
  return command;
};

const addAct = (command: Command, terminal: Terminal, action: OrderAction): void => {
  const { t } = terminal;
  const ofAgency = OF_AGENCY.has(action);
  const added = command
    .command(action)
    .description(t(`help.orders.${action}`))
    .argument('<order>', t('help.orderRef'))
    .requiredOption('--text <text>', t(ofAgency ? 'help.orders.answerText' : 'help.reason'))
    .option('--evidence <number...>', t('help.evidence'))
    .action(async (reference: string, { text, evidence, agency }: ActOptions) => {
      const connection = ofAgency
        ? findConnection(terminal, 'officer', agency)
        : findConnection(terminal, 'supervisor');
      const path = await orderPath(connection, reference);
      const body = { text, ...(evidence && { evidence: evidence.map((number) => ({ reference: number })) }) };
      const order = await call(connection, OrderView, 'POST', `${path}/${action}`, body);
      const status = wordOf(terminal, 'orderStatus', order.status);
      terminal.remark(t('orders.now', { orderNo: order.orderNo, status }));
    });
  if (ofAgency) added.option('--agency <id>', t('help.asOfficer'));
};

/** Connects as an officer if an agency is named, else as a supervisor. */
const connect = (terminal: Terminal, agency: string | undefined): Connection =>
  findConnection(terminal, agency === undefined ? 'supervisor' : 'officer', agency);

/**
 * Finds an order by its number, which begins with the division; the paths of the API contain ids.
 */
const orderPath = async (connection: Connection, reference: string): Promise<string> => {
  const path = '/api/v1/supervision-orders';
  if (isId(reference)) return `${path}/${reference}`;
  const orderNo = readNumber(reference);
  let cursor: string | undefined;
  while (orderNo !== undefined) {
    const query = queryOf({ region: orderNo.slice(0, 6), limit: 100, cursor });
    const { orders, nextCursor } = await call(connection, OrderList, 'GET', `${path}?${query}`);
    const found = orders.find((order) => order.orderNo === orderNo);
    if (found) return `${path}/${found.orderId}`;
    if (nextCursor === undefined) break;
    cursor = nextCursor;
  }
  throw failure(connection.terminal.t('orders.unknown', { reference }));
};

const loadOrders = async (
  terminal: Terminal,
  { agency, matter, region, status, ground, light, limit }: ListOptions,
): Promise<{ orders: OrderView[]; more: boolean }> => {
  const connection = findConnection(terminal, 'supervisor');
  const { rows: orders, more } = await gather(limit, 100, async (page) => {
    const query = queryOf({ agency, matter, region, status, ground, light, ...page });
    const path = `/api/v1/supervision-orders?${query}`;
    const { orders: rows, nextCursor } = await call(connection, OrderList, 'GET', path);
    return { rows, nextCursor };
  });
  if (orders.length === 0) await refuseUnknown(terminal, { matter, agency });
  return { orders, more };
};

const columnsOf = (pen: Pen): Column<OrderView>[] => {
  const { language, t } = pen;
  return [
    { head: t('head.order'), of: ({ orderNo }) => orderNo },
    {
      head: t('head.light'),
      of: ({ light }) => wordOf(pen, 'light', light),
      style: ({ light }) => styleOfLight(light),
    },
    { head: t('head.status'), of: ({ status }) => wordOf(pen, 'orderStatus', status) },
    { head: t('head.agency'), of: ({ agency }) => agency.id },
    { head: t('head.case'), of: ({ caseNo }) => caseNo },
    { head: t('head.step'), of: ({ step }) => step.name[language] },
    { head: t('head.ground'), of: ({ ground }) => wordOf(pen, 'ground', ground) },
    { head: t('head.replyDue'), of: ({ dueAt }) => localTime(dueAt) },
    { head: t('head.opened'), of: ({ openedAt }) => localTime(openedAt), wide: true },
    { head: t('head.by'), of: ({ openedBy }) => drawActor(pen, openedBy), wide: true },
    { head: t('head.id'), of: ({ orderId }) => orderId, wide: true },
  ];
};

const drawOrder = (pen: Pen, order: OrderDetail, wide: boolean): string[] => [
  ...drawTable(pen, columnsOf(pen), [order], wide),
  ...order.events.map(({ at, kind, by, text }) =>
    ['', localTime(at), wordOf(pen, 'orderEvent', kind), `${drawActor(pen, by)}: ${text}`].join('  '),
  ),
  describeActions(pen, allowedOf(order.actions)),
];
