import { Argument, Command, Option } from 'commander';
import { absenceCommands } from './absence.ts';
import { agencyCommands } from './agencies.ts';
import { bulkCommands } from './bulk.ts';
import { calendarCommands } from './calendar.ts';
import { officeCommands } from './offices.ts';
import { caseCommands } from './case.ts';
import { completionScript, SHELLS, type Shell } from './completion.ts';
import { configCommands } from './config.ts';
import { conformanceCommand } from './conformance.ts';
import { reviewQueueCommands } from './review-queue.ts';
import { doctorCommand } from './doctor.ts';
import { exportCommand } from './export.ts';
import { incidentCommands } from './incidents.ts';
import { ledgerCommands } from './ledger.ts';
import { mattersCommands } from './matters.ts';
import { orderCommands } from './orders.ts';
import { peopleCommands } from './people.ts';
import { reportCommands } from './report.ts';
import { serviceCommands } from './services.ts';
import { stallsCommand } from './stalls.ts';
import { stepCommands } from './step.ts';
import { taskCommands } from './task.ts';
import type { Terminal } from './terminal.ts';
import { tokenCommands } from './tokens.ts';
import { settle } from './usage.ts';
import { versionOfProduct } from './version.ts';

/** All commands, bound to a terminal. */
export const createProgram = (terminal: Terminal): Command => {
  const { t } = terminal;
  const program = new Command('one-matter')
    .description(t('help.program'))
    .version(versionOfProduct(), '-V, --version', t('help.version'))
    .option('--profile <name>', t('help.profile'))
    .addOption(new Option('--lang <language>', t('help.lang')).choices(['zh', 'en']))
    .option('-q, --quiet', t('help.quiet'))
    .option('--no-color', t('help.noColor'))
    .addHelpText('after', `\n${t('help.exitCodes')}`);
  for (const command of [
    ...serviceCommands(terminal),
    doctorCommand(terminal),
    configCommands(terminal),
    caseCommands(terminal),
    stepCommands(terminal),
    taskCommands(terminal),
    absenceCommands(terminal),
    stallsCommand(terminal),
    incidentCommands(terminal),
    orderCommands(terminal),
    bulkCommands(terminal),
    reviewQueueCommands(terminal),
    reportCommands(terminal),
    exportCommand(terminal),
    mattersCommands(terminal),
    calendarCommands(terminal),
    officeCommands(terminal),
    agencyCommands(terminal),
    peopleCommands(terminal),
    tokenCommands(terminal),
    ledgerCommands(terminal),
    conformanceCommand(terminal),
  ]) {
    program.addCommand(command);
  }
  program
    .command('completion')
    .description(t('help.completion'))
    .addArgument(new Argument('<shell>').choices(SHELLS))
    .action((shell: Shell) => terminal.print(completionScript(program, shell)));
  program
    .command('help')
    .description(t('help.helpCommand'))
    .argument('[command...]', t('help.helpCommand.path'))
    .action((path: string[]) => findCommand(program, path).help());
  settle(program, terminal);
  return program;
};

/** `['case', 'list']` is the command `case list`. Ends with the error about an unknown command. */
const findCommand = (command: Command, path: readonly string[]): Command => {
  const [name, ...inner] = path;
  if (name === undefined) return command;
  const found = command.commands.find((one) => one.name() === name);
  return found ? findCommand(found, inner) : command.error(`error: unknown command '${name}'`);
};
