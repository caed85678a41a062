import { ChildProcess } from 'node:child_process';
import { basename } from 'node:path';
import type { Worker } from '@temporalio/worker';
import pg from 'pg';

/**
 * What a test file opens and has to close again: pools and connections to Postgres, Temporal workers, processes. Every one is noted
 * where it comes into being, whoever makes it.
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

const nameOf = ({ application_name: name }: pg.ClientConfig): string => name ?? 'unnamed';

/** A pool counts from its first connection, a connection until it has ended. */
export const watchPostgres = (): void => {
  const { connect } = pg.Pool.prototype;
  pg.Pool.prototype.connect = function (this: pg.Pool, ...args: unknown[]) {
    noted.set(this, { name: `a pool (${nameOf(this.options)})`, isOpen: () => !this.ended });
    return Reflect.apply(connect, this, args) as never;
  };
  const { connect: connectClient } = pg.Client.prototype;
  pg.Client.prototype.connect = function (this: pg.Client, ...args: unknown[]) {
    noted.set(this, { name: 'a connection to Postgres', isOpen: () => true });
    this.once('end', () => noted.delete(this));
    return Reflect.apply(connectClient, this, args) as never;
  };
};

/** A process counts until it has ended. */
export const watchProcesses = (): void => {
  const prototype = ChildProcess.prototype as ChildProcess & { spawn: (options: { args?: string[] }) => unknown };
  const { spawn } = prototype;
  prototype.spawn = function (this: ChildProcess, options) {
    const result = Reflect.apply(spawn, this, [options]) as unknown;
    const isOpen = () => this.pid !== undefined && this.exitCode === null && this.signalCode === null;
    const words = this.spawnargs.map((word) => basename(word));
    noted.set(this, { name: `a process (${words.join(' ').slice(0, 120)})`, isOpen });
    return result;
  };
};

/** A worker counts until it has stopped, also when it was never run: then nothing lets go of its connection. */
export const watchWorkers = ({ Worker: Class }: { Worker: typeof Worker }): void => {
  const create = Class.create.bind(Class);
  Class.create = async (options) => {
    const worker = await create(options);
    const isOpen = () => !['STOPPED', 'FAILED'].includes(worker.getState());
    noted.set(worker, { name: `a Temporal worker (${options.taskQueue})`, isOpen });
    return worker;
  };
};
