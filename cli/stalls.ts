import { Command, Option } from 'commander';
import { StallList, type Stall } from '../api/contracts/stalls.ts';
import { LIGHTS } from '../matters/clock/light.ts';
import { WAITING_CAUSES } from '../matters/waiting/causes.ts';
import { call, findConnection } from './client.ts';
import { drawCause, localTime } from './tree.ts';

/** What stands still, for supervisors. */
export const stallsCommand = (): Command =>
  new Command('stalls')
    .description('what stands still: why, since when, whose turn it is, what happens next by itself')
    .option('--agency <id>', 'steps of this agency')
    .addOption(new Option('--cause <cause>', 'of this cause').choices(WAITING_CAUSES))
    .option('--matter <code>', 'of this matter')
    .option('--region <division>', 'in this division, a prefix')
    .addOption(new Option('--light <light>', 'with this light').choices(LIGHTS))
    .addOption(new Option('--order <order>', 'what comes first').choices(['urgency', 'age']).default('urgency'))
    .option('--limit <n>', 'so many at most; the counts are of all', '50')
    .action(async (options: Record<string, string>) => {
      const path = `/api/v1/stalls?${new URLSearchParams(options).toString()}`;
      console.log(drawStalls(await call(findConnection('supervisor'), StallList, 'GET', path)).join('\n'));
    });

/** Counts by cause and by agency, then a line each. */
export const drawStalls = ({ stalls, counts, watchedAt }: StallList): string[] => {
  const causes = counts.causes.map(({ cause, count }) => `${cause} ${count}`);
  const agencies = counts.agencies.filter(({ own }) => own > 0).map(({ agency, own }) => `${agency} ${own}`);
  const more = counts.total - stalls.length;
  return [
    ...(watchedAt === undefined ? ['Nobody watches: this list is old.'] : []),
    counts.total === 0 ? 'Nothing stands still.' : `${counts.total} stand still: ${causes.join(', ')}`,
    ...(agencies.length === 0 ? [] : [`agencies to blame: ${agencies.join(', ')}`]),
    ...stalls.map(drawStall),
    ...(more === 0 ? [] : [`… and ${more} more`]),
  ];
};

const drawStall = (stall: Stall): string => {
  const { caseNo, step, agency, subject, light, since, waitingOn } = stall;
  const where = subject ?? [caseNo, step, agency && `[${agency}]`].filter(Boolean).join(' ');
  return `${light.padEnd(8)}  ${where}  ${drawCause(stall)}  since ${localTime(since)}  waits for ${waitingOn}`;
};
