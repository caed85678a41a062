import { Command, Option } from 'commander';
import { z } from 'zod';
import { StallList, type Stall } from '../contract/stalls.ts';
import { LIGHTS } from '../domain/deadlines/light.ts';
import { WAITING_CAUSES } from '../domain/waiting/causes.ts';
import { call } from './client.ts';
import { findConnection } from './connection.ts';
import { casePath, findCase } from './find-case.ts';
import { limitOption, queryOf, refuseUnknown } from './options.ts';
import { outputOption, showList, watchOption, type OutputOptions } from './output.ts';
import { widthOf } from './screen.ts';
import type { Terminal } from './terminal.ts';
import { localTime } from './times.ts';
import { drawCause } from './tree.ts';
import { styleOfLight, wordOf, type Pen } from './words.ts';

interface ListOptions extends OutputOptions {
  agency?: string;
  cause?: string;
  matter?: string;
  region?: string;
  light?: string;
  order: string;
  limit: number;
}

/** Stalls, for supervisors. */
export const stallsCommand = (terminal: Terminal): Command => {
  const { t } = terminal;
  const command = new Command('stalls').description(t('help.stalls'));
  command
    .command('list', { isDefault: true })
    .description(t('help.stalls.list'))
    .option('--agency <id>', t('help.agency'))
    .addOption(new Option('--cause <cause>', t('help.cause')).choices(WAITING_CAUSES))
    .option('--matter <code>', t('help.matter'))
    .option('--region <division>', t('help.region'))
    .addOption(new Option('--light <light>', t('help.light')).choices(LIGHTS))
    .addOption(new Option('--order <order>', t('help.stalls.order')).choices(['urgency', 'age']).default('urgency'))
    .addOption(limitOption(terminal))
    .addOption(outputOption(terminal))
    .addOption(watchOption(terminal))
    .action((options: ListOptions) =>
      showList(
        terminal,
        options,
        () => loadStalls(terminal, options),
        (list) => drawStalls(terminal, list),
      ),
    );
  command
    .command('dismiss')
    .description(t('help.stalls.dismiss'))
    .argument('<case>', t('help.caseRef'))
    .argument('<message>', t('help.stalls.message'))
    .requiredOption('--reason <text>', t('help.reason'))
    .action(async (reference: string, messageId: string, { reason }: { reason: string }) => {
      const connection = findConnection(terminal, 'supervisor');
      const path = `${casePath(await findCase(connection, reference))}/message-conflicts/${encodeURIComponent(messageId)}/dismissal`;
      await call(connection, z.unknown(), 'POST', path, { reason });
      terminal.remark(t('stalls.dismissed'));
    });
  return command;
};

const loadStalls = async (
  terminal: Terminal,
  { agency, cause, matter, region, light, order, limit }: ListOptions,
): Promise<StallList> => {
  const query = queryOf({ agency, cause, matter, region, light, order, limit: Math.min(limit, 500) });
  const list = await call(findConnection(terminal, 'supervisor'), StallList, 'GET', `/api/v1/stalls?${query}`);
  if (list.counts.total === 0) await refuseUnknown(terminal, { matter, agency });
  return list;
};

/** Counts by cause and by agency, then one line per stall. */
export const drawStalls = (pen: Pen, { stalls, counts, watchedAt }: StallList): string[] => {
  const { t } = pen;
  const causes = counts.causes.map(({ cause, count }) => `${wordOf(pen, 'cause', cause)} ${count}`);
  const agencies = counts.agencies.filter(({ own }) => own > 0).map(({ agency, own }) => `${agency} ${own}`);
  const more = counts.total - stalls.length;
  return [
    ...(watchedAt === undefined ? [t('stalls.old')] : []),
    counts.total === 0 ? t('stalls.none') : t('stalls.count', { count: counts.total, causes: causes.join(', ') }),
    ...(agencies.length === 0 ? [] : [t('stalls.agencies', { agencies: agencies.join(', ') })]),
    ...stalls.map((stall) => drawStall(pen, stall)),
    ...(more === 0 ? [] : [t('stalls.more', { count: more })]),
  ];
};

/** The width of the longest word for a light. */
const LIGHT_COLUMNS = 8;

const drawStall = (pen: Pen, stall: Stall): string => {
  const { caseNo, step, agency, subject, light, since, waitingOn } = stall;
  const where = [caseNo, step, subject ?? (agency && `[${agency}]`)].filter(Boolean).join(' ');
  const word = wordOf(pen, 'light', light);
  const style = styleOfLight(light);
  const lamp = `${style === undefined ? word : pen.paint(style, word)}${' '.repeat(Math.max(0, LIGHT_COLUMNS - widthOf(word)))}`;
  const turn = pen.t('step.turn', { turn: wordOf(pen, 'turn', waitingOn) });
  return `${lamp}  ${where}  ${drawCause(pen, stall)}  ${pen.t('stalls.since', { at: localTime(since) })}  ${turn}`;
};
