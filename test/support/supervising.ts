import { createProcessSupervisor } from '../../sandbox/process-supervisor.ts';
import { sleeper } from './sleeper.ts';

/** A separate process that supervises two services and prints their pids; tests kill it. */
const [, , logFolder] = process.argv;
const supervisor = createProcessSupervisor({ logFolder: logFolder!, report: () => undefined, onPids: () => undefined });
await supervisor.start(sleeper('first'));
await supervisor.start(sleeper('second'));
process.stdout.write(`${JSON.stringify(supervisor.pids())}\n`);
setInterval(() => undefined, 60_000);
