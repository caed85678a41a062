import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { signalGroup, spawnService, untilReady, type Running, type Service } from './process.ts';
import { startWatchdog } from './watchdog.ts';

export interface ProcessSupervisorOptions {
  logFolder: string;
  /** Tells what happened, a line at a time. */
  report: (line: string) => void;
  /** After every start and restart. */
  onPids: () => void;
}

export interface ProcessSupervisor {
  /** Starts a service and keeps it up from then on. Throws when its first start fails. */
  start: (service: Service) => Promise<void>;
  /** The process ids by service. */
  pids: () => Readonly<Record<string, number>>;
  /** Stops all services, last started first. Then nothing of them is left. */
  stop: () => Promise<void>;
  /** The same at once, without a chance for them to finish. */
  kill: () => void;
}

/** A service that dies is back within 5 s if it can start at all. */
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 2_000;
/** Who lived so long did not die of its start: the pauses begin anew. */
const HEALTHY_AFTER_MS = 10_000;

export const createProcessSupervisor = ({ logFolder, report, onPids }: ProcessSupervisorOptions): ProcessSupervisor => {
  const kept = new Map<string, { service: Service; running: Running }>();
  const watchdog = startWatchdog();
  const stopping = new AbortController();
  const isStopping = () => stopping.signal.aborted;

  const launch = async (service: Service): Promise<Running> => {
    await service.prepare?.();
    if (isStopping()) throw new Error(`${service.name} was not started: everything is being stopped`);
    const running = await spawnService(service, join(logFolder, `${service.name}.log`));
    // Known to all before it is ready: a stop or a crash of ours in between must reach it too.
    kept.set(service.name, { service, running });
    watchdog.watch([...kept.values()].map((one) => ({ pid: one.running.pid, signal: one.service.stopSignal })));
    onPids();
    await untilReady(service, running);
    return running;
  };

  const keepUp = async (service: Service, first: Running): Promise<void> => {
    let running = first;
    let pauseMs = FIRST_PAUSE_MS;
    for (;;) {
      const since = Date.now();
      const how = await running.exited;
      // What it may have left in its group would hold its port.
      signalGroup(running.pid, 'SIGKILL');
      if (isStopping()) return;
      report(`${service.name} ${how}; starting it again`);
      if (Date.now() - since > HEALTHY_AFTER_MS) pauseMs = FIRST_PAUSE_MS;
      const next = await again(service, pauseMs);
      if (next === undefined) return;
      running = next;
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    }
  };

  /** Starts it until it is up; undefined when we stop meanwhile. */
  const again = async (service: Service, firstPauseMs: number): Promise<Running | undefined> => {
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      await delay(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (isStopping()) return undefined;
      try {
        const running = await launch(service);
        report(`${service.name} is up again`);
        return running;
      } catch (error) {
        if (isStopping()) return undefined;
        report(error instanceof Error ? error.message : String(error));
      }
    }
  };

  return {
    async start(service) {
      void keepUp(service, await launch(service));
    },
    pids: () => Object.fromEntries([...kept].map(([name, { running }]) => [name, running.pid])),
    async stop() {
      stopping.abort();
      for (const { running } of [...kept.values()].reverse()) await running.stop();
      watchdog.release();
    },
    kill() {
      stopping.abort();
      for (const { running } of kept.values()) signalGroup(running.pid, 'SIGKILL');
      watchdog.release();
    },
  };
};
