import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { failure, unknownAgency } from './failure.ts';
import { currentProfile, namedProfile, type Profile } from './profiles.ts';
import type { Environment, Terminal } from './terminal.ts';

/** The address of the API and the account of the caller. */
export interface Connection {
  api: string;
  token: string;
  /** A remedy for the case that nothing answers. */
  hint: string;
  terminal: Terminal;
}

export type SandboxRole = 'clerk' | 'supervisor' | 'admin' | 'officer';

/** The part of a sandbox's file that the CLI reads. */
const Sandbox = z.object({
  api: z.string(),
  temporal: z.string(),
  postgres: z.string(),
  tokens: z.object({
    clerk: z.string(),
    supervisor: z.string(),
    admin: z.string(),
    officer: z.record(z.string(), z.string()),
  }),
});
type Sandbox = z.infer<typeof Sandbox>;

export const homeOf = (env: Environment): string => env['ONE_MATTER_HOME'] ?? '.one-matter';

/** The sandbox of `ONE_MATTER_HOME`; undefined: no sandbox was started there. */
export const findSandbox = ({ env, t }: Terminal): Sandbox | undefined => {
  const file = join(homeOf(env), 'sandbox.json');
  if (!existsSync(file)) return undefined;
  const read = Sandbox.safeParse(parseJson(readFileSync(file, 'utf8')));
  if (!read.success) throw failure(t('sandbox.unreadable', { file }));
  return read.data;
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/**
 * The installation to call, in this order: the named profile; `ONE_MATTER_API` and
 * `ONE_MATTER_TOKEN`; the profile in use, unless `ONE_MATTER_HOME` names a sandbox; the sandbox,
 * with the token of `role`. The agency selects one of its officers.
 */
export const findConnection = (terminal: Terminal, role: SandboxRole = 'clerk', agency?: string): Connection => {
  const { env, t } = terminal;
  const named = namedProfile(terminal);
  if (named) return connectByProfile(terminal, named);
  const { ONE_MATTER_API: givenApi, ONE_MATTER_TOKEN: givenToken, ONE_MATTER_HOME: givenHome } = env;
  const profile = givenApi === undefined && givenHome === undefined ? currentProfile(terminal) : undefined;
  if (profile) return connectByProfile(terminal, profile);
  const sandbox = findSandbox(terminal);
  const api = givenApi ?? sandbox?.api;
  const token = givenToken ?? (sandbox && tokenOf(sandbox, role, agency));
  if (sandbox && api !== undefined && token === undefined) {
    const known = Object.keys(sandbox.tokens.officer);
    if (agency !== undefined) throw unknownAgency(terminal, agency, known);
    throw failure(t('connection.whichOfficer', { agencies: known.join(', ') }));
  }
  if (api === undefined || token === undefined) throw failure(t('connection.none'));
  return { api, token, hint: t(givenApi === undefined ? 'hint.sandbox' : 'hint.environment'), terminal };
};

const tokenOf = ({ tokens }: Sandbox, role: SandboxRole, agency = ''): string | undefined =>
  role === 'officer' ? tokens.officer[agency] : tokens[role];

const connectByProfile = (terminal: Terminal, { name, api, token }: { name: string } & Profile): Connection => {
  const { env, t } = terminal;
  const given = token ?? env['ONE_MATTER_TOKEN'];
  if (given === undefined) throw failure(t('config.noToken', { name }));
  return { api, token: given, hint: t('hint.profile', { name }), terminal };
};
