import { createProcessSupervisor } from '../../sandbox/process-supervisor.ts';
import { sleeper } from './sleeper.ts';

/** A process of its own that supervises two services and says their pids; its tests kill it. */
const [, , logFolder] = process.argv;
const supervisor = createProcessSupervisor({ logFolder: logFolder!, report: () => undefined, onPids: () => undefined });
await supervisor.start(sleeper('first'));
await supervisor.start(sleeper('second'));
process.stdout.write(`${JSON.stringify(supervisor.pids())}\n`);
setInterval(() => undefined, 60_000);
