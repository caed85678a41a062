import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { failure } from './failure.ts';
import type { Environment, Terminal } from './terminal.ts';

/**
 * The profiles of a person. The file contains tokens, so only its owner can read it, and no command
 * prints them.
 */

const Profile = z.strictObject({ api: z.string(), token: z.string().exactOptional() });
export type Profile = z.infer<typeof Profile>;

const Profiles = z.strictObject({
  /** The default profile. */
  current: z.string().exactOptional(),
  profiles: z.record(z.string(), Profile).default({}),
});
type Profiles = z.infer<typeof Profiles>;

/** In the folder of the XDG Base Directory Specification. */
const profilesFile = (env: Environment): string => {
  const folder = env['XDG_CONFIG_HOME'] ?? join(env['HOME'] ?? homedir(), '.config');
  return join(folder, 'one-matter', 'profiles.json');
};

/** Fails if the file is not valid or if other users could read the tokens in it. */
export const readProfiles = ({ env, t }: Terminal): Profiles => {
  const file = profilesFile(env);
  if (!existsSync(file)) return { profiles: {} };
  if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) {
    throw failure(t('config.openToOthers', { file }));
  }
  const read = Profiles.safeParse(parseJson(readFileSync(file, 'utf8')));
  if (!read.success) throw failure(t('config.unreadable', { file }));
  return read.data;
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

export const writeProfiles = ({ env }: Terminal, profiles: Profiles): void => {
  const file = profilesFile(env);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(`${file}.new`, `${JSON.stringify(profiles, undefined, 2)}\n`, { mode: 0o600 });
  chmodSync(`${file}.new`, 0o600);
  renameSync(`${file}.new`, file);
};

/**
 * The profile that `--profile` or `ONE_MATTER_PROFILE` names. Fails if it does not exist.
 */
export const namedProfile = (terminal: Terminal): ({ name: string } & Profile) | undefined => {
  const { profile: name, t } = terminal;
  if (name === undefined || name === '') return undefined;
  const { profiles } = readProfiles(terminal);
  const found = profiles[name];
  if (!found) throw failure(t('config.unknown', { name, known: Object.keys(profiles).join(', ') || '–' }));
  return { name, ...found };
};

/** The profile that `config use` has chosen. */
export const currentProfile = (terminal: Terminal): ({ name: string } & Profile) | undefined => {
  const { current, profiles } = readProfiles(terminal);
  const found = current === undefined ? undefined : profiles[current];
  return current !== undefined && found ? { name: current, ...found } : undefined;
};
