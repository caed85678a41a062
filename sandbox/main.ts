import {
  bundleWorkflows,
  portTaken,
  prepareDatabase,
  startAgencies,
  startApi,
  startPostgres,
  startTemporal,
  startWatcher,
  startWorker,
  type Site,
} from './bring-up.ts';
import { takeLock } from './lock.ts';
import { isFree } from '../runtime/port.ts';
import { createPortPool } from './ports.ts';
import { OWN_PROGRAMS } from './programs.ts';
import { startSamples } from './samples.ts';
import { writeSandboxFile } from './sandbox-file.ts';
import type { Addresses } from './services.ts';
import { readSettings, type Settings } from './settings.ts';
import { emptyHome, homeAt, makeHome, readState, saveState, type Home } from './state.ts';
import { createProcessManager, type ProcessManager } from './process-manager.ts';
import { isServing, TEMPORAL_NAMESPACE } from './temporal.ts';
import { drawStartPage } from './start-page.ts';

/**
 * `npm start`: the whole product on this machine, until a signal stops it. Throws an error with a
 * remedy when another copy runs here, a port is taken or a part does not start. No process keeps
 * running then.
 */
export const runSandbox = async ({ fresh, version }: { fresh: boolean; version: string }): Promise<void> => {
  const settings = readSettings(process.env);
  const home = homeAt(settings.home);
  makeHome(home);
  const lock = takeLock(home.lock);
  if (lock.kind === 'taken') {
    throw new Error(
      `Process ${lock.pid} already runs the sandbox in ${home.folder}. Stop it, or start another one beside it:\n` +
        `  ONE_MATTER_HOME=.one-matter-2 PORT=${settings.port === 0 ? 0 : settings.port + 1} npm start`,
    );
  }
  try {
    if (!(await isFree(settings.port))) throw portTaken(settings.port);
    if (fresh) emptyHome(home);
    await run(home, settings, version);
  } finally {
    lock.release();
  }
};

const run = async (home: Home, settings: Settings, version: string): Promise<void> => {
  const startedAt = performance.now();
  const report = (line: string) => console.log(line);
  const state = readState(home, version);
  let addresses: Addresses | undefined;
  const manager = createProcessManager({
    logFolder: home.logs,
    report,
    onPids: () => {
      if (addresses) writeSandboxFile(home, state, addresses, manager.pids());
    },
  });
  const interrupted = awaitInterruption(manager);
  const portPool = createPortPool();
  const site: Site = { home, state, programs: OWN_PROGRAMS, portPool, start: manager.start, report };

  try {
    const outcome = await Promise.race([bringUp(site, settings), interrupted]);
    if (outcome === 'interrupted') return;
    addresses = outcome;
    const sandbox = writeSandboxFile(home, state, addresses, manager.pids());
    const samples = state.samplesStarted ? [] : await startSamples(sandbox.api, sandbox.tokens.clerk);
    state.samplesStarted = true;
    saveState(home, state);
    const seconds = (performance.now() - startedAt) / 1000;
    report(drawStartPage(sandbox, { file: home.sandboxFile, home: process.env['ONE_MATTER_HOME'], samples, seconds }));
    await interrupted;
  } finally {
    report('Stopping …');
    await manager.stop();
    portPool.release();
  }
};

/**
 * Under npm, one Ctrl-C sends two signals: the terminal and npm each send one. A signal so soon
 * after the first does not count as a second one.
 */
const IMPATIENT_AFTER_MS = 1_000;

/** The first signal stops the sandbox in order, a second one at once. */
const awaitInterruption = (manager: ProcessManager): Promise<'interrupted'> =>
  new Promise((resolve) => {
    let askedAt: number | undefined;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        askedAt ??= Date.now();
        resolve('interrupted');
        if (Date.now() - askedAt < IMPATIENT_AFTER_MS) return;
        manager.kill();
        process.exit(1);
      });
    }
  });

const bringUp = async (site: Site, settings: Settings): Promise<Addresses> => {
  const bundled = bundleWorkflows(site);
  // Awaited below. If another part fails first, that error is reported.
  bundled.catch(() => undefined);
  const [front, temporal] = await Promise.all([bringUpFront(site, settings), bringUpTemporal(site, settings)]);
  await bundled;
  site.report('Starting worker and watcher …');
  const addresses = { ...front, ...temporal, temporalNamespace: TEMPORAL_NAMESPACE };
  await startWorker(site, addresses);
  // Started last and so stopped first, before the watcher could report missing workers.
  await startWatcher(site, addresses);
  return addresses;
};

/** The parts without Temporal. The API starts first, because the agencies need its address. */
const bringUpFront = async (
  site: Site,
  { postgresUrl, port }: Settings,
): Promise<Pick<Addresses, 'databaseUrl' | 'apiUrl' | 'sandboxUrl'>> => {
  if (postgresUrl === undefined) site.report('Starting Postgres …');
  const database = await prepareDatabase(site, postgresUrl ?? (await startPostgres(site)));
  const databaseUrl = database.serviceUrl;
  site.report('Starting API and agencies …');
  const apiUrl = await startApi(site, databaseUrl, port);
  return { databaseUrl, apiUrl, sandboxUrl: await startAgencies(site, { apiUrl, databaseUrl }) };
};

const bringUpTemporal = async (
  site: Site,
  { temporalAddress }: Settings,
): Promise<Pick<Addresses, 'temporalAddress' | 'temporalUi'>> => {
  if (temporalAddress === undefined) {
    const address = await startTemporal(site);
    return { temporalAddress: address, temporalUi: `http://127.0.0.1:${site.state.ports.temporalUi}` };
  }
  if (await isServing(temporalAddress)) return { temporalAddress };
  throw new Error(`No Temporal with a namespace ${TEMPORAL_NAMESPACE} answers at TEMPORAL_ADDRESS=${temporalAddress}.`);
};
