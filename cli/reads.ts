import type { Command } from 'commander';
import { ReadList, type ReadView } from '../contract/reads.ts';
import { call } from './client.ts';
import { findConnection } from './connection.ts';
import { casePath, findCase } from './find-case.ts';
import { drawTable, gather, outputOption, show, type Column, type OutputOptions } from './output.ts';
import type { Terminal } from './terminal.ts';
import { localTime } from './times.ts';
import { drawActor, type Pen } from './words.ts';

/** `case reads`: who read personal data of a case. */
export const addCaseReads = (command: Command, terminal: Terminal): void => {
  const { t } = terminal;
  command
    .command('reads')
    .description(t('help.case.reads'))
    .argument('<case>', t('help.caseRef'))
    .addOption(outputOption(terminal))
    .action(async (reference: string, { output }: OutputOptions) => {
      const connection = findConnection(terminal, 'supervisor');
      const path = `${casePath(await findCase(connection, reference))}/reads`;
      const { rows: reads } = await gather(Number.MAX_SAFE_INTEGER, 500, async (page) => {
        const query = new URLSearchParams(page).toString();
        const { reads: rows, nextCursor } = await call(connection, ReadList, 'GET', `${path}?${query}`);
        return { rows, nextCursor };
      });
      show(terminal, output, { reads }, (wide) =>
        reads.length === 0 ? [t('case.noReads')] : drawTable(terminal, columnsOf(terminal), reads, wide),
      );
    });
};

const columnsOf = (pen: Pen): Column<ReadView>[] => {
  const { t, language } = pen;
  return [
    { head: t('head.when'), of: ({ at }) => localTime(at) },
    { head: t('head.by'), of: ({ by }) => drawActor(pen, by) },
    { head: t('head.what'), of: ({ what }) => what[language] },
    { head: t('head.purpose'), of: ({ purposeText }) => purposeText[language] },
    { head: t('head.step'), of: ({ step }) => step?.id },
  ];
};
