import { Command, Option } from 'commander';
import { OrderDetail, OrderList, type OrderView } from '../contract/supervision-orders.ts';
import { allowedOf } from '../matters/actions.ts';
import { LIGHTS } from '../matters/clock/light.ts';
import { ORDER_GROUNDS, ORDER_STATUSES } from '../matters/supervision/supervision.ts';
import { call, findConnection, language } from './client.ts';
import { localTime } from './tree.ts';

/** Supervision orders (督办单), for supervisors to look at. */
export const orderCommands = (): Command => {
  const command = new Command('orders').description('supervision orders (督办单)');
  command
    .command('list')
    .description('orders of the own division, newest first')
    .option('--agency <id>', 'to this agency')
    .option('--matter <code>', 'about this matter')
    .option('--region <division>', 'in this division, a prefix')
    .addOption(new Option('--status <status>', 'with this status').choices(ORDER_STATUSES))
    .addOption(new Option('--ground <ground>', 'given on this ground').choices(ORDER_GROUNDS))
    .addOption(new Option('--light <light>', 'with this light').choices(LIGHTS))
    .option('--limit <n>', 'so many at most', '50')
    .action(async (options: Record<string, string>) => {
      const path = `/api/v1/supervision-orders?${new URLSearchParams(options).toString()}`;
      const { orders, nextCursor } = await call(findConnection('supervisor'), OrderList, 'GET', path);
      const lines = orders.length === 0 ? ['There is no such order.'] : orders.map(lineOf);
      console.log([...lines, ...(nextCursor === undefined ? [] : ['… and more'])].join('\n'));
    });
  command
    .command('show')
    .description('one order: what was asked and answered, by whom')
    .argument('<order>', 'its id')
    .action(async (orderId: string) => {
      const path = `/api/v1/supervision-orders/${encodeURIComponent(orderId)}`;
      const order = await call(findConnection('supervisor'), OrderDetail, 'GET', path);
      const events = order.events.map(
        ({ at, kind, by, text }) => `  ${localTime(at)}  ${kind.padEnd(9)} ${by.role} ${by.id}: ${text}`,
      );
      console.log(
        [lineOf(order), ...events, `possible now: ${allowedOf(order.actions).join(', ') || 'nothing'}`].join('\n'),
      );
    });
  return command;
};

const lineOf = ({ orderId, orderNo, caseNo, step, agency, ground, status, light, dueAt }: OrderView): string =>
  `${orderNo}  ${light.padEnd(8)}  ${status.padEnd(9)}  ${caseNo} ${step.name[language()]} [${agency.id}]  ${ground}  reply due ${localTime(dueAt)}  ${orderId}`;
