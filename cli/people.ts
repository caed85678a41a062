import { Command } from 'commander';
import { z } from 'zod';
import { Account, freeText } from '../contract/values.ts';
import {
  addRole,
  endRole,
  findPerson,
  listPeople,
  putPerson,
  switchPerson,
  type PersonRecord,
} from '../db/registry/people.ts';
import { listTokens, type TokenRecord } from '../db/registry/tokens.ts';
import { withRegistry } from './database.ts';
import { byOption, type WithBy } from './options.ts';
import { drawTable, outputOption, show, type Column, type OutputOptions } from './output.ts';
import { parseInput } from './parse-input.ts';
import { chooseRole, drawRole, drawRoles, readNewRole, TypedRole, unknownPerson } from './roles.ts';
import type { Terminal } from './terminal.ts';
import { localTime } from './times.ts';
import { drawTokens } from './tokens.ts';
import type { Pen } from './words.ts';

const Person = z.strictObject({
  account: Account,
  name: freeText(100, 'one'),
});

/** The people who work with the system, and their roles. */
export const peopleCommands = (terminal: Terminal): Command => {
  const { t, remark } = terminal;
  const command = new Command('people').description(t('help.people'));
  command
    .command('add')
    .description(t('help.people.add'))
    .argument('<account>', t('help.people.account'))
    .requiredOption('--name <name>', t('help.people.name'))
    .action(async (account: string, options: { name: string }) => {
      const person = parseInput(terminal, Person, { account, ...options }, t('people.what'));
      const outcome = await withRegistry(terminal, (db, cipher) => putPerson(db, cipher, person));
      remark(t(`people.${outcome}`, { account }));
    });
  command
    .command('list')
    .description(t('help.people.list'))
    .addOption(outputOption(terminal))
    .action(async ({ output }: OutputOptions) => {
      const people = await withRegistry(terminal, listPeople);
      show(terminal, output, people, (wide) =>
        people.length === 0 ? [t('people.none')] : drawTable(terminal, columnsOf(terminal), people, wide),
      );
    });
  command
    .command('show')
    .description(t('help.people.show'))
    .argument('<account>', t('help.people.account'))
    .addOption(outputOption(terminal))
    .action(async (account: string, { output }: OutputOptions) => {
      const found = await withRegistry(terminal, async (db, cipher) => {
        const person = await findPerson(db, cipher, account);
        return person && { ...person, tokens: await listTokens(db, account) };
      });
      if (!found) throw unknownPerson(terminal, account);
      show(terminal, output, found, (wide) => drawPerson(terminal, found, wide));
    });
  addSwitch(terminal, command, 'disable');
  addSwitch(terminal, command, 'enable');
  command.addCommand(roleCommands(terminal));
  return command;
};

const addSwitch = (terminal: Terminal, command: Command, name: 'disable' | 'enable'): void => {
  const { t, remark } = terminal;
  command
    .command(name)
    .description(t(`help.people.${name}`))
    .argument('<account>', t('help.people.account'))
    .requiredOption('--reason <text>', t('help.reason'))
    .addOption(byOption(terminal, t('help.agencies.by')))
    .action(async (account: string, { reason, by }: { reason: string; by: string }) => {
      const outcome = await withRegistry(terminal, (db, cipher) =>
        switchPerson(db, cipher, { account, disabled: name === 'disable', by, reason }),
      );
      if (outcome === 'unknown') throw unknownPerson(terminal, account);
      remark(t(outcome === 'changed' ? `people.${name}` : `people.${name}.before`, { account }));
    });
};

const roleCommands = (terminal: Terminal): Command => {
  const { t, remark } = terminal;
  const command = new Command('roles').description(t('help.people.roles'));
  const add = (name: 'add' | 'end') =>
    command
      .command(name)
      .description(t(`help.people.roles.${name}`))
      .argument('<account>', t('help.people.account'))
      .requiredOption('--role <role>', t('help.tokens.role'))
      .option('--agency <agency>', t('help.tokens.agency'))
      .addOption(byOption(terminal, t('help.agencies.by')));
  const readRole = (options: Record<string, string>) => parseInput(terminal, TypedRole, options, t('people.role'));
  add('add')
    .option('--region <division>', t('help.people.region'))
    .action(async (account: string, { by, ...options }: WithBy) => {
      const typed = readRole(options);
      const [role, added] = await withRegistry(terminal, async (db, cipher) => {
        if (!(await findPerson(db, cipher, account))) throw unknownPerson(terminal, account);
        const scope = await readNewRole(terminal, db, cipher, typed);
        return [scope, await addRole(db, account, scope, by)];
      });
      remark(t(added ? 'people.roleAdded' : 'people.roleBefore', { account, role: drawRole(terminal, role) }));
    });
  add('end')
    .option('--region <division>', t('help.people.whichRegion'))
    .action(async (account: string, { by, ...options }: WithBy) => {
      const typed = readRole(options);
      const role = await withRegistry(terminal, async (db, cipher) => {
        const person = await findPerson(db, cipher, account);
        if (!person) throw unknownPerson(terminal, account);
        const chosen = chooseRole(terminal, person, typed);
        await endRole(db, chosen.id, by);
        return chosen;
      });
      remark(t('people.roleEnded', { account, role: drawRole(terminal, role) }));
    });
  return command;
};

const timeOf = (at: number | undefined): string | undefined =>
  at === undefined ? undefined : localTime(new Date(at).toISOString());

const columnsOf = (pen: Pen): Column<PersonRecord>[] => {
  const { t } = pen;
  return [
    { head: t('head.account'), of: ({ account }) => account },
    { head: t('head.name'), of: ({ name }) => name },
    { head: t('head.roles'), of: ({ roles }) => (roles.length === 0 ? undefined : drawRoles(pen, roles)) },
    { head: t('head.added'), of: ({ addedAt }) => timeOf(addedAt), wide: true },
    { head: t('head.disabled'), of: ({ disabledAt }) => timeOf(disabledAt), style: () => 'red' },
    { head: t('head.disabledBy'), of: ({ disabledBy }) => disabledBy, wide: true },
    { head: t('head.disabledReason'), of: ({ disabledReason }) => disabledReason, wide: true },
  ];
};

const drawPerson = (
  terminal: Terminal,
  { tokens, ...person }: PersonRecord & { tokens: readonly TokenRecord[] },
  wide: boolean,
): string[] => [
  ...columnsOf(terminal).flatMap(({ head, of }) => {
    const value = of(person);
    return value === undefined ? [] : [`${head}: ${value}`];
  }),
  ...person.roles
    .filter(({ groups }) => groups.length > 0)
    .map((role) => terminal.t('people.groups', { role: drawRole(terminal, role), groups: role.groups.join(', ') })),
  ...drawTokens(terminal, tokens, wide),
];
