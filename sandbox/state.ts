import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { generateKeys } from '../db/sql/sealing.ts';
import { PRIVATE_FILE } from './private-files.ts';

/**
 * The state that an installation keeps between starts: addresses, tokens and secrets.
 */
/** 0: not chosen yet. Fields that an older version did not write get their defaults. */
const Port = z.int().default(0);
const State = z.strictObject({
  /** The version of the product that wrote it last. */
  writtenBy: z.string().default('unknown'),
  /** The ports of the other processes. */
  ports: z.strictObject({
    /** The port that was chosen if `PORT` is 0. */
    api: Port,
    postgres: Port,
    temporal: Port,
    temporalUi: Port,
    sandbox: Port,
    worker: Port,
    watcher: Port,
  }),
  /** The port of each agency. */
  agencyPorts: z.record(z.string(), z.int()).default({}),
  passwords: z.strictObject({ postgres: z.string(), owner: z.string(), service: z.string() }),
  /** Bearer tokens by role; those of officers by `officer:<agency>`. */
  tokens: z.record(z.string(), z.string()).default({}),
  /** The webhook secret of each agency, in the format of Standard Webhooks. */
  secrets: z.record(z.string(), z.string()).default({}),
  /** The sample cases are submitted once per installation. */
  samplesStarted: z.boolean().default(false),
});
export type State = z.infer<typeof State>;

/** The files of an installation. */
export interface Home {
  folder: string;
  lock: string;
  state: string;
  keys: string;
  agencies: string;
  postgres: string;
  /** The database of Temporal, in a folder of its own. */
  temporal: string;
  sandbox: string;
  workflowBundle: string;
  logs: string;
  /** The file for other programs (sandbox-file.ts). */
  sandboxFile: string;
}

export const homeAt = (path: string): Home => {
  const folder = resolve(path);
  const pathOf = (name: string) => join(folder, name);
  return {
    folder,
    lock: pathOf('lock'),
    state: pathOf('state.json'),
    keys: pathOf('keys.json'),
    agencies: pathOf('agencies.json'),
    postgres: pathOf('postgres'),
    temporal: pathOf('temporal/temporal.db'),
    sandbox: pathOf('agencies'),
    workflowBundle: pathOf('workflows.js'),
    logs: pathOf('logs'),
    sandboxFile: pathOf('sandbox.json'),
  };
};

/**
 * Creates the folder. Other users may enter it, because Postgres runs as another user under root.
 * Each file has its own permissions.
 */
export const makeHome = ({ folder }: Home): void => {
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o711);
};

/** Removes everything except the lock, which this process holds. */
export const emptyHome = (home: Home): void => {
  // The database may be behind a link (postgres-user.ts).
  if (lstatSync(home.postgres, { throwIfNoEntry: false })?.isSymbolicLink() && existsSync(home.postgres)) {
    rmSync(dirname(realpathSync(home.postgres)), { recursive: true });
  }
  for (const name of readdirSync(home.folder)) {
    const path = join(home.folder, name);
    if (path !== home.lock) rmSync(path, { recursive: true });
  }
};

/** Reads the state, or creates it. */
export const readState = (home: Home, version: string): State => {
  const state = existsSync(home.state) ? parseState(home, version) : newState(home, version);
  state.writtenBy = version;
  if (!existsSync(home.keys)) writeAtomically(home.keys, generateKeys());
  saveState(home, state);
  return state;
};

export const saveState = (home: Home, state: State): void => writeAtomically(home.state, toJson(state));

const parseState = (home: Home, version: string): State => {
  const content = parseJson(readFileSync(home.state, 'utf8'));
  const state = State.safeParse(content);
  if (state.success) return state.data;
  const writer = Written.safeParse(content).data?.writtenBy ?? 'unknown';
  throw new Error(
    `${home.state} cannot be read by version ${version} (written by: ${writer}). ` +
      'Fix it, start the version that wrote it, or start with an empty database: npm start -- --fresh',
  );
};

const Written = z.object({ writtenBy: z.string() });

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const newState = (home: Home, version: string): State => {
  // Without the state there is no password for the database.
  if (existsSync(home.postgres)) {
    throw new Error(`${home.state} is missing. Restore it, or start with an empty database: npm start -- --fresh`);
  }
  return {
    writtenBy: version,
    ports: { api: 0, postgres: 0, temporal: 0, temporalUi: 0, sandbox: 0, worker: 0, watcher: 0 },
    agencyPorts: {},
    passwords: { postgres: newSecret(), owner: newSecret(), service: newSecret() },
    tokens: {},
    secrets: {},
    samplesStarted: false,
  };
};

const newSecret = (): string => randomBytes(24).toString('base64url');

/** The address of an agency of the sandbox. */
export const agencyUrl = ({ agencyPorts }: State, id: string): string => `http://127.0.0.1:${agencyPorts[id] ?? 0}`;

/** The configuration of the process that simulates the agencies. */
export const writeAgencies = (home: Home, secrets: State['secrets'], ports: Readonly<Record<string, number>>): void =>
  writeAtomically(
    home.agencies,
    toJson(Object.entries(secrets).map(([id, secret]) => ({ id, secret, port: ports[id] }))),
  );

/** Replaces the file atomically. Only its owner can read it. */
export const writeAtomically = (path: string, content: string): void => {
  writeFileSync(`${path}.new`, content, { mode: PRIVATE_FILE });
  renameSync(`${path}.new`, path);
};

export const toJson = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;
