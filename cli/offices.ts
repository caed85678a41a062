import { basename } from 'node:path';
import { Command } from 'commander';
import { findOffices, publishOffices } from '../db/registry/office-directories.ts';
import { listMatters } from '../db/registry/matters.ts';
import { errorCode } from '../db/sql/pool.ts';
import { loadOffices, SHIPPED_OFFICES, type LoadedOffices } from '../domain/authoring/load-offices.ts';
import { divisionText } from '../domain/division/problem.ts';
import { stepAgencies } from '../domain/matter/compile.ts';
import type { Matter } from '../domain/matter/schema.ts';
import type { OfficeAddress, OfficeDirectory } from '../domain/office/directory.ts';
import { withDatabase } from './database.ts';
import { EXIT, failure, refusal } from './failure.ts';
import { readText } from './files.ts';
import { byOption } from './options.ts';
import { drawTable, outputOption, show, type Column, type OutputOptions } from './output.ts';
import type { Terminal } from './terminal.ts';
import type { Pen } from './words.ts';

/** The offices where people go: address, hours and telephone. */
export const officeCommands = (terminal: Terminal): Command => {
  const { t, print } = terminal;
  const command = new Command('offices').description(t('help.offices'));
  command
    .command('lint')
    .description(t('help.offices.lint'))
    .argument('[file]', t('help.offices.file'), SHIPPED_OFFICES)
    .action((file: string) => {
      const { version, offices } = load(terminal, file).directory;
      print(t('offices.inOrder', { version, count: offices.length }));
    });
  command
    .command('publish')
    .description(t('help.offices.publish'))
    .argument('[file]', t('help.offices.file'), SHIPPED_OFFICES)
    .addOption(byOption(terminal, t('help.publisher')))
    .action(async (file: string, { by }: { by: string }) => {
      const loaded = load(terminal, file);
      const { outcome, matters } = await withDatabase(terminal, async (db) => ({
        outcome: await publishOffices(db, { ...loaded, by }).catch((error: unknown) => {
          throw errorCode(error)?.startsWith('OFFICES_VERSION') && error instanceof Error
            ? failure(error.message, EXIT.wrong)
            : error;
        }),
        matters: await listMatters(db),
      }));
      print(t('offices.published', { version: loaded.directory.version, outcome }));
      const definitions = matters.map(({ matter }) => matter);
      warnWithoutOffice(terminal, loaded.directory, definitions);
    });
  command
    .command('show')
    .description(t('help.offices.show'))
    .addOption(outputOption(terminal))
    .action(async ({ output }: OutputOptions) => {
      const directory = await withDatabase(terminal, findOffices);
      if (!directory) throw failure(t('offices.none'));
      show(terminal, output, directory, (wide) => drawTable(terminal, columnsOf(terminal), directory.offices, wide));
    });
  return command;
};

/** Warns of each matter with agencies for which the directory has no office in any division. */
export const warnWithoutOffice = (
  { t, quiet, stderr }: Pick<Terminal, 't' | 'quiet' | 'stderr'>,
  { offices }: Pick<OfficeDirectory, 'offices'>,
  matters: readonly Matter[],
): void => {
  const known = new Set(offices.flatMap(({ agencies }) => agencies));
  for (const matter of matters) {
    const missing = stepAgencies(matter).filter((agency) => !known.has(agency));
    if (missing.length === 0 || quiet) continue;
    stderr.write(`${t('offices.missing', { code: matter.code, agencies: missing.join(', ') })}\n`);
  }
};

const columnsOf = ({ language, t }: Pen): Column<OfficeAddress>[] => [
  { head: t('head.name'), of: ({ name }) => name[language] },
  { head: t('head.region'), of: ({ division }) => divisionText(division)[language] },
  { head: t('head.address'), of: ({ address }) => address[language] },
  { head: t('head.telephone'), of: ({ telephone }) => telephone },
  { head: t('head.hours'), of: ({ hours }) => hours[language], wide: true },
  { head: t('head.agencies'), of: ({ agencies }) => agencies.join(' '), wide: true },
];

const load = (terminal: Terminal, file: string): LoadedOffices => {
  const loaded = loadOffices(readText(terminal, file), basename(file));
  if (!loaded.ok) throw refusal(terminal, loaded.problems);
  return loaded;
};
