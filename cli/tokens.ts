import { Command } from 'commander';
import { z } from 'zod';
import { findAgency, listAgencies } from '../db/agencies/agencies.ts';
import { createToken, listTokens, revokeToken, type TokenRecord } from '../db/registry/tokens.ts';
import { says } from '../domain/words/says.ts';
import { parseInput } from './parse-input.ts';
import { withDatabase, withRegistry } from './database.ts';
import { failure, unknownAgency } from './failure.ts';
import { drawTable, outputOption, show, type Column, type OutputOptions } from './output.ts';
import type { Terminal } from './terminal.ts';
import { localTime } from './times.ts';

const DAY_MS = 86_400_000;
/** A token ends by itself unless it is renewed. */
const DEFAULT_DAYS = 90;

const Holder = z
  .strictObject({
    role: z.enum(['clerk', 'officer', 'supervisor', 'admin']),
    account: z.string().regex(/^[\w.-]{1,64}$/),
    agency: z.string().exactOptional(),
    region: z
      .string()
      .refine(
        (region) => /^(\d{2}){0,3}$/.test(region),
        says('应为 2、4 或 6 位行政区划代码', 'Must have 2, 4 or 6 digits, the levels of GB/T 2260'),
      ),
    days: z.coerce.number().positive().max(3_650).default(DEFAULT_DAYS),
  })
  .refine(({ role, agency }) => (role === 'officer') === (agency !== undefined), {
    path: ['agency'],
    ...says('只有经办人需要，且必须填写', 'Required for an officer, and only for an officer'),
  });

export const tokenCommands = (terminal: Terminal): Command => {
  const { t, remark } = terminal;
  const command = new Command('tokens').description(t('help.tokens'));
  command
    .command('create')
    .description(t('help.tokens.create'))
    .requiredOption('--role <role>', t('help.tokens.role'))
    .requiredOption('--account <account>', t('help.tokens.account'))
    .option('--agency <agency>', t('help.tokens.agency'))
    .option('--region <division>', t('help.tokens.region'))
    .option('--days <days>', t('help.tokens.days'))
    .action(async (options: Record<string, string>) => {
      const { days, ...holder } = parseInput(terminal, Holder, { region: '', ...options }, t('tokens.what'));
      const expiresAt = Date.now() + days * DAY_MS;
      const token = await withRegistry(terminal, async (db, cipher) => {
        const { agency } = holder;
        if (agency !== undefined && !(await findAgency(db, cipher, agency))) {
          const known = await listAgencies(db, cipher);
          throw unknownAgency(
            terminal,
            agency,
            known.map(({ id }) => id),
          );
        }
        return createToken(db, cipher, { ...holder, expiresAt });
      });
      terminal.print(token);
    });
  command
    .command('list')
    .description(t('help.tokens.list'))
    .addOption(outputOption(terminal))
    .action(async ({ output }: OutputOptions) => {
      const tokens = await withDatabase(terminal, listTokens);
      show(terminal, output, tokens, (wide) =>
        tokens.length === 0 ? [t('tokens.none')] : drawTable(terminal, columnsOf(terminal), tokens, wide),
      );
    });
  command
    .command('revoke')
    .description(t('help.tokens.revoke'))
    .argument('<id>', t('help.tokens.id'))
    .action(async (id: string) => {
      const outcome = await withDatabase(terminal, (db) => revokeToken(db, id));
      if (outcome === 'unknown') throw failure(t('tokens.unknown', { id }));
      remark(t(outcome === 'revoked' ? 'tokens.revoked' : 'tokens.revokedBefore', { id }));
    });
  return command;
};

const columnsOf = ({ t }: Terminal): Column<TokenRecord>[] => {
  const time = (at: number | undefined): string | undefined =>
    at === undefined ? undefined : localTime(new Date(at).toISOString());
  return [
    { head: t('head.id'), of: ({ id }) => id },
    { head: t('head.role'), of: ({ role }) => role },
    { head: t('head.account'), of: ({ account }) => account },
    { head: t('head.agency'), of: ({ agency }) => agency },
    { head: t('head.region'), of: ({ region }) => (region === '' ? undefined : region) },
    { head: t('head.created'), of: ({ createdAt }) => time(createdAt) },
    { head: t('head.until'), of: ({ expiresAt }) => time(expiresAt) },
    { head: t('head.revoked'), of: ({ revokedAt }) => time(revokedAt), style: () => 'red' },
  ];
};
