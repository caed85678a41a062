import { userInfo } from 'node:os';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { z } from 'zod';
import { MatterSummary } from '../contract/matters.ts';
import { AgencyList } from '../contract/agencies.ts';
import { LIGHTS } from '../domain/deadlines/light.ts';
import { CASE_STATUSES } from '../domain/case/status.ts';
import { mayHoldIdNumber } from '../domain/message-ids.ts';
import { call } from './client.ts';
import { findConnection } from './connection.ts';
import { failure, isFailure, unknownAgency } from './failure.ts';
import type { Terminal } from './terminal.ts';

/** Options that several commands share. */

/** A whole number, at least 1. */
export const readCount =
  ({ t }: Terminal) =>
  (value: string): number => {
    const number = Number(value);
    if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError(t('option.count'));
    return number;
  };

export const limitOption = (terminal: Terminal): Option =>
  new Option('--limit <n>', terminal.t('help.limit')).argParser(readCount(terminal)).default(50);

/** An option that may be given several times. */
export const repeatable = (flags: string, description: string): Option =>
  new Option(flags, description).argParser((value: string, before: readonly string[] | undefined) => [
    ...(before ?? []),
    value,
  ]);

/** `name=value`, split at the first sign. */
export const readPair = ({ t }: Terminal, text: string): [string, string] => {
  const at = text.indexOf('=');
  if (at < 1) throw failure(t('option.pair', { text }));
  return [text.slice(0, at), text.slice(at + 1)];
};

/** Options of a command with `byOption`. */
export type WithBy = Record<string, string> & { by: string };

/** `--by`: the account on record; by default the user of this machine, where it has a name. */
export const byOption = ({ t }: Pick<Terminal, 't'>, description: string): Option => {
  const option = new Option('--by <account>', description).argParser((account: string) => {
    if (mayHoldIdNumber(account)) throw new InvalidArgumentError(t('option.account'));
    return account;
  });
  const name = userName();
  return name === undefined ? option.makeOptionMandatory() : option.default(name);
};

/** Undefined: the user has no entry in the password file, as in a container with a free choice of uid. */
const userName = (): string | undefined => {
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
};

/** The case filters of lists and bulk acts. */
export const addCaseFilters = (command: Command, { t }: Terminal): Command =>
  command
    .option('--matter <code>', t('help.matter'))
    .addOption(new Option('--status <status>', t('help.status')).choices(CASE_STATUSES))
    .option('--agency <id>', t('help.agency'))
    .option('--region <division>', t('help.region'))
    .addOption(new Option('--light <light>', t('help.light')).choices(LIGHTS));

/** The given options as a query string. */
export const queryOf = (options: Readonly<Record<string, string | number | undefined>>): string =>
  new URLSearchParams(
    Object.entries(options).flatMap(([name, value]): [string, string][] =>
      value === undefined ? [] : [[name, String(value)]],
    ),
  ).toString();

const Matters = z.object({ matters: z.array(MatterSummary) });

/**
 * Called for an empty list: fails if a filter names an unknown matter or agency, because the wrong
 * name is then the reason.
 */
export const refuseUnknown = async (
  terminal: Terminal,
  { matter, agency }: { matter?: string | undefined; agency?: string | undefined },
): Promise<void> => {
  const { t } = terminal;
  if (matter !== undefined) {
    const { matters } = await call(findConnection(terminal), Matters, 'GET', '/api/v1/matters');
    const known = matters.map(({ code }) => code);
    if (!known.includes(matter)) throw failure(t('unknown.matter', { name: matter, known: known.join(', ') }));
  }
  if (agency !== undefined) {
    const known = await agencyIds(terminal);
    if (known?.includes(agency) === false) throw unknownAgency(terminal, agency, known);
  }
};

/** The ids of the agencies; undefined for callers who may not list them. */
const agencyIds = async (terminal: Terminal): Promise<string[] | undefined> => {
  try {
    const { agencies } = await call(findConnection(terminal, 'supervisor'), AgencyList, 'GET', '/api/v1/agencies');
    return agencies.map(({ id }) => id);
  } catch (error) {
    if (isFailure(error) && error.problem === 'FORBIDDEN') return undefined;
    throw error;
  }
};
