import { createProcessManager } from '../../sandbox/process-manager.ts';
import { sleeper } from './sleeper.ts';

/** A separate process that supervises two services and prints their pids; tests kill it. */
const [, , logFolder] = process.argv;
const manager = createProcessManager({ logFolder: logFolder!, report: () => undefined, onPids: () => undefined });
await manager.start(sleeper('first'));
await manager.start(sleeper('second'));
process.stdout.write(`${JSON.stringify(manager.pids())}\n`);
setInterval(() => undefined, 60_000);
