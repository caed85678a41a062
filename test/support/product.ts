import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DefaultLogger, Runtime, type LogEntry } from '@temporalio/worker';
import { pino, type Logger } from 'pino';
import { v7 as uuidv7 } from 'uuid';
import { upsertAgency, type AgencyRecord } from '../../db/agencies/agencies.ts';
import { acceptCase, getCase, type AcceptedCase } from '../../db/cases/cases.ts';
import { findOutcome, putMessage } from '../../db/messages/inbox.ts';
import { readLedger } from '../../db/cases/ledger.ts';
import { publishMatter } from '../../db/registry/matters.ts';
import { createCipher, generateKeys, readKeys } from '../../db/sql/sealing.ts';
import { createPool, inTransaction } from '../../db/sql/pool.ts';
import { getStep } from '../../db/cases/steps.ts';
import { compilePlan } from '../../domain/matter/compile.ts';
import type { Message } from '../../domain/case/messages.ts';
import { checkForm } from '../../domain/form/form.ts';
import type { LoadedMatter } from '../../domain/authoring/load.ts';
import { loadCatalog } from '../../domain/authoring/load-catalog.ts';
import type { WorkerConfig } from '../../worker/config.ts';
import { runWorker, type RunningWorker } from '../../worker/run.ts';
import { until } from '../faults/until.ts';
import { openAgencies, startPlatform } from './agencies.ts';
import { freshDatabase } from './database.ts';
import { NEWBORN, type SampleForm } from './matters.ts';
import type { Servers } from './servers.ts';
import { createNamespace } from './temporal.ts';

const SETTLED_WITHIN_MS = 30_000;

/**
 * The log of Temporal's SDK in this process, kept off the terminal so that test output stays
 * readable.
 */
export const sdkLog: LogEntry[] = [];
Runtime.install({ logger: new DefaultLogger('INFO', (entry) => sdkLog.push(entry)) });

let loaded: ReturnType<typeof loadCatalog> | undefined;

/** Read once per process, because it does not change. */
const shippedCatalog = async () => {
  loaded ??= loadCatalog(fileURLToPath(new URL('../../catalog', import.meta.url)));
  const catalog = await loaded;
  if (!catalog.ok) throw new Error('the catalog has errors');
  return catalog;
};

export type Installation = Awaited<ReturnType<typeof install>>;

/**
 * An installation without the API: database, namespace, catalog, agencies over HTTP, and a function
 * that accepts cases as the API does. It shares only the servers with other installations.
 */
export const install = async (servers: Servers) => {
  const folder = mkdtempSync(join(tmpdir(), 'one-matter-installation-'));
  const database = await freshDatabase(servers.postgres);
  const db = createPool({ url: database.serviceUrl, max: 10, name: 'test' });
  const keyFile = join(folder, 'keys.json');
  writeFileSync(keyFile, generateKeys());
  const cipher = createCipher(readKeys({ file: keyFile }));
  const { temporal, namespace } = await createNamespace(servers.temporalAddress);
  const platform = await startPlatform(db, cipher);

  const catalog = await shippedCatalog();
  const matterOf = (code: string) => catalog.matters.find(({ matter }) => matter.code === code)!;
  for (const { matter, hash } of catalog.matters) await publishMatter(db, { matter, hash, by: 'test' });

  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const ids = catalog.agencies.map(({ id }) => id);
  const agencies = await openAgencies({ ids, secret, folder, apiUrl: platform.url });
  const setAgency = (id: string, change: Partial<AgencyRecord> = {}) => {
    const { connection = 'push' } = change;
    return upsertAgency(db, cipher, {
      id,
      name: { zh: id, en: id },
      connection,
      ...(connection === 'push' && { baseUrl: agencies.urlOf(id) }),
      secrets: connection === 'push' ? [secret] : [],
      timeoutMs: 5_000,
      allowPrivate: true,
      maxInFlight: 16,
      nature: 'organ',
      enquireAfterS: 3_600,
      ...change,
    });
  };
  for (const id of ids) await setAgency(id);

  const config: WorkerConfig = {
    databaseUrl: database.serviceUrl,
    TEMPORAL_ADDRESS: servers.temporalAddress,
    TEMPORAL_NAMESPACE: namespace,
    ONE_MATTER_KEY_FILE: keyFile,
    PUBLIC_URL: platform.url,
    WORKER_PORT: 0,
    WORKER_HOST: '127.0.0.1',
    DATABASE_POOL: 10,
    WORKFLOW_BUNDLE: servers.workflowBundle,
  };
  const workers = new Set<RunningWorker>();

  const { behave, behaveAll, effects, calls, answer, loseAll: loseAgencies } = agencies;

  return {
    ...{ behave, behaveAll, effects, calls, answer, loseAgencies },
    db,
    cipher,
    config,
    ownerUrl: database.ownerUrl,
    temporal,
    platform,
    /** The secret that every agency signs with. */
    secret,
    matter: (code = NEWBORN) => matterOf(code).matter,
    setAgency,

    /** Accepts a case, as the API does. */
    submit: (form: SampleForm, { code = NEWBORN, caseId = uuidv7() } = {}): Promise<AcceptedCase> =>
      inTransaction(db, (client) => acceptCase(client, cipher, { ...newCase(matterOf(code), form), caseId })),
    send: (caseId: string, message: Message, body?: unknown) =>
      putMessage(db, cipher, { caseId, messageId: message.id, source: 'window', message, body }),
    outcome: (caseId: string, messageId: string) => findOutcome(db, caseId, messageId),
    /**
     * Resolves when every message of the case has an outcome. The rows of its steps are written by
     * then.
     */
    settled: (caseId: string) =>
      until(`messages of ${caseId} settled`, SETTLED_WITHIN_MS, async () => {
        const { rowCount } = await db.query('select from inbox where case_id = $1 and settled_at is null', [caseId]);
        return rowCount === 0;
      }),
    step: (caseId: string, stepId: string) => getStep(db, caseId, stepId),
    status: async (caseId: string) => (await getCase(db, caseId)).status,
    ledger: async (caseId: string) => (await readLedger(db, caseId, 0, 1_000)).map(({ entry }) => entry),

    work: async (log: Logger = pino({ level: 'silent' })): Promise<RunningWorker> => {
      const running = await runWorker(config, log, (error) => {
        throw error;
      });
      const worker = {
        ...running,
        stop: async () => {
          if (workers.delete(worker)) await running.stop();
        },
      };
      workers.add(worker);
      return worker;
    },
    close: async () => {
      await Promise.all([...workers].map((worker) => worker.stop()));
      await agencies.close();
      await platform.close();
      await temporal.connection.close();
      await db.end();
      await database.drop();
      rmSync(folder, { recursive: true });
    },
  };
};

const newCase = ({ matter, hash }: LoadedMatter, given: SampleForm) => {
  const at = Date.now();
  const checked = checkForm(matter, given, { now: at });
  if (!checked.ok) {
    const problems = checked.problems.map(({ path, rule }) => `${path} ${rule}`);
    throw new Error(`the form is wrong: ${problems.join(', ')}`);
  }
  return {
    matter: matter.code,
    version: matter.version,
    region: '330411',
    channel: 'window' as const,
    plan: compilePlan(matter, hash, checked.form, { now: at }),
    form: checked.form,
    materials: [],
    by: { role: 'clerk' as const, id: 'clerk-1' },
    at,
    keys: [],
    duplicates: [],
  };
};
