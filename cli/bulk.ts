import { Command, Option } from 'commander';
import { BulkItems, BulkList, BulkView } from '../contract/bulk.ts';
import { allowedOf } from '../matters/actions.ts';
import { ITEM_STATES } from '../matters/supervision/bulk.ts';
import { call, findConnection } from './client.ts';
import { localTime } from './tree.ts';

type Head = Pick<BulkView, 'bulkId' | 'status' | 'action' | 'total' | 'createdBy' | 'createdAt'>;

/** Bulk acts (批量办理), for supervisors to look at. */
export const bulkCommands = (): Command => {
  const command = new Command('bulk').description('bulk acts (批量办理)');
  command
    .command('list')
    .description('the newest')
    .action(async () => {
      const { bulk } = await call(findConnection('supervisor'), BulkList, 'GET', '/api/v1/bulk');
      console.log(bulk.length === 0 ? 'There is no bulk act.' : bulk.map(lineOf).join('\n'));
    });
  command
    .command('show')
    .description('one act: how far it is, and what became of its items')
    .argument('<bulk>', 'its id')
    .addOption(new Option('--state <state>', 'only items in this state').choices(ITEM_STATES))
    .option('--limit <n>', 'so many items at most; the counts are of all', '50')
    .action(async (bulkId: string, options: Record<string, string>) => {
      const connection = findConnection('supervisor');
      const path = `/api/v1/bulk/${encodeURIComponent(bulkId)}`;
      const act = await call(connection, BulkView, 'GET', path);
      const query = new URLSearchParams(options).toString();
      const { items, nextCursor } = await call(connection, BulkItems, 'GET', `${path}/items?${query}`);
      const counts = Object.entries(act.counts).map(([state, count]) => `${state} ${count}`);
      console.log(
        [
          lineOf(act),
          `because: ${act.reason}`,
          `items: ${counts.join(', ')}`,
          ...items.map(({ n, caseNo, stepId, effect, state, code }) =>
            [`  ${n}`, caseNo, stepId, state, code ?? (effect === 'apply' ? undefined : effect)]
              .filter((part) => part !== undefined)
              .join('  '),
          ),
          ...(nextCursor === undefined ? [] : ['  … and more']),
          `possible now: ${allowedOf(act.actions).join(', ') || 'nothing'}`,
        ].join('\n'),
      );
    });
  return command;
};

const lineOf = ({ bulkId, status, action, total, createdBy, createdAt }: Head): string =>
  `${bulkId}  ${status.padEnd(15)}  ${String(action['kind'])} ${total}  by ${createdBy.id}, ${localTime(createdAt)}`;
