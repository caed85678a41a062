import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import type { Pool } from 'pg';
import { findUnregistered } from '../db/agencies/agencies.ts';
import { findOffices } from '../db/registry/office-directories.ts';
import { publishMatter } from '../db/registry/matters.ts';
import { errorCode } from '../db/sql/pool.ts';
import type { LoadedMatter } from '../domain/authoring/load.ts';
import { loadCatalog } from '../domain/authoring/load-catalog.ts';
import { stepAgencies } from '../domain/matter/compile.ts';
import { withDatabase } from './database.ts';
import { drawFindings, failure, refusal } from './failure.ts';
import { drawMatter } from './matter-page.ts';
import { warnWithoutOffice } from './offices.ts';
import { byOption } from './options.ts';
import { outputOption, show, type OutputOptions } from './output.ts';
import type { Terminal } from './terminal.ts';

const CATALOG = fileURLToPath(new URL('../catalog', import.meta.url));

export const mattersCommands = (terminal: Terminal): Command => {
  const { t, print } = terminal;
  const command = new Command('matters').description(t('help.matters'));
  command
    .command('lint')
    .description(t('help.matters.lint'))
    .argument('[folder]', t('help.matters.folder'), CATALOG)
    .action(async (folder: string) => {
      const matters = await load(terminal, folder);
      for (const { matter } of matters) print(t('matters.inOrder', { code: matter.code, version: matter.version }));
    });
  command
    .command('show')
    .description(t('help.matters.show'))
    .argument('<code>', t('help.matterRef'))
    .option('--folder <folder>', t('help.matters.folder'), CATALOG)
    .addOption(outputOption(terminal))
    .action(async (code: string, { folder, output }: OutputOptions & { folder: string }) => {
      const matters = await load(terminal, folder);
      const found = matters.find(({ matter }) => matter.code === code);
      if (!found) {
        const known = matters.map(({ matter }) => matter.code).join(', ');
        throw failure(t('unknown.matter', { name: code, known }));
      }
      show(terminal, output, found.matter, () => drawMatter(terminal, found.matter));
    });
  command
    .command('publish')
    .description(t('help.matters.publish'))
    .argument('[folder]', t('help.matters.folder'), CATALOG)
    .addOption(byOption(terminal, t('help.publisher')))
    .action(async (folder: string, { by }: { by: string }) => {
      const matters = await load(terminal, folder);
      await withDatabase(terminal, async (db) => {
        await refuseUnregistered(terminal, db, matters);
        for (const { matter, hash } of matters) {
          const { code, version } = matter;
          const outcome = await publishMatter(db, { matter, hash, by }).catch((error: unknown) => {
            throw errorCode(error) === 'MATTER_VERSION_TAKEN'
              ? failure(t('matters.versionTaken', { code, version }))
              : error;
          });
          print(t('matters.published', { code, version, outcome }));
        }
        const directory = (await findOffices(db)) ?? { offices: [] };
        const definitions = matters.map(({ matter }) => matter);
        warnWithoutOffice(terminal, directory, definitions);
      });
    });
  return command;
};

/**
 * A step of an agency that is not registered would wait until somebody registers it, so nothing is
 * published before.
 */
const refuseUnregistered = async ({ t }: Terminal, db: Pool, matters: readonly LoadedMatter[]): Promise<void> => {
  const named = matters.map(({ matter }) => ({ code: matter.code, agencies: stepAgencies(matter) }));
  const unregistered = await findUnregistered(
    db,
    named.flatMap(({ agencies }) => agencies),
  );
  const lines = unregistered.map((id) => {
    const codes = named.filter(({ agencies }) => agencies.includes(id)).map(({ code }) => code);
    return t('matters.unregistered', { id, codes: codes.join(', ') });
  });
  if (lines.length > 0) throw failure([...lines, t('matters.registerFirst')].join('\n'));
};

const load = async (terminal: Terminal, folder: string): Promise<LoadedMatter[]> => {
  const { t } = terminal;
  if (!existsSync(folder) || !statSync(folder).isDirectory()) throw failure(t('matters.noFolder', { folder }));
  if (!existsSync(join(folder, 'agencies.yaml'))) throw failure(t('matters.noAgencies', { folder }));
  const catalog = await loadCatalog(folder);
  if (!catalog.ok) throw refusal(terminal, catalog.problems);
  for (const line of drawFindings(terminal, catalog.warnings)) terminal.remark(line);
  if (catalog.warnings.length > 0) terminal.remark(t('lint.warnings', { count: catalog.warnings.length }));
  return catalog.matters;
};
