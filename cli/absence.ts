import { Command } from 'commander';
import { AbsenceList, AbsenceView, GroupList, GroupView } from '../contract/absences.ts';
import { call, findConnection, type Connection } from './client.ts';

interface As {
  as: 'officer' | 'supervisor' | 'admin';
}

/** Who is away in an agency and who stands in. */
export const absenceCommands = (): Command => {
  const command = new Command('absence').description('who is away in an agency, and who covers');
  const add = (name: string, description: string) =>
    command
      .command(name)
      .description(description)
      .argument('<agency>', 'its id')
      .option('--as <role>', 'in a sandbox: as its officer of the agency, its supervisor or its admin', 'officer');

  add('list', 'absences that are not over').action(async (agency: string, { as }: As) => {
    const { absences } = await call(connect(agency, as), AbsenceList, 'GET', pathOf(agency, 'absences'));
    console.log(absences.length === 0 ? 'Nobody is away.' : absences.map(lineOf).join('\n'));
  });
  add('enter', 'enter an absence: your own, or as a supervisor another’s')
    .requiredOption('--from <instant>', 'ISO 8601, in UTC')
    .requiredOption('--to <instant>', 'the same')
    .requiredOption('--group <id>', 'the group that covers')
    .option('--cover <account>', 'only this officer of the group')
    .option('--officer <account>', 'who is away; without it yourself')
    .action(async (agency: string, { as, from, to, group, cover, officer }: As & Record<string, string>) => {
      const body = { from, to, officer, coveredBy: { group, officer: cover } };
      console.log(lineOf(await call(connect(agency, as), AbsenceView, 'POST', pathOf(agency, 'absences'), body)));
    });
  add('end', 'whoever was away is back')
    .argument('<absence>', 'its id')
    .action(async (agency: string, absence: string, { as }: As) => {
      const path = pathOf(agency, 'absences', absence, 'end');
      console.log(lineOf(await call(connect(agency, as), AbsenceView, 'POST', path)));
    });
  add('groups', 'who stands in for whom').action(async (agency: string, { as }: As) => {
    const { groups } = await call(connect(agency, as), GroupList, 'GET', pathOf(agency, 'groups'));
    console.log(groups.length === 0 ? 'There are no groups.' : groups.map(groupLine).join('\n'));
  });
  add('group', 'say who is in a group, as a supervisor')
    .argument('<group>', 'its id')
    .argument('[members...]', 'accounts of officers; none: the group is no more')
    .action(async (agency: string, group: string, members: string[], { as }: As) => {
      const path = pathOf(agency, 'groups', group);
      console.log(groupLine(await call(connect(agency, as), GroupView, 'POST', path, { members })));
    });
  return command;
};

const connect = (agency: string, as: As['as']): Connection => findConnection(as, agency);

const pathOf = (agency: string, ...rest: string[]): string =>
  ['/api/v1/agencies', ...[agency, ...rest].map(encodeURIComponent)].join('/');

const groupLine = ({ group, members }: GroupView): string => `${group}  ${members.join(', ') || 'nobody'}`;

const lineOf = ({ absenceId, officer, from, to, coveredBy, enteredBy }: AbsenceView): string => {
  const cover =
    coveredBy.officer === undefined ? `anybody of ${coveredBy.group}` : `${coveredBy.officer} (${coveredBy.group})`;
  return `${officer}  ${from} to ${to}  covered by ${cover}  entered by ${enteredBy.id}  ${absenceId}`;
};
