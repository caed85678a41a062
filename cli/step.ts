import { Command, Option } from 'commander';
import { ENDS } from '../domain/case/answers.ts';
import { DAY_UNITS, PROCEDURES } from '../domain/case/messages.ts';
import { findConnection } from './connection.ts';
import { actOnCase } from './find-case.ts';
import { readCount, repeatable } from './options.ts';
import { paymentOptions, resultOf, type PaymentOptions } from './payment-options.ts';
import type { Terminal } from './terminal.ts';

interface StepCommand extends Record<string, unknown>, PaymentOptions {
  evidence?: string[];
  /** Of a decision, as `name=value`; of the end of an undo, one word. */
  result?: string[] | string;
  letter?: string;
  letterDate?: string;
}

/** Commands of a supervisor for one step of a case. */
export const stepCommands = (terminal: Terminal): Command => {
  const { t } = terminal;
  const command = new Command('step').description(t('help.step'));
  const days = (flag: string, description: string): Option =>
    new Option(`${flag} <n>`, description).argParser(readCount(terminal));
  const add = (verb: string, description: string, ...options: Option[]) => {
    const added = command.command(verb).description(description);
    added.argument('<case>', t('help.caseRef')).argument('<step>', t('help.stepRef'));
    added.requiredOption('--reason <text>', t('help.reason'));
    options.forEach((option) => added.addOption(option));
    added.action(
      async (
        reference: string,
        stepId: string,
        { evidence, letter, letterDate, amount, paidOn, receipt, ...given }: StepCommand,
      ) => {
        const body = {
          ...given,
          ...(evidence && { evidence: evidence.map((number) => ({ reference: number })) }),
          ...(letter !== undefined && { letter: { number: letter, date: letterDate } }),
          ...resultOf(terminal, Array.isArray(given.result) ? given.result : [], { amount, paidOn, receipt }),
        };
        const path = `steps/${encodeURIComponent(stepId)}/${verb}`;
        await actOnCase(findConnection(terminal, 'supervisor'), reference, path, body, stepId);
      },
    );
  };

  add('urge', t('help.step.urge'));
  add('resend', t('help.step.resend'));
  add('extend', t('help.step.extend'), days('--days', t('help.days')).makeOptionMandatory());
  add(
    'suspend',
    t('help.step.suspend'),
    new Option('--procedure <kind>', t('help.procedure')).choices(PROCEDURES).default('other'),
    days('--expected-days', t('help.expectedDays')).makeOptionMandatory(),
    new Option('--unit <unit>', t('help.dayUnit')).choices(DAY_UNITS).default('working-days'),
  );
  add('resume', t('help.step.resume'));
  add(
    'reassign',
    t('help.step.reassign'),
    new Option('--agency <id>', t('help.step.reassign.agency')).conflicts('officer'),
    new Option('--officer <account>', t('help.step.reassign.officer')),
  );
  add('redo', t('help.step.redo'));
  add('keep', t('help.step.keep'));
  add('confirm', t('help.step.confirm'), repeatable('--result <name=value>', t('help.task.result')));
  add(
    'decide',
    t('help.step.decide'),
    new Option('--decision <decision>', t('help.decision')).choices(Object.keys(ENDS)).makeOptionMandatory(),
    new Option('--evidence <number...>', t('help.evidence')),
    new Option('--letter <number>', t('help.letter')),
    new Option('--letter-date <date>', t('help.letterDate')),
    new Option('--basis <provision>', t('help.task.basis')),
    ...paymentOptions(terminal),
    repeatable('--result <name=value>', t('help.task.result')),
  );
  add('retry-undo', t('help.step.retryUndo'));
  add(
    'settle-undo',
    t('help.step.settleUndo'),
    new Option('--result <result>', t('help.step.settleUndo.result'))
      .choices(['undone', 'stands'])
      .makeOptionMandatory(),
  );
  return command;
};
