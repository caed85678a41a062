import { accessSync, constants, existsSync } from 'node:fs';
import { Command } from 'commander';
import { findUnregistered } from '../db/agencies/agencies.ts';
import { listMatters } from '../db/registry/matters.ts';
import { lastSeen, type WatchedProcess } from '../db/supervision/heartbeats.ts';
import { readSchemaState } from '../db/schema-version.ts';
import { readKeys } from '../db/sql/sealing.ts';
import { errorCode } from '../db/sql/pool.ts';
import { stepAgencies } from '../domain/matter/compile.ts';
import { port as portSchema } from '../runtime/environment.ts';
import { isFree } from '../runtime/port.ts';
import { reach, send } from './client.ts';
import { findConnection, findSandbox, homeOf } from './connection.ts';
import { databaseUrl, keyFileOf, withDatabase } from './database.ts';
import { EXIT, failure, isFailure } from './failure.ts';
import { outputOption, show, type OutputOptions } from './output.ts';
import { outsideError } from './outside.ts';
import type { Terminal } from './terminal.ts';
import { localTime } from './times.ts';
import { versionOfProduct } from './version.ts';

interface Check {
  check: string;
  state: 'ok' | 'fault' | 'skipped';
  says: string;
}
type Verdict = Omit<Check, 'check'>;

const ok = (says: string): Verdict => ({ state: 'ok', says });
const fault = (says: string): Verdict => ({ state: 'fault', says });
const skipped = (says: string): Verdict => ({ state: 'skipped', says });

/** Checks an installation from outside: one line per check, with a remedy for each fault. */
export const doctorCommand = (terminal: Terminal): Command => {
  const { t, paint } = terminal;
  const draw = ({ check, state, says }: Check): string => {
    const word = t(`doctor.${state}`);
    const mark = { ok: paint('green', word), fault: paint('red', word), skipped: paint('dim', word) }[state];
    return `${mark}  ${check}  ${says.replaceAll('\n', ' ')}`;
  };
  return new Command('doctor')
    .description(t('help.doctor'))
    .addOption(outputOption(terminal))
    .action(async ({ output }: OutputOptions) => {
      const checks: Check[] = [];
      for (const [check, examine] of examinations(terminal)) {
        checks.push({ check, ...(await verdict(terminal, examine)) });
      }
      show(terminal, output, { checks }, () => checks.map(draw));
      const faults = checks.filter(({ state }) => state === 'fault').length;
      if (faults > 0)
        throw failure(t(faults === 1 ? 'doctor.oneFault' : 'doctor.faults', { count: faults }), EXIT.wrong);
    });
};

/** An error that a check throws is its fault. */
const verdict = async (terminal: Terminal, examine: () => Promise<Verdict> | Verdict): Promise<Verdict> => {
  try {
    return await examine();
  } catch (error) {
    const says = isFailure(error) ? error.message : outsideError(error, terminal.t);
    if (says === undefined) throw error;
    return fault(says);
  }
};

const examinations = (terminal: Terminal): (readonly [string, () => Promise<Verdict> | Verdict])[] => {
  const { t } = terminal;
  return [
    [t('doctor.node'), () => checkNode(terminal)],
    [t('doctor.home'), () => checkHome(terminal)],
    [t('doctor.port'), () => checkPort(terminal)],
    [t('doctor.api'), () => checkApi(terminal)],
    [t('doctor.token'), () => checkToken(terminal)],
    [t('doctor.database'), () => checkDatabase(terminal)],
    [t('doctor.schema'), () => checkSchema(terminal)],
    [t('doctor.agencies'), () => checkAgencies(terminal)],
    [t('doctor.temporal'), () => checkTemporal(terminal)],
    [t('doctor.worker'), () => checkProcess(terminal, 'worker')],
    [t('doctor.watcher'), () => checkProcess(terminal, 'watcher')],
    [t('doctor.keys'), () => checkKeys(terminal)],
  ];
};

/** The `engines` of package.json. */
const OLDEST_NODE = [20, 19] as const;

const checkNode = ({ t }: Terminal): Verdict => {
  const { node } = process.versions;
  const [major = 0, minor = 0] = node.split('.').map(Number);
  const [oldMajor, oldMinor] = OLDEST_NODE;
  const says = t('doctor.nodeSays', { node, version: versionOfProduct() });
  const isOld = major < oldMajor || (major === oldMajor && minor < oldMinor);
  return isOld ? fault(`${says} ${t('doctor.nodeOld', { oldest: OLDEST_NODE.join('.') })}`) : ok(says);
};

const checkHome = ({ env, t }: Terminal): Verdict => {
  const home = homeOf(env);
  if (!existsSync(home)) return skipped(t('doctor.noHome', { home }));
  accessSync(home, constants.R_OK | constants.W_OK);
  return ok(home);
};

/** The port of `npm start`, or that of the sandbox here: free, or used by the API itself. */
const checkPort = async (terminal: Terminal): Promise<Verdict> => {
  const { env, t } = terminal;
  const sandbox = findSandbox(terminal);
  const read = portSchema.safeParse(env['PORT'] ?? (sandbox ? new URL(sandbox.api).port : '8080'));
  if (!read.success) return fault(t('doctor.portInvalid'));
  const port = read.data;
  if (await isFree(port)) return ok(t('doctor.portFree', { port }));
  const own = sandbox?.api.endsWith(`:${port}`) === true;
  return own ? ok(t('doctor.portOwn', { port })) : fault(t('outside.portTaken', { port }));
};

const checkApi = async (terminal: Terminal): Promise<Verdict> => {
  const { t } = terminal;
  const connection = findConnection(terminal);
  const response = await reach(connection, '/readyz', {});
  await response.body?.cancel();
  const { api } = connection;
  return response.ok
    ? ok(t('doctor.apiReady', { api }))
    : fault(t('doctor.apiNotReady', { api, status: response.status }));
};

const checkToken = async (terminal: Terminal): Promise<Verdict> => {
  const response = await send(findConnection(terminal), 'GET', '/api/v1/matters');
  await response.body?.cancel();
  return ok(terminal.t('doctor.tokenAccepted'));
};

const checkDatabase = async (terminal: Terminal): Promise<Verdict> => {
  const { hostname, port, pathname } = new URL(databaseUrl(terminal));
  await withDatabase(terminal, (db) => db.query('select 1'));
  return ok(`${hostname}:${port}${pathname}`);
};

/** Whether the migrations of this version, and no others, have run. */
const checkSchema = async (terminal: Terminal): Promise<Verdict> => {
  const { t } = terminal;
  const schema = await withDatabase(terminal, readSchemaState).catch((error: unknown) => {
    if (errorCode(error) === '42501') return undefined;
    throw error;
  });
  if (!schema) return skipped(t('doctor.schemaUnreadable'));
  const { ran, missing, newer } = schema;
  if (missing.length > 0) return fault(t('doctor.schemaOld', { count: missing.length }));
  if (newer.length > 0) return fault(t('doctor.schemaNew', { count: newer.length }));
  return ok(t('doctor.schemaRight', { count: ran }));
};

/** Whether every agency that the published matters name is registered. */
const checkAgencies = async (terminal: Terminal): Promise<Verdict> => {
  const { t } = terminal;
  return withDatabase(terminal, async (db) => {
    const named = (await listMatters(db)).flatMap(({ matter }) => stepAgencies(matter));
    const unregistered = await findUnregistered(db, named);
    return unregistered.length === 0
      ? ok(t('doctor.agenciesRegistered', { count: new Set(named).size }))
      : fault(t('doctor.agenciesUnregistered', { ids: unregistered.join(', ') }));
  });
};

const ANSWER_WITHIN_MS = 3_000;

const checkTemporal = async (terminal: Terminal): Promise<Verdict> => {
  const { env, t } = terminal;
  const address = env['TEMPORAL_ADDRESS'] ?? findSandbox(terminal)?.temporal;
  if (address === undefined) return skipped(t('doctor.noTemporal'));
  const namespace = env['TEMPORAL_NAMESPACE'] ?? 'default';
  const { Connection } = await import('@temporalio/client');
  try {
    const connection = await Connection.connect({ address, connectTimeout: ANSWER_WITHIN_MS });
    try {
      const ask = () => connection.workflowService.describeNamespace({ namespace });
      await connection.withDeadline(Date.now() + ANSWER_WITHIN_MS, ask);
    } finally {
      await connection.close();
    }
  } catch {
    return fault(t('doctor.temporalSilent', { address, namespace }));
  }
  return ok(`${address}, ${namespace}`);
};

/**
 * Each process writes a sign of life every other second. After this time without one, the watcher
 * reports a stall.
 */
const SILENT_MS = 10_000;

const checkProcess = async (terminal: Terminal, process: WatchedProcess): Promise<Verdict> => {
  const { t } = terminal;
  const seen = await withDatabase(terminal, (db) => lastSeen(db, process));
  if (seen === undefined) return fault(t('doctor.neverSeen', { process }));
  const at = localTime(new Date(seen).toISOString());
  return Date.now() - seen > SILENT_MS ? fault(t('doctor.silentSince', { process, at })) : ok(t('doctor.seen', { at }));
};

const checkKeys = (terminal: Terminal): Verdict => {
  const file = keyFileOf(terminal);
  if (!existsSync(file)) return skipped(terminal.t('doctor.noKeys', { file }));
  readKeys({ file });
  return ok(file);
};
