import { stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { publishMatter } from '../db/matters.ts';
import { createPool } from '../db/pool.ts';
import type { LoadedMatter } from '../matters/definition/load.ts';
import { loadCatalog } from '../matters/definition/load-catalog.ts';
import { databaseUrl } from './database.ts';
import { failure } from './failure.ts';
import { drawMatter } from './matter-page.ts';
import { language } from './client.ts';
import { refusal } from './refusal.ts';

const CATALOG = fileURLToPath(new URL('../catalog', import.meta.url));

export const mattersCommands = (): Command => {
  const command = new Command('matters').description('the definitions of matters');
  command
    .command('lint')
    .description('checks every definition of a folder, with line, column and how to fix it')
    .argument('[folder]', 'with agencies.yaml in it', CATALOG)
    .action(async (folder: string) => {
      const matters = await load(folder);
      for (const { matter } of matters) console.log(`${matter.code} version ${matter.version}: in order`);
    });
  command
    .command('show')
    .description('prints the steps of a matter: who, after what, within which limit')
    .argument('<code>')
    .option('--folder <folder>', 'where it is defined', CATALOG)
    .action(async (code: string, { folder }: { folder: string }) => {
      const found = (await load(folder)).find(({ matter }) => matter.code === code);
      if (!found) throw failure(`There is no matter ${code} in ${folder}.`);
      for (const line of drawMatter(found.matter, language())) console.log(line);
    });
  command
    .command('publish')
    .description('publishes every definition of a folder; versions that are published never change')
    .argument('[folder]', 'with agencies.yaml in it', CATALOG)
    .option('--by <account>', 'who publishes', userInfo().username)
    .action(async (folder: string, { by }: { by: string }) => {
      const matters = await load(folder);
      const pool = createPool({ url: databaseUrl(), max: 1, name: 'one-matter matters publish' });
      try {
        for (const { matter, hash } of matters) {
          console.log(`${matter.code} version ${matter.version}: ${await publishMatter(pool, { matter, hash, by })}`);
        }
      } finally {
        await pool.end();
      }
    });
  return command;
};

const load = async (folder: string): Promise<LoadedMatter[]> => {
  const found = await stat(folder).catch(() => undefined);
  if (!found?.isDirectory())
    throw failure(`${folder} is no folder. Definitions are judged with the agencies.yaml beside them.`);
  const catalog = await loadCatalog(folder);
  if (catalog.ok) return catalog.matters;
  throw refusal(catalog.problems);
};
