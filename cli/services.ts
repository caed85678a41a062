import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { ownerDatabaseUrl } from './database.ts';
import { failure } from './failure.ts';

/** `up` and the single processes that it starts. What each needs is loaded only when it is asked for. */
export const serviceCommands = (): Command[] => [
  new Command('up')
    .description('the whole product on this machine: Postgres, Temporal, agencies, API, worker, watcher, sample cases')
    .option('--fresh', 'begin with an empty database', false)
    .action(async ({ fresh }: { fresh: boolean }) => {
      // The image has no sandbox.
      if (!existsSync(new URL('../sandbox', import.meta.url)))
        throw failure('The sandbox runs from a checkout only: npm ci && npm start');
      const { up } = await import('../sandbox/main.ts');
      await up({ fresh }).catch((error: unknown) => {
        // What is said plainly is for the person who started it; a fault of ours keeps its stack.
        throw error instanceof Error && error.name === 'Error' ? failure(error.message) : error;
      });
      // It was told to stop, maybe while a server was being built.
      process.exit(0);
    }),
  new Command('api')
    .description('the API process; settings in the environment (docs/architecture.md)')
    .action(async () => {
      await import('../api/main.ts');
    }),
  new Command('worker')
    .description('the worker process, with the relay; settings in the environment')
    .action(async () => {
      await import('../worker/main.ts');
    }),
  new Command('watcher')
    .description('the watcher process: everything that stands still becomes a row with its cause')
    .action(async () => {
      await import('../watcher/main.ts');
    }),
  new Command('migrate')
    .description(
      'brings the database of MIGRATION_DATABASE_URL to the newest schema, with the calendar of this version',
    )
    .action(async () => {
      const { migrate } = await import('../db/migrate.ts');
      const names = await migrate({ databaseUrl: ownerDatabaseUrl(), log: () => undefined });
      await publishCalendar();
      console.log(names.length === 0 ? 'nothing to do' : `done: ${names.join(', ')}`);
    }),
];

const publishCalendar = async (): Promise<void> => {
  const { createPool } = await import('../db/pool.ts');
  const { publishShippedCalendar } = await import('../db/shipped-calendar.ts');
  const pool = createPool({ url: ownerDatabaseUrl(), max: 1, name: 'one-matter migrate' });
  try {
    await publishShippedCalendar(pool, 'migrate');
  } finally {
    await pool.end();
  }
};
