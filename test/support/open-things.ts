import { ChildProcess } from 'node:child_process';
import { basename } from 'node:path';
import type { Worker } from '@temporalio/worker';
import pg from 'pg';

/**
 * What a test file opens and has to close again: pools and connections to Postgres, Temporal
 * workers, processes. Every one is noted where it comes into being, whoever makes it.
 */
interface Open {
  /** Says which one it is. */
  name: string;
  isOpen: () => boolean;
}

const noted = new Map<object, Open>();

/** What is open now, by name. */
export const openThings = (): string[] => {
  for (const [thing, { isOpen }] of noted) if (!isOpen()) noted.delete(thing);
  return [...noted.values()].map(({ name }) => name);
};

type Method = (...args: unknown[]) => unknown;

/**
 * Has `told` hear of every call of a method, and of whom it is called on, before it is carried out.
 */
const overhear = <T extends object>(prototype: T, name: string, told: (thing: T, args: unknown[]) => void): void => {
  const original = Reflect.get(prototype, name) as Method;
  Reflect.set(prototype, name, function (this: T, ...args: unknown[]): unknown {
    told(this, args);
    return Reflect.apply(original, this, args);
  });
};

/** A pool counts from its first connection, a connection until it has ended. */
export const watchPostgres = (): void => {
  overhear(pg.Pool.prototype, 'connect', (pool) => {
    const { application_name: name = 'unnamed' } = pool.options;
    noted.set(pool, { name: `a pool (${name})`, isOpen: () => !pool.ended });
  });
  overhear(pg.Client.prototype, 'connect', (client) => {
    noted.set(client, { name: 'a connection to Postgres', isOpen: () => true });
    client.once('end', () => noted.delete(client));
  });
};

/** A process counts until it has ended. */
export const watchProcesses = (): void =>
  overhear(ChildProcess.prototype, 'spawn', (child, [options]) => {
    const { args = [] } = options as { args?: string[] };
    const words = args.map((word) => basename(word)).join(' ');
    const isOpen = () => child.pid !== undefined && child.exitCode === null && child.signalCode === null;
    noted.set(child, { name: `a process (${words.slice(0, 120)})`, isOpen });
  });

/**
 * A worker counts until it has stopped, also when it was never run: then nothing lets go of its
 * connection.
 */
export const watchWorkers = ({ Worker: Class }: { Worker: typeof Worker }): void => {
  const create = Class.create.bind(Class);
  Class.create = async (options) => {
    const worker = await create(options);
    const isOpen = () => !['STOPPED', 'FAILED'].includes(worker.getState());
    noted.set(worker, { name: `a Temporal worker (${options.taskQueue})`, isOpen });
    return worker;
  };
};
