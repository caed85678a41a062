import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DefaultLogger, Runtime, type LogEntry } from '@temporalio/worker';
import { pino, type Logger } from 'pino';
import { v7 as uuidv7 } from 'uuid';
import type { AnsweredDecision } from '../../agencies/contract.ts';
import { upsertAgency, type AgencyRecord } from '../../db/agencies.ts';
import { acceptCase, getCase, type AcceptedCase } from '../../db/cases.ts';
import { findOutcome, putMessage } from '../../db/inbox.ts';
import { readLedger } from '../../db/ledger.ts';
import { publishMatter } from '../../db/matters.ts';
import { createCipher, generateKeys, readKeys } from '../../db/personal-data.ts';
import { createPool, inTransaction } from '../../db/pool.ts';
import { getStep } from '../../db/steps.ts';
import { compilePlan } from '../../matters/definition/compile.ts';
import type { Message } from '../../matters/engine/messages.ts';
import { checkForm } from '../../matters/form/form.ts';
import type { LoadedMatter } from '../../matters/definition/load.ts';
import { loadCatalog } from '../../matters/definition/load-catalog.ts';
import type { Behaviour } from '../../sandbox/agencies/behaviour.ts';
import { startAgencies } from '../../sandbox/agencies/server.ts';
import { createDatabase, withClient } from '../../sandbox/database.ts';
import { freePorts } from '../../sandbox/ports.ts';
import { readSample } from '../../sandbox/samples.ts';
import type { WorkerConfig } from '../../worker/config.ts';
import { runWorker, type RunningWorker } from '../../worker/run.ts';
import type { Servers } from '../support/servers.ts';
import { createNamespace } from '../support/temporal.ts';
import { startPlatform } from './platform.ts';

const NEWBORN = 'newborn-registration';

/** What Temporal's SDK says in this process; on the terminal it would bury what a test has to say. */
export const sdkLog: LogEntry[] = [];
Runtime.install({ logger: new DefaultLogger('INFO', (entry) => sdkLog.push(entry)) });

export type SampleForm = Record<string, unknown>;

/** The form of a valid sample; each call gives a copy of its own. */
export const sampleForm = (sample: string, matter = NEWBORN): SampleForm =>
  (JSON.parse(readSample(`${matter}/${sample}`)) as { request: { form: SampleForm } }).request.form;

export type Installation = Awaited<ReturnType<typeof install>>;

/**
 * Everything but the API, as an installation has it: database, namespace, catalog, agencies that answer over HTTP, and a front
 * door that writes what the API writes. Nothing but the servers is shared with another installation.
 */
export const install = async (servers: Servers) => {
  const folder = mkdtempSync(join(tmpdir(), 'one-matter-installation-'));
  const name = `test_${randomBytes(6).toString('hex')}`;
  const database = await createDatabase({ ...servers.postgres, name });
  const db = createPool({ url: database.serviceUrl, max: 10, name: 'test' });
  const keyFile = join(folder, 'keys.json');
  writeFileSync(keyFile, generateKeys());
  const cipher = createCipher(readKeys({ file: keyFile }));
  const { temporal, namespace } = await createNamespace(servers.temporalAddress);
  const platform = await startPlatform(db, cipher);

  const catalog = await loadCatalog(fileURLToPath(new URL('../../catalog', import.meta.url)));
  if (!catalog.ok) throw new Error('the catalog has errors');
  const matterOf = (code: string) => catalog.matters.find(({ matter }) => matter.code === code)!;
  for (const { matter, hash } of catalog.matters) await publishMatter(db, { matter, hash, by: 'test' });

  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const openAgencies = (port: number) =>
    startAgencies({ port, dataDir: mkdtempSync(join(folder, 'agencies-')), agencies: players, apiUrl: platform.url });
  const [officePort = 0, ...doors] = await freePorts(1 + catalog.agencies.length);
  const players = catalog.agencies.map(({ id }, index) => ({ id, secret, port: doors[index] }));
  let agencies = await openAgencies(officePort);
  const { url } = agencies;
  const setAgency = (id: string, change: Partial<AgencyRecord> = {}) => {
    const { connection = 'push' } = change;
    return upsertAgency(db, cipher, {
      id,
      name: { zh: id, en: id },
      connection,
      // One that the sandbox does not play is somewhere, and knows nothing.
      ...(connection === 'push' && { baseUrl: players.some((player) => player.id === id) ? agencies.urlOf(id) : url }),
      secrets: connection === 'push' ? [secret] : [],
      timeoutMs: 5_000,
      allowPrivate: true,
      enquireAfterS: 3_600,
      ...change,
    });
  };
  for (const { id } of players) await setAgency(id);

  const control = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${url}/sandbox/${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };

  const [workerPort] = await freePorts(1);
  const config: WorkerConfig = {
    databaseUrl: database.serviceUrl,
    TEMPORAL_ADDRESS: servers.temporalAddress,
    TEMPORAL_NAMESPACE: namespace,
    ONE_MATTER_KEY_FILE: keyFile,
    PUBLIC_URL: platform.url,
    WORKER_PORT: workerPort!,
    WORKER_HOST: '127.0.0.1',
    DATABASE_POOL: 10,
  };
  const workers = new Set<RunningWorker>();

  return {
    db,
    cipher,
    config,
    ownerUrl: database.ownerUrl,
    temporal,
    platform,
    /** What every agency signs with. */
    secret,
    matter: (code = NEWBORN) => matterOf(code).matter,
    setAgency,

    behave: (agency: string, behaviour: Partial<Behaviour>) =>
      control('PUT', `agencies/${agency}/behaviour`, behaviour),
    behaveAll: async (behaviour: Partial<Behaviour>) => {
      for (const { id } of players) await control('PUT', `agencies/${id}/behaviour`, behaviour);
    },
    /** What the agencies did under this request id, or under all that begin so. */
    effects: async (requestId: string): Promise<string[]> => {
      const { effects } = (await control('GET', 'effects')) as { effects: { requestId: string; effect: string }[] };
      return effects.filter((effect) => effect.requestId.startsWith(requestId)).map(({ effect }) => effect);
    },
    /** An officer of the agency decides what it holds. */
    answer: (agency: string, requestId: string, decision: AnsweredDecision) =>
      control('POST', `agencies/${agency}/requests/${requestId}/answer`, decision),
    /** The agencies come back at their address without any memory of what they were sent. */
    loseAgencies: async () => {
      await agencies.close();
      agencies = await openAgencies(officePort);
    },

    /** The front door: the case is accepted when this resolves. */
    submit: (form: SampleForm, { code = NEWBORN, caseId = uuidv7() } = {}): Promise<AcceptedCase> =>
      inTransaction(db, (client) => acceptCase(client, cipher, { ...newCase(matterOf(code), form), caseId })),
    send: (caseId: string, message: Message, body?: unknown) =>
      putMessage(db, cipher, { caseId, messageId: message.id, source: 'window', message, body }),
    outcome: (caseId: string, messageId: string) => findOutcome(db, caseId, messageId),
    step: (caseId: string, stepId: string) => getStep(db, caseId, stepId),
    status: async (caseId: string) => (await getCase(db, caseId)).status,
    ledger: async (caseId: string) => (await readLedger(db, caseId, 0, 1_000)).map(({ entry }) => entry),

    work: async (log: Logger = pino({ level: 'silent' })): Promise<RunningWorker> => {
      const running = await runWorker(config, log, (error) => {
        throw error;
      });
      const worker = {
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
      await withClient(servers.postgres.adminUrl, (client) => client.query(`drop database ${name} with (force)`));
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
