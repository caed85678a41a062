import type { Command } from 'commander';
import { WithdrawalConfirmation, WithdrawalPreview } from '../contract/withdrawals.ts';
import { ChangePreview } from '../contract/supplements.ts';
import { findConnection } from './connection.ts';
import { failure } from './failure.ts';
import { readObject } from './files.ts';
import { actOnCase, askOfCase } from './find-case.ts';
import { outputOption, show, type OutputOptions } from './output.ts';
import { drawConfirmation, drawPreview } from './previews.ts';
import type { Terminal } from './terminal.ts';

interface WithdrawOptions extends OutputOptions {
  reason?: string;
  preview?: true;
  confirmation?: true;
}

interface ChangeOptions extends OutputOptions {
  preview?: true;
}

/**
 * Commands for a whole case: withdraw, request a supplement, answer, correct, terminate.
 */
export const addCaseActs = (command: Command, terminal: Terminal): void => {
  const { t } = terminal;
  const add = (name: 'withdraw' | 'terminate' | 'ask' | 'answer' | 'fill' | 'correct') =>
    command
      .command(name)
      .description(t(`help.case.${name}`))
      .argument('<case>', t('help.caseRef'));

  add('withdraw')
    .option('--reason <text>', t('help.case.withdraw.reason'))
    .option('--preview', t('help.preview'))
    .option('--confirmation', t('help.case.withdraw.confirmation'))
    .addOption(outputOption(terminal))
    .action(async (reference: string, { reason, preview, confirmation, output }: WithdrawOptions) => {
      const connection = findConnection(terminal);
      if (preview) {
        const view = await askOfCase(connection, WithdrawalPreview, reference, 'withdrawal');
        show(terminal, output, view, () => drawPreview(terminal, view));
      } else if (confirmation) {
        const paper = await askOfCase(connection, WithdrawalConfirmation, reference, 'withdrawal/confirmation');
        show(terminal, output, paper, () => drawConfirmation(terminal, paper));
      } else if (reason === undefined) {
        throw failure(t('case.withdrawalNeedsReason'));
      } else {
        await actOnCase(connection, reference, 'withdrawal', { reason });
      }
    });
  add('terminate')
    .requiredOption('--reason <text>', t('help.reason'))
    .action((reference: string, { reason }: { reason: string }) =>
      actOnCase(findConnection(terminal, 'supervisor'), reference, 'termination', { reason }),
    );
  add('ask')
    .argument('<file>', t('help.case.ask.file'))
    .action((reference: string, file: string) =>
      actOnCase(findConnection(terminal), reference, 'supplements', readObject(terminal, file)),
    );
  add('answer')
    .argument('<notice>', t('help.case.answer.notice'))
    .argument('<file>', t('help.case.answer.file'))
    .option('--preview', t('help.preview'))
    .addOption(outputOption(terminal))
    .action((reference: string, notice: string, file: string, options: ChangeOptions) =>
      change(
        terminal,
        reference,
        `supplements/${encodeURIComponent(notice)}/answer`,
        readObject(terminal, file),
        options,
      ),
    );
  add('fill')
    .argument('<material...>', t('help.case.fill.material'))
    .action((reference: string, materials: string[]) =>
      actOnCase(findConnection(terminal), reference, 'pledge/materials', {
        materials: materials.map((id) => ({ id })),
      }),
    );
  add('correct')
    .argument('<file>', t('help.case.correct.file'))
    .option('--preview', t('help.preview'))
    .addOption(outputOption(terminal))
    .action((reference: string, file: string, options: ChangeOptions) => {
      const { reason, ...changes } = readObject(terminal, file);
      const body = options.preview ? changes : { ...changes, reason };
      return change(terminal, reference, 'corrections', body, options);
    });
};

/** Changes the dossier, or previews the effect on each step. */
const change = async (
  terminal: Terminal,
  reference: string,
  path: string,
  body: Record<string, unknown>,
  { preview, output }: ChangeOptions,
): Promise<void> => {
  const connection = findConnection(terminal);
  if (!preview) return actOnCase(connection, reference, path, body);
  const view = await askOfCase(connection, ChangePreview, reference, `${path}/preview`, body);
  show(terminal, output, view, () => drawPreview(terminal, view));
};
