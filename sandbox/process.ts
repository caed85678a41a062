import { spawn } from 'node:child_process';
import { closeSync, fstatSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { PRIVATE_FILE, PRIVATE_FOLDER, withPrivateFiles } from './private-files.ts';

/** `uid` and `gid` are set only for programs that refuse to run as root. */
export interface Command {
  file: string;
  args: readonly string[];
  env?: Record<string, string | undefined>;
  uid?: number;
  gid?: number;
}

/** A program that serves until a signal stops it. */
export interface Service {
  name: string;
  /** Runs before every start: creates what the program needs, removes what an earlier run left. */
  prepare?: () => Promise<void>;
  command: () => Command;
  /** Whether it serves now; polled after a start. An error means no. */
  ready: () => Promise<boolean>;
  stopSignal: NodeJS.Signals;
}

export interface RunningService {
  pid: number;
  /** Resolves when the process has ended, for any reason, with a text that says how. */
  exited: Promise<string>;
  /** The end of its log since it was started. */
  lastWords: () => string;
  stop: () => Promise<void>;
}

const PROBE_EVERY_MS = 50;
const READY_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 10_000;
const LOG_KEPT_BYTES = 20_000_000;

/** Starts a service and waits until it serves. Throws as `spawnService` and `waitUntilReady` do. */
export const startService = async (service: Service, logFile: string): Promise<RunningService> => {
  await service.prepare?.();
  const running = await spawnService(service, logFile);
  await waitUntilReady(service, running);
  return running;
};

/**
 * Starts the process of a service in its own process group, so that a Ctrl-C in the terminal does
 * not reach it directly. The process writes to the log file itself, so that its last lines are kept
 * if this process ends first. Only its user can read the files that it creates. Throws when it cannot be started at all.
 */
export const spawnService = async (service: Service, logFile: string): Promise<RunningService> => {
  const { file, args, env, ...user } = service.command();
  const log = openLog(logFile);
  const from = fstatSync(log).size;
  const child = withPrivateFiles(() =>
    spawn(file, args, { ...user, detached: true, stdio: ['ignore', log, log], env: { ...process.env, ...env } }),
  );
  closeSync(log);
  const exited = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => resolve(`ended with ${signal ?? code ?? 'nothing'}`));
    child.once('error', (error) => resolve(`could not be started: ${error.message}`));
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${service.name} ${await exited}`);
  return {
    pid,
    exited,
    lastWords: () => readFileSync(logFile).subarray(from).toString().trimEnd().split('\n').slice(-15).join('\n'),
    stop: () => stop(pid, exited, service.stopSignal),
  };
};

/**
 * Waits until a service serves. If it ends or takes too long, stops it and throws with the end of
 * its log.
 */
export const waitUntilReady = async (service: Service, running: RunningService): Promise<void> => {
  let end: string | undefined;
  void running.exited.then((how) => (end = how));
  const giveUpAt = Date.now() + READY_WITHIN_MS;
  for (;;) {
    const ready = await service.ready().catch(() => false);
    // In this order, because another program may answer on the port after the process has ended.
    if (end === undefined && ready) return;
    if (end === undefined && Date.now() < giveUpAt) {
      await delay(PROBE_EVERY_MS);
      continue;
    }
    signalGroup(running.pid, 'SIGKILL');
    const why = end ?? `was not ready within ${READY_WITHIN_MS / 1000} s`;
    throw new Error(`${service.name} ${why}\n${running.lastWords()}`);
  }
};

/** Runs a program until it ends. Throws with the end of its log when it fails. */
export const runToEnd = async (name: string, command: Command, logFile: string): Promise<void> => {
  const once: Service = { name, command: () => command, ready: () => Promise.resolve(true), stopSignal: 'SIGTERM' };
  const running = await spawnService(once, logFile);
  const how = await running.exited;
  if (how !== 'ended with 0') throw new Error(`${name} ${how}\n${running.lastWords()}`);
};

/** Signals every process of a group. A group that has already ended is not an error. */
export const signalGroup = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (!isErrno(error, 'ESRCH')) throw error;
  }
};

/** Whether an error is the system error of this code (`ENOENT`, `ESRCH`, …). */
export const isErrno = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;

const stop = async (pid: number, exited: Promise<string>, signal: NodeJS.Signals): Promise<void> => {
  signalGroup(pid, signal);
  const timer = new AbortController();
  const late = delay(STOP_WITHIN_MS, undefined, { signal: timer.signal }).catch(() => undefined);
  await Promise.race([exited, late]);
  timer.abort();
  // Kills the process if it did not stop, and every process that remains in its group.
  signalGroup(pid, 'SIGKILL');
  await exited;
};

const openLog = (logFile: string): number => {
  mkdirSync(dirname(logFile), { recursive: true, mode: PRIVATE_FOLDER });
  if ((statSync(logFile, { throwIfNoEntry: false })?.size ?? 0) > LOG_KEPT_BYTES) renameSync(logFile, `${logFile}.1`);
  return openSync(logFile, 'a', PRIVATE_FILE);
};
