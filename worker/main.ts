import { DefaultLogger, Runtime } from '@temporalio/worker';
import { runProcess } from '../runtime/process.ts';
import { readConfig } from './config.ts';
import { runWorker } from './run.ts';

// The process handles signals itself, because the relay has to stop before the workers do.
Runtime.install({ shutdownSignals: [], logger: new DefaultLogger('WARN') });

/** The worker process. */
await runProcess({ name: 'worker', readConfig, start: runWorker });
