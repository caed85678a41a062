import { Command } from 'commander';
import { z } from 'zod';
import { Account } from '../contract/values.ts';
import { findPerson } from '../db/registry/people.ts';
import { createToken, listTokens, revokeToken, rotateToken, type TokenRecord } from '../db/registry/tokens.ts';
import { inTransaction } from '../db/sql/pool.ts';
import { parseInput } from './parse-input.ts';
import { withDatabase, withRegistry } from './database.ts';
import { failure } from './failure.ts';
import { byOption, type WithBy } from './options.ts';
import { drawTable, outputOption, show, type Column, type OutputOptions } from './output.ts';
import { chooseRole, readNewRole, TypedRole } from './roles.ts';
import type { Terminal } from './terminal.ts';
import { localTime } from './times.ts';
import type { Pen } from './words.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** A token ends by itself unless it is renewed. */
const DEFAULT_DAYS = 90;
/** For so long a token that was replaced can stay valid. */
const MAX_GRACE_HOURS = 168;

const Days = z.coerce.number().positive().max(3_650).default(DEFAULT_DAYS);
const NewToken = TypedRole.extend({ account: Account, days: Days });
const Rotation = z.strictObject({ days: Days, grace: z.coerce.number().min(0).max(MAX_GRACE_HOURS).default(0) });

export const tokenCommands = (terminal: Terminal): Command => {
  const { t, remark } = terminal;
  /** On the other stream than the token, which scripts read. */
  const remarkBeside = (line: string): void => {
    if (!terminal.quiet) terminal.stderr.write(`${line}\n`);
  };
  const command = new Command('tokens').description(t('help.tokens'));
  command
    .command('create')
    .description(t('help.tokens.create'))
    .requiredOption('--role <role>', t('help.tokens.role'))
    .requiredOption('--account <account>', t('help.tokens.account'))
    .option('--agency <agency>', t('help.tokens.agency'))
    .option('--region <division>', t('help.tokens.region'))
    .option('--days <days>', t('help.tokens.days'))
    .addOption(byOption(terminal, t('help.agencies.by')))
    .action(async ({ by, ...options }: WithBy) => {
      const { account, days, ...typed } = parseInput(terminal, NewToken, options, t('tokens.what'));
      const expiresAt = Date.now() + days * DAY_MS;
      const token = await withRegistry(terminal, async (db, cipher) => {
        const person = await findPerson(db, cipher, account);
        if (person?.disabledAt !== undefined) throw failure(t('people.disabled', { account }));
        // A token never widens the rights of a known person.
        const { role, agency, region } = person
          ? chooseRole(terminal, person, typed)
          : await readNewRole(terminal, db, cipher, typed);
        const scope = { role, region, ...(agency !== undefined && { agency }) };
        const created = await createToken(db, cipher, { account, ...scope, expiresAt, by });
        if (!person) remarkBeside(t('tokens.newPerson', { account }));
        return created;
      });
      terminal.print(token);
    });
  command
    .command('list')
    .description(t('help.tokens.list'))
    .option('--account <account>', t('help.people.account'))
    .addOption(outputOption(terminal))
    .action(async ({ account, output }: OutputOptions & { account?: string }) => {
      const tokens = await withDatabase(terminal, (db) => listTokens(db, account));
      show(terminal, output, tokens, (wide) => drawTokens(terminal, tokens, wide));
    });
  command
    .command('revoke')
    .description(t('help.tokens.revoke'))
    .argument('<id>', t('help.tokens.id'))
    .addOption(byOption(terminal, t('help.agencies.by')))
    .action(async (id: string, { by }: WithBy) => {
      const outcome = await withDatabase(terminal, (db) => revokeToken(db, id, by));
      if (outcome === 'unknown') throw failure(t('tokens.unknown', { id }));
      remark(t(outcome === 'revoked' ? 'tokens.revoked' : 'tokens.revokedBefore', { id }));
    });
  command
    .command('rotate')
    .description(t('help.tokens.rotate'))
    .argument('<id>', t('help.tokens.id'))
    .option('--grace <hours>', t('help.tokens.grace'))
    .option('--days <days>', t('help.tokens.days'))
    .addOption(byOption(terminal, t('help.agencies.by')))
    .action(async (id: string, { by, ...options }: WithBy) => {
      const { days, grace } = parseInput(terminal, Rotation, options, t('tokens.what'));
      const rotation = { id, graceMs: grace * HOUR_MS, expiresAt: Date.now() + days * DAY_MS, by };
      const outcome = await withRegistry(terminal, (db, cipher) =>
        inTransaction(db, (client) => rotateToken(client, cipher, rotation)),
      );
      if (outcome.kind !== 'rotated') throw failure(t(`tokens.${outcome.kind}`, { id }));
      remarkBeside(grace === 0 ? t('tokens.revoked', { id }) : t('tokens.grace', { id, hours: grace }));
      terminal.print(outcome.token);
    });
  return command;
};

export const drawTokens = (terminal: Terminal, tokens: readonly TokenRecord[], wide: boolean): string[] =>
  tokens.length === 0 ? [terminal.t('tokens.none')] : drawTable(terminal, columnsOf(terminal), tokens, wide);

const columnsOf = ({ t }: Pen): Column<TokenRecord>[] => {
  const time = (at: number | undefined): string | undefined =>
    at === undefined ? undefined : localTime(new Date(at).toISOString());
  return [
    { head: t('head.id'), of: ({ id }) => id },
    { head: t('head.role'), of: ({ role }) => role },
    { head: t('head.account'), of: ({ account }) => account },
    { head: t('head.agency'), of: ({ agency }) => agency },
    { head: t('head.region'), of: ({ region }) => (region === '' ? undefined : region) },
    { head: t('head.created'), of: ({ createdAt }) => time(createdAt) },
    { head: t('head.createdBy'), of: ({ createdBy }) => createdBy, wide: true },
    { head: t('head.lastUsed'), of: ({ lastUsedAt }) => time(lastUsedAt) },
    { head: t('head.until'), of: ({ expiresAt }) => time(expiresAt) },
    { head: t('head.revoked'), of: ({ revokedAt }) => time(revokedAt), style: () => 'red' },
    { head: t('head.revokedBy'), of: ({ revokedBy }) => revokedBy, wide: true },
  ];
};
