import { runProcess } from '../runtime/process.ts';
import { readConfig } from './config.ts';
import { runWatcher } from './run.ts';

/** The watcher process. */
await runProcess({ name: 'watcher', readConfig, start: runWatcher });
