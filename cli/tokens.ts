import { Command } from 'commander';
import { z } from 'zod';
import { findAgency, listAgencies } from '../db/agencies/agencies.ts';
import { createToken } from '../db/registry/tokens.ts';
import { says } from '../domain/words/says.ts';
import { parseInput } from './parse-input.ts';
import { withRegistry } from './database.ts';
import { unknownAgency } from './failure.ts';
import type { Terminal } from './terminal.ts';

const DAY_MS = 86_400_000;

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
    days: z.coerce.number().positive().max(3_650).exactOptional(),
  })
  .refine(({ role, agency }) => (role === 'officer') === (agency !== undefined), {
    path: ['agency'],
    ...says('只有经办人需要，且必须填写', 'Required for an officer, and only for an officer'),
  });

export const tokenCommands = (terminal: Terminal): Command => {
  const { t } = terminal;
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
      const expiry = days === undefined ? {} : { expiresAt: Date.now() + days * DAY_MS };
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
        return createToken(db, cipher, { ...holder, ...expiry });
      });
      terminal.print(token);
    });
  return command;
};
