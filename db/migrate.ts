import { fileURLToPath } from 'node:url';
import { runner } from 'node-pg-migrate';

/**
 * Brings the database to the newest schema and returns the names of the migrations that ran. All of
 * them run in one transaction, under an advisory lock for which a second caller waits. Forward
 * only. `databaseUrl` is the URL of the owner, not of the service.
 */
export const migrate = async ({
  databaseUrl,
  log,
}: {
  databaseUrl: string;
  log: (line: string) => void;
}): Promise<string[]> => {
  const ran = await runner({
    databaseUrl,
    dir: fileURLToPath(new URL('migrations', import.meta.url)),
    direction: 'up',
    migrationsTable: 'migrations',
    advisoryLockMode: 'wait',
    checkOrder: true,
    log,
  });
  return ran.map(({ name }) => name);
};
