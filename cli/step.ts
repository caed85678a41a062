import { Command, InvalidArgumentError, Option } from 'commander';
import { PROCEDURES } from '../matters/engine/messages.ts';
import { findConnection } from './client.ts';
import { actOnCase } from './find-case.ts';

interface Order extends Record<string, unknown> {
  evidence?: string[];
}

/** What a supervisor does to one step of a case. */
export const stepCommands = (): Command => {
  const command = new Command('step').description('act on one step of a case, as a supervisor');
  const add = (verb: string, description: string, ...options: Option[]) => {
    const added = command.command(verb).description(description);
    added.argument('<case>', 'its id or its number').argument('<step>', 'its id');
    added.requiredOption('--reason <text>', 'why; it is kept with the act');
    options.forEach((option) => added.addOption(option));
    added.action(async (reference: string, stepId: string, { evidence, ...order }: Order) => {
      const body = evidence ? { ...order, evidence: evidence.map((number) => ({ reference: number })) } : order;
      await actOnCase(findConnection('supervisor'), reference, `steps/${encodeURIComponent(stepId)}/${verb}`, body);
    });
  };

  add('urge', 'urge the agency (催办)');
  add('resend', 'send the step to its agency again, now');
  add('extend', 'extend its limit, once', days('--days', 'working days').makeOptionMandatory());
  add(
    'suspend',
    'stop its clock',
    new Option('--procedure <kind>', 'the special procedure (特别程序)').choices(PROCEDURES).default('other'),
    days('--expected-days', 'working days that it is expected to take').makeOptionMandatory(),
  );
  add('resume', 'let its clock run again');
  add(
    'reassign',
    'give it to another agency, or to an officer of its own',
    new Option('--agency <id>', 'the agency').conflicts('officer'),
    new Option('--officer <account>', 'the officer'),
  );
  add('redo', 'do it again, in a new round');
  add('keep', 'let its result stand although a value that it used was corrected');
  add(
    'decide',
    'decide it on behalf of its agency',
    new Option('--decision <decision>', 'what was decided').choices(['approved', 'refused']).makeOptionMandatory(),
    new Option('--evidence <number...>', 'numbers of the papers that prove it').makeOptionMandatory(),
  );
  add('retry-undo', 'ask the agency again to take it back');
  add(
    'settle-undo',
    'say how taking it back ended',
    new Option('--result <result>', 'what became of it').choices(['undone', 'stands']).makeOptionMandatory(),
  );
  return command;
};

const days = (flag: string, description: string): Option =>
  new Option(`${flag} <n>`, description).argParser((value) => {
    const number = Number(value);
    if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('a whole number of days, at least 1');
    return number;
  });
