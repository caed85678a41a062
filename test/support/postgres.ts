import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { createDatabase, withClient, type Database } from '../../sandbox/database.ts';

export interface FreshDatabase extends Database {
  /** In an `afterAll`; connections that are still open are cut. */
  drop: () => Promise<void>;
}

/** A migrated, empty database of its own for a test file, with the two roles of an installation. */
export const freshDatabase = async (): Promise<FreshDatabase> => {
  const server = inject('servers').postgres;
  const name = `test_${randomBytes(6).toString('hex')}`;
  const database = await createDatabase({ ...server, name });
  return {
    ...database,
    drop: async () => {
      await withClient(server.adminUrl, (client) => client.query(`drop database ${name} with (force)`));
    },
  };
};
