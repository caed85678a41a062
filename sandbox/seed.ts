import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Pool } from 'pg';
import { upsertAgency } from '../db/agencies/agencies.ts';
import { errorCode } from '../db/sql/pool.ts';
import { publishOffices } from '../db/registry/office-directories.ts';
import { publishMatter } from '../db/registry/matters.ts';
import type { Cipher } from '../db/sql/sealing.ts';
import { publishShippedCalendar } from '../db/registry/shipped-calendar.ts';
import { createToken, findTokenHolder, type TokenHolder } from '../db/registry/tokens.ts';
import { MAX_IN_FLIGHT } from '../domain/case/in-flight.ts';
import { loadCatalog } from '../domain/authoring/load-catalog.ts';
import { loadOffices, SHIPPED_OFFICES } from '../domain/authoring/load-offices.ts';
import { agencyUrl, type State } from './state.ts';

const CATALOG = fileURLToPath(new URL('../catalog', import.meta.url));

/**
 * In the sandbox officers decide within seconds, so an agency is polled after one silent minute.
 */
const ENQUIRE_AFTER_S = 60;
const TIMEOUT_MS = 10_000;

type Catalog = Extract<Awaited<ReturnType<typeof loadCatalog>>, { ok: true }>;

/** The example offices of the repository, unless newer ones are published. */
const publishShippedOffices = async (pool: Pool): Promise<void> => {
  const loaded = loadOffices(await readFile(SHIPPED_OFFICES, 'utf8'), SHIPPED_OFFICES);
  if (!loaded.ok) throw new Error(`the shipped offices have errors: ${loaded.problems[0]?.message.en ?? ''}`);
  await publishOffices(pool, { ...loaded, by: 'sandbox' }).catch((error: unknown) => {
    if (errorCode(error) !== 'OFFICES_VERSION_OLD') throw error;
  });
};

/** The catalog of the repository. Throws with its first error. */
export const readCatalog = async (): Promise<Catalog> => {
  const catalog = await loadCatalog(CATALOG);
  if (catalog.ok) return catalog;
  const [first] = catalog.problems;
  throw new Error(
    `The catalog has errors (${catalog.problems.length}), the first: ${first?.message.en ?? ''}. See: one-matter matters lint`,
  );
};

/** Adds the missing secrets of agencies to `state`. */
export const addSecrets = ({ secrets }: State, { agencies }: Catalog): void => {
  for (const { id } of agencies) secrets[id] ??= `whsec_${randomBytes(32).toString('base64')}`;
};

/**
 * Registers the agencies of the catalog, which the sandbox simulates, publishes the matters and the
 * calendar, and creates the tokens that `state` does not have yet. May be repeated.
 */
export const seedSandbox = async (options: {
  pool: Pool;
  cipher: Cipher;
  state: State;
  catalog: Catalog;
}): Promise<void> => {
  const { pool, cipher, state, catalog } = options;
  for (const { id, name, nature } of catalog.agencies) {
    await upsertAgency(pool, cipher, {
      id,
      name,
      nature,
      connection: 'push',
      baseUrl: agencyUrl(state, id),
      secrets: [state.secrets[id] ?? ''],
      timeoutMs: TIMEOUT_MS,
      allowPrivate: true,
      maxInFlight: MAX_IN_FLIGHT,
      enquireAfterS: ENQUIRE_AFTER_S,
    });
  }
  await publishShippedCalendar(pool, 'sandbox');
  await publishShippedOffices(pool);
  for (const { matter, hash } of catalog.matters) await publishMatter(pool, { matter, hash, by: 'sandbox' });

  const holders: Record<string, Omit<TokenHolder, 'region'>> = {
    clerk: { role: 'clerk', account: 'sandbox-clerk' },
    supervisor: { role: 'supervisor', account: 'sandbox-supervisor' },
    admin: { role: 'admin', account: 'sandbox-admin' },
  };
  for (const { id } of catalog.agencies) {
    holders[`officer:${id}`] = { role: 'officer', account: `sandbox-officer-${id}`, agency: id };
  }
  for (const [name, holder] of Object.entries(holders)) {
    const token = state.tokens[name];
    if (token !== undefined && (await findTokenHolder(pool, cipher, token))) continue;
    state.tokens[name] = await createToken(pool, cipher, { ...holder, by: 'sandbox' });
  }
};
