import { readFileSync } from 'node:fs';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { pino } from 'pino';
import { readConfig } from './config.ts';
import { runWorker } from './run.ts';

/** The worker process. */
const log = pino({ name: 'worker', level: process.env['LOG_LEVEL'] ?? 'info' });
const fail = (error: unknown): void => {
  log.fatal({ err: error }, 'the worker failed');
  process.exit(1);
};

// Signals are ours: the relay has to stop before the workers do.
Runtime.install({ shutdownSignals: [], logger: new DefaultLogger('WARN') });

try {
  const config = readConfig(process.env, (path) => readFileSync(path, 'utf8'));
  const worker = await runWorker(config, log, fail);
  const stop = () => void worker.stop().then(() => process.exit(0), fail);
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
} catch (error) {
  fail(error);
}
