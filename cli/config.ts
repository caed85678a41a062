import { Command } from 'commander';
import { failure } from './failure.ts';
import { readSecret } from './files.ts';
import { drawTable, outputOption, show, type Column, type OutputOptions } from './output.ts';
import { readProfiles, writeProfiles } from './profiles.ts';
import type { Terminal } from './terminal.ts';
import type { Pen } from './words.ts';

interface Row {
  name: string;
  api: string;
  current: boolean;
  hasToken: boolean;
}

/** Without a profile: the sandbox of this folder, or the environment. */
const NO_PROFILE = 'none';

/** The profiles of a person. A token is read from a file and never printed. */
export const configCommands = (terminal: Terminal): Command => {
  const { t, remark } = terminal;
  const command = new Command('config').description(t('help.config'));
  command
    .command('list')
    .description(t('help.config.list'))
    .addOption(outputOption(terminal))
    .action(({ output }: OutputOptions) => {
      const { current, profiles } = readProfiles(terminal);
      const rows = Object.entries(profiles).map(([name, { api, token }]): Row => ({
        name,
        api,
        current: name === current,
        hasToken: token !== undefined,
      }));
      show(terminal, output, { profiles: rows }, (wide) =>
        rows.length === 0 ? [t('config.none')] : drawTable(terminal, columnsOf(terminal), rows, wide),
      );
    });
  command
    .command('set')
    .description(t('help.config.set'))
    .argument('<profile>', t('help.profileRef'))
    .option('--api <url>', t('help.config.api'))
    .option('--token-file <file>', t('help.config.tokenFile'))
    .action((name: string, { api, tokenFile }: { api?: string; tokenFile?: string }) => {
      const { profiles, ...rest } = readProfiles(terminal);
      const before = profiles[name];
      const address = api ?? before?.api;
      if (!/^[\w.-]{1,64}$/.test(name) || name === NO_PROFILE) throw failure(t('config.badName', { name }));
      if (address === undefined) throw failure(t('config.needsApi', { name }));
      if (!URL.canParse(address)) throw failure(t('api.noAddress', { api: address }));
      const token = tokenFile === undefined ? before?.token : readSecret(terminal, tokenFile);
      const profile = { api: address, ...(token !== undefined && { token }) };
      writeProfiles(terminal, { ...rest, profiles: { ...profiles, [name]: profile } });
      remark(t('config.saved', { name }));
    });
  command
    .command('use')
    .description(t('help.config.use', { none: NO_PROFILE }))
    .argument('<profile>', t('help.profileRef'))
    .action((name: string) => {
      const { profiles } = readProfiles(terminal);
      if (name === NO_PROFILE) {
        writeProfiles(terminal, { profiles });
        remark(t('config.usesNone'));
        return;
      }
      if (!profiles[name]) throw unknownProfile(terminal, name, Object.keys(profiles));
      writeProfiles(terminal, { current: name, profiles });
      remark(t('config.uses', { name }));
    });
  command
    .command('remove')
    .description(t('help.config.remove'))
    .argument('<profile>', t('help.profileRef'))
    .action((name: string) => {
      const { current, profiles } = readProfiles(terminal);
      const { [name]: removed, ...others } = profiles;
      if (!removed) throw unknownProfile(terminal, name, Object.keys(profiles));
      writeProfiles(terminal, {
        ...(current !== undefined && current !== name && { current }),
        profiles: others,
      });
      remark(t('config.removed', { name }));
    });
  return command;
};

const unknownProfile = ({ t }: Terminal, name: string, known: readonly string[]): Error =>
  failure(t('config.unknown', { name, known: known.join(', ') || '–' }));

const columnsOf = ({ t }: Pen): Column<Row>[] => [
  { head: t('head.profile'), of: ({ name, current }) => (current ? `${name} *` : name) },
  { head: t('head.api'), of: ({ api }) => api },
  { head: t('head.token'), of: ({ hasToken }) => t(hasToken ? 'config.hasToken' : 'config.withoutToken') },
];
