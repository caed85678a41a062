import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { signalGroup, spawnService, waitUntilReady, type RunningService, type Service } from './process.ts';
import { startWatchdog } from './watchdog.ts';

export interface ProcessManagerOptions {
  logFolder: string;
  /** Receives one line per event. */
  report: (line: string) => void;
  /** Called after every start and restart. */
  onPids: () => void;
}

export interface ProcessManager {
  /** Starts a service and restarts it whenever it ends. Throws when its first start fails. */
  start: (service: Service) => Promise<void>;
  pids: () => Readonly<Record<string, number>>;
  /** Stops all services, the last started first, and waits until all their processes have ended. */
  stop: () => Promise<void>;
  /** Kills all services at once. */
  kill: () => void;
}

/** The longest pause before a restart. A service that can start is available again within 5 s. */
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 2_000;
/** A service that ran this long started correctly, so the pauses begin at the shortest again. */
const HEALTHY_AFTER_MS = 10_000;

export const createProcessManager = ({ logFolder, report, onPids }: ProcessManagerOptions): ProcessManager => {
  const kept = new Map<string, { service: Service; running: RunningService }>();
  const watchdog = startWatchdog();
  const stopping = new AbortController();
  const isStopping = () => stopping.signal.aborted;

  const launch = async (service: Service): Promise<RunningService> => {
    await service.prepare?.();
    if (isStopping()) throw new Error(`${service.name} was not started, because the sandbox is stopping`);
    const running = await spawnService(service, join(logFolder, `${service.name}.log`));
    // Registered before it is ready, so that a stop or a crash in between also ends it.
    kept.set(service.name, { service, running });
    watchdog.watch([...kept.values()].map((one) => ({ pid: one.running.pid, signal: one.service.stopSignal })));
    onPids();
    await waitUntilReady(service, running);
    return running;
  };

  const keepUp = async (service: Service, first: RunningService): Promise<void> => {
    let running = first;
    let pauseMs = FIRST_PAUSE_MS;
    for (;;) {
      const since = Date.now();
      const how = await running.exited;
      // Processes that remain in its group would keep its port.
      signalGroup(running.pid, 'SIGKILL');
      if (isStopping()) return;
      report(`${service.name} ${how}; restarting it`);
      if (Date.now() - since > HEALTHY_AFTER_MS) pauseMs = FIRST_PAUSE_MS;
      const next = await restart(service, pauseMs);
      if (next === undefined) return;
      running = next;
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    }
  };

  /** Repeats the start until it succeeds; undefined: the sandbox is stopping. */
  const restart = async (service: Service, firstPauseMs: number): Promise<RunningService | undefined> => {
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
