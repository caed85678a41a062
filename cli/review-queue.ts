import { Command } from 'commander';
import { z } from 'zod';
import { ReviewAnswerDetail, ReviewQueue, type ReviewAnswerView } from '../contract/review-queue.ts';
import { allowedOf } from '../domain/actions.ts';
import type { Verdict } from '../domain/worklist/verdicts.ts';
import { act, call, describeActions, describeSettled } from './client.ts';
import { findConnection } from './connection.ts';
import { casePath, findCase } from './find-case.ts';
import {
  drawFields,
  drawTable,
  gather,
  jsonLines,
  outputOption,
  show,
  showList,
  watchOption,
  type Column,
  type OutputOptions,
} from './output.ts';
import { limitOption, queryOf } from './options.ts';
import type { Terminal } from './terminal.ts';
import { localTime } from './times.ts';
import { wordOf, type Pen } from './words.ts';

/** The answers of agencies that are no part of the record, for supervisors. */
export const reviewQueueCommands = (terminal: Terminal): Command => {
  const { t } = terminal;
  const command = new Command('review-queue').description(t('help.reviewQueue'));
  command
    .command('list', { isDefault: true })
    .description(t('help.reviewQueue.list'))
    .option('--case <case>', t('help.reviewQueue.case'))
    .addOption(limitOption(terminal))
    .addOption(outputOption(terminal))
    .addOption(watchOption(terminal))
    .action((options: OutputOptions & { case?: string; limit: number }) =>
      showList(
        terminal,
        options,
        () => loadAnswers(terminal, options),
        ({ answers, more }, wide) => [
          ...(answers.length === 0 ? [t('reviewQueue.none')] : drawTable(terminal, columnsOf(terminal), answers, wide)),
          ...(more ? [t('andMore')] : []),
        ],
      ),
    );
  command
    .command('show')
    .description(t('help.reviewQueue.show'))
    .argument('<case>', t('help.caseRef'))
    .argument('<message>', t('help.reviewQueue.message'))
    .addOption(outputOption(terminal))
    .action(async (reference: string, messageId: string, { output }: OutputOptions) => {
      const connection = findConnection(terminal, 'supervisor');
      const path = answerPath(await findCase(connection, reference), messageId);
      const answer = await call(connection, ReviewAnswerDetail, 'GET', path);
      show(terminal, output, answer, () => drawAnswer(terminal, answer));
    });
  const decide = (verdict: Verdict) =>
    command
      .command(verdict)
      .description(t(`help.reviewQueue.${verdict}`))
      .argument('<case>', t('help.caseRef'))
      .argument('<message>', t('help.reviewQueue.message'))
      .requiredOption('--reason <text>', t('help.reason'))
      .action(async (reference: string, messageId: string, { reason }: { reason: string }) => {
        const connection = findConnection(terminal, 'supervisor');
        const path = answerPath(await findCase(connection, reference), messageId);
        await act(connection, z.unknown(), path, { verdict, reason }, `review-queue --case ${reference}`);
        terminal.remark(t(`reviewQueue.${verdict}`));
      });
  decide('adopt');
  decide('dismiss');
  return command;
};

const answerPath = (caseId: string, messageId: string): string =>
  `${casePath(caseId)}/review-queue/${encodeURIComponent(messageId)}`;

/** One answer with what the agency said, and who settled it. */
const drawAnswer = (pen: Pen, answer: ReviewAnswerDetail): string[] => {
  const { t } = pen;
  const { reason, ground, result, supplements, settled, actions } = answer;
  return [
    ...drawFields(columnsOf(pen), answer),
    ...(reason === undefined ? [] : [`${t('reviewQueue.reason')}: ${reason}`]),
    ...(ground === undefined ? [] : [`${t('reviewQueue.ground')}: ${ground}`]),
    ...(result ? [`${t('reviewQueue.result')}:`, ...jsonLines(result)] : []),
    ...(supplements ? [`${t('reviewQueue.supplements')}:`, ...supplements.flatMap(jsonLines)] : []),
    ...(settled ? [describeSettled(pen, settled)] : []),
    describeActions(pen, allowedOf(actions)),
  ];
};

const loadAnswers = async (
  terminal: Terminal,
  options: { case?: string; limit: number },
): Promise<{ answers: ReviewAnswerView[]; more: boolean }> => {
  const connection = findConnection(terminal, 'supervisor');
  const path =
    options.case === undefined
      ? '/api/v1/review-queue'
      : `${casePath(await findCase(connection, options.case))}/review-queue`;
  const { rows: answers, more } = await gather(options.limit, 100, async (page) => {
    const { answers: rows, nextCursor } = await call(connection, ReviewQueue, 'GET', `${path}?${queryOf(page)}`);
    return { rows, nextCursor };
  });
  return { answers, more };
};

const columnsOf = (pen: Pen): Column<ReviewAnswerView>[] => {
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
