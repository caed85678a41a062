import { Command } from 'commander';
import { bulkCommands } from './bulk.ts';
import { absenceCommands } from './absence.ts';
import { calendarCommands } from './calendar.ts';
import { caseCommands } from './case.ts';
import { conformanceCommand } from './conformance.ts';
import { exportCommand } from './export.ts';
import { exitCodeOf } from './failure.ts';
import { deskCommands } from './desk.ts';
import { incidentCommands } from './incidents.ts';
import { ledgerCommands } from './ledger.ts';
import { mattersCommands } from './matters.ts';
import { orderCommands } from './orders.ts';
import { registryCommands } from './registry.ts';
import { reportCommands } from './report.ts';
import { serviceCommands } from './services.ts';
import { stallsCommand } from './stalls.ts';
import { stepCommands } from './step.ts';
import { worklistCommands } from './worklist.ts';

const program = new Command('one-matter')
  .description('一件事: one applicant, one form, one number; many agencies behind it.')
  .showHelpAfterError();
for (const command of [
  ...serviceCommands(),
  mattersCommands(),
  calendarCommands(),
  caseCommands(),
  stepCommands(),
  ...worklistCommands(),
  absenceCommands(),
  stallsCommand(),
  incidentCommands(),
  orderCommands(),
  bulkCommands(),
  reportCommands(),
  exportCommand(),
  deskCommands(),
  ledgerCommands(),
  conformanceCommand(),
  ...registryCommands(),
]) {
  program.addCommand(command);
}

try {
  await program.parseAsync();
} catch (error) {
  const exitCode = exitCodeOf(error);
  // Anything else is a fault of ours: with its stack, since somebody has to find it.
  console.error(exitCode !== undefined && error instanceof Error ? error.message : error);
  // At once: what an interrupted command has left under way is not waited for.
  process.exit(exitCode ?? 70);
}
