import { readdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Command } from 'commander';
import { parse } from 'yaml';
import { z } from 'zod';
import { AgencyList, type AgencyView } from '../contract/agencies.ts';
import { DivisionPrefix } from '../contract/values.ts';
import { divisionText } from '../domain/division/problem.ts';
import { listAgencies, registerAgencies, switchAgency, type AgencyRecord } from '../db/agencies/agencies.ts';
import { AGENCY_NATURES } from '../domain/agency/nature.ts';
import { MAX_IN_FLIGHT } from '../domain/case/in-flight.ts';
import { Text } from '../domain/matter/schema.ts';
import { says } from '../domain/words/says.ts';
import { parseInput } from './parse-input.ts';
import { call } from './client.ts';
import { findConnection } from './connection.ts';
import { withRegistry } from './database.ts';
import { failure, unknownAgency } from './failure.ts';
import { readSecret, readText } from './files.ts';
import { byOption } from './options.ts';
import {
  drawFields,
  drawTable,
  outputOption,
  show,
  showList,
  watchOption,
  type Column,
  type OutputOptions,
} from './output.ts';
import type { Terminal } from './terminal.ts';
import { localTime } from './times.ts';
import { wordOf, type Pen } from './words.ts';

/**
 * The registration of an agency (docs/agency-protocol.md). Its secrets are in separate files.
 */
const Agency = z
  .strictObject({
    id: z.string().regex(/^[a-z][a-z0-9-]*$/),
    name: Text,
    /** The agency of the catalog that it serves, if that has another id. */
    serves: z
      .string()
      .regex(/^[a-z][a-z0-9-]*$/)
      .exactOptional(),
    /** The divisions that it serves, by their first digits; absent: all. */
    divisions: z.array(DivisionPrefix).min(1).exactOptional(),
    nature: z.enum(AGENCY_NATURES).default('organ'),
    connection: z.enum(['push', 'worklist', 'rules']),
    baseUrl: z.url({ protocol: /^https?$/ }).exactOptional(),
    /**
     * Files with the webhook secrets, newest first, beside the registration unless the path is
     * absolute.
     */
    secretFiles: z.array(z.string().min(1)).default([]),
    timeoutMs: z.int().min(100).max(10_000).default(10_000),
    allowPrivate: z.boolean().default(false),
    maxPerSecond: z.number().positive().exactOptional(),
    maxInFlight: z.int().min(1).max(50).default(MAX_IN_FLIGHT),
    enquireAfterS: z.int().positive().default(900),
  })
  .refine(({ connection, baseUrl }) => (connection === 'push') === (baseUrl !== undefined), {
    path: ['baseUrl'],
    ...says(
      '只有以 push 方式对接的部门需要，且必须填写',
      'Required for an agency with connection push, and only there',
    ),
  })
  .refine(({ connection, secretFiles }) => (connection === 'push') === secretFiles.length > 0, {
    path: ['secretFiles'],
    ...says(
      '只有以 push 方式对接的部门需要，至少一个',
      'At least one for an agency with connection push, and only there',
    ),
  });

const Secret = z.string().regex(/^whsec_[A-Za-z0-9+/]{32,}={0,2}$/);

/** The agencies of an installation: figures from the API, registrations from the database. */
export const agencyCommands = (terminal: Terminal): Command => {
  const { t, remark } = terminal;
  const command = new Command('agencies').description(t('help.agencies'));
  const list = () => call(findConnection(terminal, 'supervisor'), AgencyList, 'GET', '/api/v1/agencies');
  command
    .command('list')
    .description(t('help.agencies.list'))
    .addOption(outputOption(terminal))
    .addOption(watchOption(terminal))
    .action((options: OutputOptions) =>
      showList(terminal, options, list, ({ agencies }, wide) =>
        agencies.length === 0 ? [t('agencies.none')] : drawTable(terminal, columnsOf(terminal), agencies, wide),
      ),
    );
  command
    .command('show')
    .description(t('help.agencies.show'))
    .argument('<agency>', t('help.agencyRef'))
    .addOption(outputOption(terminal))
    .action(async (id: string, { output }: OutputOptions) => {
      const { agencies, days } = await list();
      const agency = agencies.find((one) => one.id === id);
      if (!agency) throw unknownAgency(terminal, id, idsOf(agencies));
      show(terminal, output, agency, () => drawAgency(terminal, agency, days));
    });
  command
    .command('put')
    .description(t('help.agencies.put'))
    .argument('<path>', t('help.agencies.put.path'))
    .action(async (path: string) => {
      const found = statSync(path).isDirectory() ? registrationsIn(path) : [path];
      if (found.length === 0) throw failure(t('agencies.emptyFolder', { path }));
      // All files are read before the first is written, so that a mistake in one changes nothing.
      const agencies = found.map((file) => readAgency(terminal, file));
      await withRegistry(terminal, async (db, cipher) => {
        const done = await registerAgencies(db, cipher, agencies);
        if (done.kind === 'shared') {
          const [one, other] = done.agencies;
          throw failure(t('agencies.secretShared', { one, other }));
        }
        if (done.kind === 'overlapping') {
          const [one, other] = done.agencies;
          const { division } = done;
          const where = division === '' ? t('people.everywhere') : divisionText(division)[terminal.language];
          throw failure(t('agencies.overlapping', { one, other, where }));
        }
        for (const agency of agencies) {
          remark(t('agencies.registered', { id: agency.id, connection: agency.connection }));
        }
      });
    });
  const add = (name: 'disable' | 'enable') =>
    command
      .command(name)
      .description(t(`help.agencies.${name}`))
      .argument('<agency>', t('help.agencyRef'))
      .requiredOption('--reason <text>', t('help.reason'))
      .addOption(byOption(terminal, t('help.agencies.by')))
      .action(async (id: string, { reason, by }: { reason: string; by: string }) => {
        const outcome = await withRegistry(terminal, async (db, cipher) => {
          const switched = await switchAgency(db, cipher, { id, disabled: name === 'disable', by, reason });
          if (switched !== 'unknown') return switched;
          throw unknownAgency(terminal, id, idsOf(await listAgencies(db, cipher)));
        });
        remark(t(outcome === 'changed' ? `agencies.${name}` : `agencies.${name}.before`, { id }));
      });
  add('disable');
  add('enable');
  return command;
};

const idsOf = (agencies: readonly { id: string }[]): string[] => agencies.map(({ id }) => id);

const registrationsIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => /\.(ya?ml|json)$/.test(name))
    .sort()
    .map((name) => join(folder, name));

const readAgency = (terminal: Terminal, file: string): AgencyRecord => {
  const { secretFiles, ...agency } = parseInput(terminal, Agency, parseYaml(terminal, file), file);
  const secrets = secretFiles.map((name) => {
    const path = resolve(dirname(file), name);
    return parseInput(terminal, Secret, readSecret(terminal, path), path);
  });
  return { ...agency, secrets };
};

const parseYaml = (terminal: Terminal, file: string): unknown => {
  const text = readText(terminal, file);
  try {
    return parse(text);
  } catch {
    // The message of the parser contains lines of the file.
    throw failure(terminal.t('file.notYaml', { file }));
  }
};

const percent = (rate: number | undefined): string | undefined =>
  rate === undefined ? undefined : `${Math.round(rate * 100)} %`;

const columnsOf = (pen: Pen): Column<AgencyView>[] => {
  const { language, t } = pen;
  return [
    { head: t('head.agency'), of: ({ id }) => id },
    { head: t('head.name'), of: ({ name }) => name[language] },
    { head: t('head.connection'), of: ({ connection }) => connection ?? t('agencies.unregistered') },
    { head: t('head.divisions'), of: ({ divisions }) => divisions?.join(' '), wide: true },
    { head: t('head.pending'), of: ({ pending }) => String(pending) },
    { head: t('head.running'), of: ({ running }) => String(running) },
    { head: t('head.attention'), of: ({ attention }) => String(attention) },
    { head: t('head.late'), of: ({ late }) => String(late), style: ({ late }) => (late > 0 ? 'red' : undefined) },
    { head: t('head.stalled'), of: ({ stalled }) => String(stalled) },
    { head: t('head.disabled'), of: ({ disabledAt }) => disabledAt && localTime(disabledAt), style: () => 'red' },
    { head: t('head.disabledBy'), of: ({ disabledBy }) => disabledBy, wide: true },
    { head: t('head.disabledReason'), of: ({ disabledReason }) => disabledReason, wide: true },
    { head: t('head.outage'), of: ({ incident }) => incident && wordOf(pen, 'incident', incident.state) },
    { head: t('head.finished'), of: ({ finished }) => String(finished), wide: true },
    { head: t('head.onTime'), of: ({ onTimeRate }) => percent(onTimeRate), wide: true },
    { head: t('head.supplements'), of: ({ supplementRate }) => percent(supplementRate), wide: true },
  ];
};

const drawAgency = (pen: Pen, agency: AgencyView, days: number): string[] => {
  const { t } = pen;
  const { incident, steps } = agency;
  return [
    ...drawFields(columnsOf(pen), agency),
    ...(incident ? [t('agencies.outageSince', { at: localTime(incident.openedAt) })] : []),
    ...(steps.length === 0 ? [] : [t('agencies.days', { days })]),
    ...steps.map(({ matter, step, finished, onTimeRate }) =>
      [`  ${matter}`, step, t('agencies.finished', { count: finished }), percent(onTimeRate)]
        .filter((part) => part !== undefined)
        .join('  '),
    ),
  ];
};
