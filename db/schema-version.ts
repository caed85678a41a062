import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Pool } from 'pg';
import { errorCode } from './sql/pool.ts';

export interface SchemaState {
  /** The number of migrations that have run. */
  ran: number;
  /** Migrations of this build that have not run. */
  missing: readonly string[];
  /** Migrations that have run and that this build does not know. */
  newer: readonly string[];
}

const Migrations = z.array(z.object({ name: z.string() }));
const UNDEFINED_TABLE = '42P01';

const EXPECTED: readonly string[] = readdirSync(fileURLToPath(new URL('migrations', import.meta.url))).map((name) =>
  name.replace(/\.sql$/, ''),
);

/**
 * Compares the migrations that have run with those of this build. In an empty database all of them
 * are missing. Throws the error of Postgres when it is unavailable or refuses the read.
 */
export const readSchemaState = async (db: Pick<Pool, 'query'>): Promise<SchemaState> => {
  const ran = await readMigrations(db);
  return {
    ran: ran.length,
    missing: EXPECTED.filter((name) => !ran.includes(name)),
    newer: ran.filter((name) => !EXPECTED.includes(name)),
  };
};

const readMigrations = async (db: Pick<Pool, 'query'>): Promise<readonly string[]> => {
  try {
    const { rows } = await db.query('select name from migrations');
    return Migrations.parse(rows).map(({ name }) => name);
  } catch (error) {
    if (errorCode(error) === UNDEFINED_TABLE) return [];
    throw error;
  }
};
