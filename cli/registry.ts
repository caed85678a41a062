import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import type { Pool } from 'pg';
import { parse } from 'yaml';
import { z } from 'zod';
import { upsertAgency } from '../db/agencies.ts';
import { createCipher, readKeys, type Cipher } from '../db/personal-data.ts';
import { createPool } from '../db/pool.ts';
import { createToken } from '../db/tokens.ts';
import { Text } from '../matters/definition/schema.ts';
import { databaseUrl } from './database.ts';
import { failure } from './failure.ts';

/** What an installation is told about an agency; secrets come from files of their own. */
const Agency = z
  .strictObject({
    id: z.string().regex(/^[a-z][a-z0-9-]*$/),
    name: Text,
    connection: z.enum(['push', 'worklist', 'rules']),
    baseUrl: z.url({ protocol: /^https?$/ }).exactOptional(),
    timeoutMs: z.int().min(100).max(10_000).default(10_000),
    allowPrivate: z.boolean().default(false),
    maxPerSecond: z.number().positive().exactOptional(),
    enquireAfterS: z.int().positive().default(900),
  })
  .refine(({ connection, baseUrl }) => (connection === 'push') === (baseUrl !== undefined), {
    path: ['baseUrl'],
    message: 'belongs to an agency that is connected by push, and only to that',
  });

const Secret = z.string().regex(/^whsec_[A-Za-z0-9+/]{32,}={0,2}$/);

export const registryCommands = (): Command[] => [
  new Command('agencies').description('the agencies of this installation').addCommand(
    new Command('put')
      .description('registers an agency, or changes how it is reached')
      .argument('<file>', 'YAML or JSON: id, name, connection, baseUrl … (docs/agency-protocol.md)')
      .option(
        '--secret-file <file>',
        'a webhook secret, whsec_…; repeat it while one is exchanged, newest first',
        collect,
        [],
      )
      .action(async (file: string, { secretFile }: { secretFile: string[] }) => {
        const agency = readAgency(file);
        const secrets = secretFile.map(readSecret);
        if ((agency.connection === 'push') !== secrets.length > 0) {
          throw failure('An agency that is connected by push needs --secret-file, and only such an agency.');
        }
        await withRegistry((pool, cipher) => upsertAgency(pool, cipher, { ...agency, secrets }));
        console.log(`${agency.id} is registered: ${agency.connection}`);
      }),
  ),
  new Command('tokens').description('who may call the API').addCommand(
    new Command('create')
      .description('makes a bearer token and prints it, the only time')
      .requiredOption('--role <role>', 'clerk, officer, supervisor or admin')
      .requiredOption('--account <account>', 'who holds it: an account id, no name of a person')
      .option('--agency <agency>', "an officer's agency")
      .option('--region <division>', 'division prefix in which the holder acts; without it everywhere', '')
      .option('--days <days>', 'how long it is valid; without it until it is revoked')
      .action(async (options: Record<string, string>) => {
        const { days, ...holder } = readHolder(options);
        const expiry = days === undefined ? {} : { expiresAt: Date.now() + days * 86_400_000 };
        console.log(await withRegistry((pool, cipher) => createToken(pool, cipher, { ...holder, ...expiry })));
      }),
  ),
];

const Holder = z
  .strictObject({
    role: z.enum(['clerk', 'officer', 'supervisor', 'admin']),
    account: z.string().regex(/^[\w.-]{1,64}$/),
    agency: z.string().exactOptional(),
    region: z.string().regex(/^\d{0,6}$/),
    days: z.coerce.number().positive().max(3_650).exactOptional(),
  })
  .refine(({ role, agency }) => (role === 'officer') === (agency !== undefined), {
    path: ['agency'],
    message: 'belongs to an officer, and every officer has one',
  });

const readHolder = (options: unknown): z.infer<typeof Holder> => checked(Holder, options, 'The token');

const readAgency = (file: string): z.infer<typeof Agency> => checked(Agency, parse(readFileSync(file, 'utf8')), file);

const readSecret = (file: string): string => checked(Secret, readFileSync(file, 'utf8').trim(), file);

const checked = <T>(schema: z.ZodType<T>, value: unknown, what: string): T => {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const faults = result.error.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`);
  throw failure(`${what} is not valid:\n${faults.join('\n')}`);
};

const withRegistry = async <T>(work: (pool: Pool, cipher: Cipher) => Promise<T>): Promise<T> => {
  const file = process.env['ONE_MATTER_KEY_FILE'] ?? join(process.env['ONE_MATTER_HOME'] ?? '.one-matter', 'keys.json');
  const pool = createPool({ url: databaseUrl(), max: 1, name: 'one-matter registry' });
  try {
    return await work(pool, createCipher(readKeys({ file })));
  } finally {
    await pool.end();
  }
};

function collect(value: string, before: string[]): string[] {
  return [...before, value];
}
