import { Command } from 'commander';
import { IncidentList, IncidentView } from '../contract/incidents.ts';
import { call, findConnection, language } from './client.ts';

/** Outages of agencies, for supervisors. */
export const incidentCommands = (): Command => {
  const command = new Command('incidents').description('outages of agencies: what they hold, since when');
  command.option('--all', 'also those that are over').action(async ({ all }: { all?: true }) => {
    const path = `/api/v1/incidents?state=${all ? 'all' : 'open'}`;
    const { incidents } = await call(findConnection('supervisor'), IncidentList, 'GET', path);
    console.log(incidents.length === 0 ? 'No agency has an outage.' : incidents.map(lineOf).join('\n'));
  });
  command
    .command('open')
    .description('send nothing to an agency from now on, for a maintenance that was announced')
    .argument('<agency>', 'its id')
    .requiredOption('--reason <text>', 'why; it is kept with the incident')
    .option('--until <instant>', 'its announced end, ISO 8601; without it until the incident is closed by hand')
    .action((agency: string, options: { reason: string; until?: string }) => act(agency, '', options));
  command
    .command('close')
    .description('the outage is over: what was held goes on')
    .argument('<agency>', 'its id')
    .requiredOption('--reason <text>', 'why; it is kept with the incident')
    .action((agency: string, options: { reason: string }) => act(agency, '/close', options));
  return command;
};

const act = async (agency: string, what: string, body: Record<string, string>): Promise<void> => {
  const path = `/api/v1/agencies/${encodeURIComponent(agency)}/incident${what}`;
  console.log(lineOf(await call(findConnection('supervisor'), IncidentView, 'POST', path, body)));
};

const lineOf = ({ agency, state, why, openedAt, holds, released, lastError, closedAt }: IncidentView): string => {
  const since = `${openedAt}${closedAt === undefined ? '' : ` to ${closedAt}`}`;
  const cause = lastError === undefined ? why : `${why} ${lastError}`;
  return `${state.padEnd(10)} ${agency.name[language()]} (${agency.id})  ${since}  ${cause}  holds ${holds}, released ${released}`;
};
