import { Command, Option } from 'commander';
import { AbsenceList, AbsenceView, GroupList, GroupView } from '../contract/absences.ts';
import { call } from './client.ts';
import { findConnection, type Connection, type SandboxRole } from './connection.ts';
import { failure } from './failure.ts';
import { isId } from './find-case.ts';
import { drawTable, outputOption, showList, watchOption, type Column, type OutputOptions } from './output.ts';
import type { Terminal } from './terminal.ts';
import { localTime, readInstant } from './times.ts';
import type { Pen } from './words.ts';

interface RoleOptions {
  as: SandboxRole;
}

interface EnterOptions extends RoleOptions {
  from: string;
  to: string;
  group: string;
  cover?: string;
  officer?: string;
}

/** Absences of the officers of an agency, and their cover. */
export const absenceCommands = (terminal: Terminal): Command => {
  const { t, print } = terminal;
  const command = new Command('absence').description(t('help.absence'));
  const add = (name: string, description: string, as: SandboxRole = 'officer') =>
    command
      .command(name)
      .description(description)
      .argument('<agency>', t('help.agencyRef'))
      .addOption(
        new Option('--as <role>', t('help.absence.as')).choices(['officer', 'supervisor', 'admin']).default(as),
      );
  const connect = (agency: string, as: SandboxRole): Connection => findConnection(terminal, as, agency);
  const draw = (absence: AbsenceView) => drawTable(terminal, columnsOf(terminal), [absence], true);

  add('list', t('help.absence.list'))
    .addOption(outputOption(terminal))
    .addOption(watchOption(terminal))
    .action((agency: string, options: RoleOptions & OutputOptions) =>
      showList(
        terminal,
        options,
        () => call(connect(agency, options.as), AbsenceList, 'GET', pathOf(agency, 'absences')),
        ({ absences }, wide) =>
          absences.length === 0 ? [t('absence.none')] : drawTable(terminal, columnsOf(terminal), absences, wide),
      ),
    );
  add('enter', t('help.absence.enter'))
    .requiredOption('--from <time>', t('help.absence.from'))
    .requiredOption('--to <time>', t('help.absence.to'))
    .requiredOption('--group <id>', t('help.absence.enter.group'))
    .option('--cover <account>', t('help.absence.cover'))
    .option('--officer <account>', t('help.absence.officer'))
    .action(async (agency: string, { as, from, to, group, cover, officer }: EnterOptions) => {
      const body = {
        from: readInstant(terminal, from),
        to: readInstant(terminal, to),
        officer,
        coveredBy: { group, officer: cover },
      };
      print(draw(await call(connect(agency, as), AbsenceView, 'POST', pathOf(agency, 'absences'), body)));
    });
  add('end', t('help.absence.end'))
    .argument('<absence>', t('help.absenceRef'))
    .action(async (agency: string, absence: string, { as }: RoleOptions) => {
      if (!isId(absence)) throw failure(terminal.t('absence.unknown', { absence }));
      const path = pathOf(agency, 'absences', absence, 'end');
      print(draw(await call(connect(agency, as), AbsenceView, 'POST', path)));
    });
  add('groups', t('help.absence.groups'))
    .addOption(outputOption(terminal))
    .addOption(watchOption(terminal))
    .action((agency: string, options: RoleOptions & OutputOptions) =>
      showList(
        terminal,
        options,
        () => call(connect(agency, options.as), GroupList, 'GET', pathOf(agency, 'groups')),
        ({ groups }) =>
          groups.length === 0 ? [t('absence.noGroups')] : groups.map((group) => groupLine(terminal, group)),
      ),
    );
  // Only a supervisor sets the members of a group.
  add('group', t('help.absence.group'), 'supervisor')
    .argument('<group>', t('help.absence.groupRef'))
    .argument('[members...]', t('help.absence.members'))
    .action(async (agency: string, group: string, members: string[], { as }: RoleOptions) => {
      const path = pathOf(agency, 'groups', group);
      print(groupLine(terminal, await call(connect(agency, as), GroupView, 'POST', path, { members })));
    });
  return command;
};

const pathOf = (agency: string, ...rest: string[]): string =>
  ['/api/v1/agencies', ...[agency, ...rest].map(encodeURIComponent)].join('/');

const groupLine = ({ t }: Pen, { group, members }: GroupView): string =>
  `${group}  ${members.join(', ') || t('nobody')}`;

const columnsOf = ({ t }: Pen): Column<AbsenceView>[] => [
  { head: t('head.officer'), of: ({ officer }) => officer },
  { head: t('head.from'), of: ({ from }) => localTime(from) },
  { head: t('head.to'), of: ({ to }) => localTime(to) },
  {
    head: t('head.cover'),
    of: ({ coveredBy: { group, officer } }) =>
      officer === undefined ? t('absence.anybodyOf', { group }) : `${officer} (${group})`,
  },
  { head: t('head.enteredBy'), of: ({ enteredBy }) => enteredBy.id, wide: true },
  { head: t('head.id'), of: ({ absenceId }) => absenceId },
];
