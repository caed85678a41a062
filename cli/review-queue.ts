import { Command } from 'commander';
import { z } from 'zod';
import { DeskList, type DeskAnswer } from '../contract/review-queue.ts';
import type { Verdict } from '../domain/worklist/verdicts.ts';
import { act, call } from './client.ts';
import { findConnection } from './connection.ts';
import { casePath, findCase } from './find-case.ts';
import { drawTable, gather, outputOption, showList, watchOption, type Column, type OutputOptions } from './output.ts';
import { limitOption, queryOf } from './options.ts';
import type { Terminal } from './terminal.ts';
import { localTime } from './times.ts';
import { wordOf, type Pen } from './words.ts';

/** The answers of agencies that are no part of the record, for supervisors. */
export const deskCommands = (terminal: Terminal): Command => {
  const { t } = terminal;
  const command = new Command('desk').description(t('help.desk'));
  command
    .command('list', { isDefault: true })
    .description(t('help.desk.list'))
    .option('--case <case>', t('help.desk.case'))
    .addOption(limitOption(terminal))
    .addOption(outputOption(terminal))
    .addOption(watchOption(terminal))
    .action((options: OutputOptions & { case?: string; limit: number }) =>
      showList(
        terminal,
        options,
        () => loadAnswers(terminal, options),
        ({ answers, more }, wide) => [
          ...(answers.length === 0 ? [t('desk.none')] : drawTable(terminal, columnsOf(terminal), answers, wide)),
          ...(more ? [t('andMore')] : []),
        ],
      ),
    );
  const decide = (verdict: Verdict) =>
    command
      .command(verdict)
      .description(t(`help.desk.${verdict}`))
      .argument('<case>', t('help.caseRef'))
      .argument('<message>', t('help.desk.message'))
      .requiredOption('--reason <text>', t('help.reason'))
      .action(async (reference: string, messageId: string, { reason }: { reason: string }) => {
        const connection = findConnection(terminal, 'supervisor');
        const path = `${casePath(await findCase(connection, reference))}/desk/${encodeURIComponent(messageId)}`;
        await act(connection, z.unknown(), path, { verdict, reason }, `desk --case ${reference}`);
        terminal.remark(t(`desk.${verdict}`));
      });
  decide('adopt');
  decide('dismiss');
  return command;
};

const loadAnswers = async (
  terminal: Terminal,
  options: { case?: string; limit: number },
): Promise<{ answers: DeskAnswer[]; more: boolean }> => {
  const connection = findConnection(terminal, 'supervisor');
  const path =
    options.case === undefined ? '/api/v1/desk' : `${casePath(await findCase(connection, options.case))}/desk`;
  const { rows: answers, more } = await gather(options.limit, 100, async (page) => {
    const { answers: rows, nextCursor } = await call(connection, DeskList, 'GET', `${path}?${queryOf(page)}`);
    return { rows, nextCursor };
  });
  return { answers, more };
};

const columnsOf = (pen: Pen): Column<DeskAnswer>[] => {
  const { language, t } = pen;
  return [
    { head: t('head.state'), of: ({ state }) => wordOf(pen, 'keptAnswer', state) },
    { head: t('head.case'), of: ({ caseNo }) => caseNo },
    { head: t('head.step'), of: ({ step }) => step.name[language] },
    { head: t('head.agency'), of: ({ agency }) => agency.id },
    { head: t('head.answer'), of: ({ decision }) => wordOf(pen, 'decision', decision) },
    {
      head: t('head.record'),
      of: ({ record }) =>
        record.decision === undefined
          ? wordOf(pen, 'stepStatus', record.status)
          : wordOf(pen, 'decision', record.decision),
    },
    { head: t('head.received'), of: ({ receivedAt }) => localTime(receivedAt) },
    { head: t('head.message'), of: ({ messageId }) => messageId },
    { head: t('head.why'), of: ({ why }) => why?.text[language] },
  ];
};
