import { ChildProcess } from 'node:child_process';
import { basename } from 'node:path';
import type { Worker } from '@temporalio/worker';
import pg from 'pg';

/**
 * The resources that a test file has to close: pools and connections to Postgres, Temporal workers,
 * processes. Patched prototypes record each one when it is created.
 */
interface OpenThing {
  /** A name for the failure message. */
  name: string;
  isOpen: () => boolean;
}

const noted = new Map<object, OpenThing>();

/** The names of all open resources. */
export const openThings = (): string[] => {
  for (const [thing, { isOpen }] of noted) if (!isOpen()) noted.delete(thing);
  return [...noted.values()].map(({ name }) => name);
};

type Method = (...args: unknown[]) => unknown;

/** Calls `listener` before every call of a method, with the object and the arguments. */
const overhear = <T extends object>(
  prototype: T,
  name: string,
  listener: (thing: T, args: unknown[]) => void,
): void => {
  const original = Reflect.get(prototype, name) as Method;
  Reflect.set(prototype, name, function (this: T, ...args: unknown[]): unknown {
    listener(this, args);
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
 * A worker counts until it has stopped. A worker that never ran also counts, because its connection
 * stays open.
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
