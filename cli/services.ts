import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { ownerDatabaseUrl } from './database.ts';
import { failure } from './failure.ts';
import type { Terminal } from './terminal.ts';
import { versionOfProduct } from './version.ts';

/**
 * `up` and the single processes that it starts. Each loads its modules only when it is called.
 */
export const serviceCommands = (terminal: Terminal): Command[] => {
  const { t, print } = terminal;
  return [
    new Command('up')
      .description(t('help.up'))
      .option('--fresh', t('help.up.fresh'))
      .action(async ({ fresh = false }: { fresh?: boolean }) => {
        // The image does not contain the sandbox.
        if (!existsSync(new URL('../sandbox', import.meta.url))) throw failure(t('up.checkoutOnly'));
        const { runSandbox } = await import('../sandbox/main.ts');
        await explainFaults(() => runSandbox({ fresh, version: versionOfProduct() }));
      }),
    new Command('api').description(t('help.api')).action(async () => {
      await import('../api/main.ts');
      await waitForever();
    }),
    new Command('worker').description(t('help.worker')).action(async () => {
      await import('../worker/main.ts');
      await waitForever();
    }),
    new Command('watcher').description(t('help.watcher')).action(async () => {
      await import('../watcher/main.ts');
      await waitForever();
    }),
    new Command('migrate').description(t('help.migrate')).action(async () => {
      const { migrate } = await import('../db/migrate.ts');
      const url = ownerDatabaseUrl(terminal);
      const names = await migrate({ databaseUrl: url, log: () => undefined });
      await publishCalendar(url);
      print(names.length === 0 ? t('migrate.nothing') : t('migrate.done', { names: names.join(', ') }));
    }),
  ];
};

/** Errors of the sandbox are for the user and are printed without a stack. */
const explainFaults = async (work: () => unknown): Promise<void> => {
  try {
    await work();
  } catch (error) {
    throw error instanceof Error && error.name === 'Error' && !('code' in error) ? failure(error.message) : error;
  }
};

/** Never resolves: the process ends itself when it has stopped. */
const waitForever = (): Promise<never> => new Promise(() => undefined);

const publishCalendar = async (url: string): Promise<void> => {
  const { createPool } = await import('../db/sql/pool.ts');
  const { publishShippedCalendar } = await import('../db/registry/shipped-calendar.ts');
  const pool = createPool({ url, max: 1, name: 'one-matter migrate' });
  try {
    await publishShippedCalendar(pool, 'migrate');
  } finally {
    await pool.end();
  }
};
