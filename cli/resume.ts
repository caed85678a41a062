import type { Command } from 'commander';
import { LostCaseList, ResumptionReceipt, type LostCase } from '../contract/resumptions.ts';
import { call } from './client.ts';
import { findConnection } from './connection.ts';
import { failure } from './failure.ts';
import { casePath, findCase } from './find-case.ts';
import { drawTable, outputOption, show, type Column, type OutputOptions } from './output.ts';
import type { Terminal } from './terminal.ts';
import { localTime } from './times.ts';
import { wordOf, type Pen } from './words.ts';

interface ResumeOptions extends OutputOptions {
  all?: true;
  dryRun?: true;
  confirm?: string;
  reason?: string;
}

const LIST = '/api/v1/resumptions';

/** Resumes cases whose workflows are lost: one of them, or all after a loss that was looked at. */
export const addCaseResume = (command: Command, terminal: Terminal): void => {
  const { t, print } = terminal;

  const listLost = async (output: OutputOptions['output']): Promise<void> => {
    const list = await call(findConnection(terminal, 'supervisor'), LostCaseList, 'GET', `${LIST}?limit=500`);
    show(terminal, output, list, (wide) => drawLost(terminal, list, wide));
  };
  const record = async (path: string, body: Record<string, unknown>): Promise<void> => {
    await call(findConnection(terminal, 'supervisor'), ResumptionReceipt, 'POST', path, body);
    print(t('resume.recorded'));
  };

  command
    .command('resume')
    .description(t('help.case.resume'))
    .argument('[case]', t('help.caseRef'))
    .option('--all', t('help.case.resume.all'))
    .option('--dry-run', t('help.case.resume.dryRun'))
    .option('--confirm <incident>', t('help.case.resume.confirm'))
    .option('--reason <text>', t('help.reason'))
    .addOption(outputOption(terminal))
    .action(async (reference: string | undefined, { all, dryRun, confirm, reason, output }: ResumeOptions) => {
      if ((reference === undefined) !== (all === true)) throw failure(t('resume.oneOrAll'));
      if (all && dryRun) return listLost(output);
      if (all && confirm === undefined) throw failure(t('resume.dryRunFirst'));
      if (reason === undefined) throw failure(t('resume.needsReason'));
      if (reference === undefined) return record(`${LIST}/confirm`, { incident: Number(confirm), reason });
      const connection = findConnection(terminal, 'supervisor');
      return record(`${casePath(await findCase(connection, reference))}/resumption`, { reason });
    });
};

const drawLost = (pen: Pen, { cases, total, incident }: LostCaseList, wide: boolean): string[] => {
  const { t } = pen;
  if (total === 0) return [t('resume.none')];
  return [
    ...drawTable(pen, columnsOf(pen), cases, wide),
    t('resume.total', { count: total }),
    ...(incident === undefined
      ? [t('resume.automatic')]
      : [
          wordOf(pen, 'massLoss', incident.why),
          incident.confirmedAt === undefined
            ? t('resume.howToConfirm', { incident: incident.id })
            : t('resume.confirmed', { at: localTime(incident.confirmedAt) }),
        ]),
  ];
};

const columnsOf = (pen: Pen): Column<LostCase>[] => {
  const { t } = pen;
  return [
    { head: t('head.case'), of: ({ caseNo }) => caseNo },
    { head: t('head.matter'), of: ({ matter }) => matter },
    { head: t('head.cause'), of: ({ why }) => wordOf(pen, 'loss', why) },
    { head: t('head.since'), of: ({ foundAt }) => localTime(foundAt) },
    { head: t('head.id'), of: ({ caseId }) => caseId, wide: true },
  ];
};
