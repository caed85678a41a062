import { readFileSync } from 'node:fs';
import { pino } from 'pino';
import { readConfig } from './config.ts';
import { runWatcher } from './run.ts';

/** The watcher process. */
const log = pino({ name: 'watcher', level: process.env['LOG_LEVEL'] ?? 'info' });
const fail = (error: unknown): void => {
  log.fatal({ err: error }, 'the watcher failed');
  process.exit(1);
};

try {
  const watcher = await runWatcher(
    readConfig(process.env, (path) => readFileSync(path, 'utf8')),
    log,
  );
  const stop = () => void watcher.stop().then(() => process.exit(0), fail);
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
} catch (error) {
  fail(error);
}
