import { Command } from 'commander';
import { IncidentList, IncidentView } from '../contract/incidents.ts';
import { call } from './client.ts';
import { findConnection } from './connection.ts';
import { drawTable, outputOption, showList, watchOption, type Column, type OutputOptions } from './output.ts';
import type { Terminal } from './terminal.ts';
import { localTime, readInstant } from './times.ts';
import { wordOf, type Pen } from './words.ts';

/** Outages of agencies, for supervisors. */
export const incidentCommands = (terminal: Terminal): Command => {
  const { t, print } = terminal;
  const command = new Command('incidents').description(t('help.incidents'));
  const act = async (agency: string, what: string, body: Record<string, string>): Promise<void> => {
    const path = `/api/v1/agencies/${encodeURIComponent(agency)}/incident${what}`;
    const incident = await call(findConnection(terminal, 'supervisor'), IncidentView, 'POST', path, body);
    print(drawTable(terminal, columnsOf(terminal), [incident], false));
  };
  command
    .command('list', { isDefault: true })
    .description(t('help.incidents.list'))
    .option('--all', t('help.incidents.all'))
    .addOption(outputOption(terminal))
    .addOption(watchOption(terminal))
    .action((options: OutputOptions & { all?: true }) =>
      showList(
        terminal,
        options,
        () => {
          const path = `/api/v1/incidents?limit=100&state=${options.all ? 'all' : 'open'}`;
          return call(findConnection(terminal, 'supervisor'), IncidentList, 'GET', path);
        },
        ({ incidents }, wide) =>
          incidents.length === 0 ? [t('incidents.none')] : drawTable(terminal, columnsOf(terminal), incidents, wide),
      ),
    );
  command
    .command('open')
    .description(t('help.incidents.open'))
    .argument('<agency>', t('help.agencyRef'))
    .requiredOption('--reason <text>', t('help.reason'))
    .option('--until <time>', t('help.incidents.until'))
    .action((agency: string, { reason, until }: { reason: string; until?: string }) =>
      act(agency, '', { reason, ...(until !== undefined && { until: readInstant(terminal, until) }) }),
    );
  command
    .command('close')
    .description(t('help.incidents.close'))
    .argument('<agency>', t('help.agencyRef'))
    .requiredOption('--reason <text>', t('help.reason'))
    .action((agency: string, { reason }: { reason: string }) => act(agency, '/close', { reason }));
  return command;
};

const columnsOf = (pen: Pen): Column<IncidentView>[] => {
  const { language, t } = pen;
  return [
    { head: t('head.state'), of: ({ state }) => wordOf(pen, 'incident', state) },
    { head: t('head.agency'), of: ({ agency }) => agency.id },
    { head: t('head.name'), of: ({ agency }) => agency.name[language] },
    { head: t('head.since'), of: ({ openedAt }) => localTime(openedAt) },
    { head: t('head.ended'), of: ({ closedAt }) => closedAt && localTime(closedAt) },
    { head: t('head.holds'), of: ({ holds }) => String(holds) },
    { head: t('head.released'), of: ({ released }) => String(released) },
    {
      head: t('head.cause'),
      of: ({ why, lastError, openedReason }) =>
        [wordOf(pen, 'incidentWhy', why), lastError, openedReason].filter((part) => part !== undefined).join(', '),
    },
    { head: t('head.until'), of: ({ until }) => until && localTime(until), wide: true },
    { head: t('head.nextProbe'), of: ({ nextProbeAt }) => nextProbeAt && localTime(nextProbeAt), wide: true },
    { head: t('head.id'), of: ({ incidentId }) => incidentId, wide: true },
  ];
};
