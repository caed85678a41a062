import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { pino } from 'pino';
import { v7 as uuidv7 } from 'uuid';
import { createProjectionActivities } from '../../activities/projection.ts';
import type { AppConfig } from '../../api/config.ts';
import { SubmittedCase, type CaseSummary, type CaseView } from '../../contract/cases.ts';
import type { NoticeView } from '../../contract/supplements.ts';
import type { StepView } from '../../contract/steps.ts';
import type { Task } from '../../contract/tasks.ts';
import type { FieldError } from '../../api/http/problems.ts';
import { upsertAgency } from '../../db/agencies/agencies.ts';
import { publishMatter } from '../../db/registry/matters.ts';
import { createCipher, generateKeys, readKeys, type Cipher } from '../../db/sql/sealing.ts';
import { createPool } from '../../db/sql/pool.ts';
import { createToken } from '../../db/registry/tokens.ts';
import { cacheAgencies, cacheCalendars, cacheMatters } from '../../runtime/reference-data.ts';
import { serveApp } from '../support/api.ts';
import { freshDatabase } from '../support/database.ts';
import { makeSignedCall, signAs } from '../support/sign.ts';
import { SMALL_MOVE, SMALL_MOVE_FORM } from '../support/matters.ts';
import { createDriver, type Driver } from './driver.ts';

const REGION = '330411';

/** The fields of answers that tests read; each answer has some of them. */
interface Body {
  code: string;
  errors: FieldError[];
  warnings: FieldError[];
  correlationId: string;
  allowed: string[];
  caseId: string;
  caseNo: string;
  queryCode: string;
  messageId: string;
  outcome: string;
  light: string;
  actions: CaseView['actions'];
  steps: StepView[];
  disclosures: unknown[];
  cases: CaseSummary[];
  notices: NoticeView[];
  tasks: Task[];
  claimedUntil: string;
  form: unknown;
  matters: unknown[];
  agencies: { id: string; running: number }[];
  stalls: unknown[];
  openapi: string;
  info: { description: string };
  paths: Record<string, Record<string, object>>;
}

export interface Answer {
  status: number;
  headers: Headers;
  body: Body;
  text: string;
}

interface Request {
  token?: string;
  /** The agency that signs the request. */
  agency?: string;
  body?: unknown;
  /** Sent unchanged. */
  raw?: string | Buffer;
  headers?: Record<string, string>;
}

export interface Api {
  url: string;
  metricsUrl: string;
  serviceUrl: string;
  ownerUrl: string;
  pool: Pool;
  cipher: Cipher;
  driver: Driver;
  tokens: Record<
    'clerk' | 'otherClerk' | 'supervisor' | 'otherSupervisor' | 'admin' | 'police' | 'policeTwo' | 'post' | 'utilities',
    string
  >;
  secrets: Record<string, string>;
  log: string[];
  call: (method: string, path: string, request?: Request) => Promise<Answer>;
  /** A second process on the same database. */
  another: (change?: Partial<AppConfig>, pool?: Pool) => Promise<string>;
  /** A case of the clerk, driven until every agency has its first steps. */
  start: () => Promise<SubmittedCase>;
  close: () => Promise<void>;
}

/**
 * The app on a real socket and a fresh database, with a matter, three agencies and a token for
 * every role.
 */
export const openApi = async (change: Partial<AppConfig> = {}): Promise<Api> => {
  const fresh = await freshDatabase();
  const pool = createPool({ url: fresh.serviceUrl, max: 10, name: 'test' });
  const cipher = createCipher(readKeys({ env: generateKeys() }));
  await publishMatter(pool, { matter: SMALL_MOVE, hash: 'a'.repeat(64), by: 'test' });

  const secrets: Record<string, string> = {};
  for (const id of ['police', 'post', 'utilities']) {
    const isPush = id === 'police' || id === 'utilities';
    secrets[id] = `whsec_${randomBytes(24).toString('base64')}`;
    await upsertAgency(pool, cipher, {
      id,
      name: { zh: `${id}局`, en: id },
      connection: isPush ? 'push' : 'worklist',
      ...(isPush && { baseUrl: 'http://127.0.0.1:9' }),
      secrets: isPush ? [secrets[id]] : [],
      timeoutMs: 1000,
      allowPrivate: true,
      maxInFlight: 16,
      nature: 'organ',
      enquireAfterS: 900,
    });
  }
  const token = (
    role: 'clerk' | 'officer' | 'supervisor' | 'admin',
    account: string,
    more: { region?: string; agency?: string } = {},
  ) => createToken(pool, cipher, { role, account, ...more });
  const tokens = {
    clerk: await token('clerk', 'clerk-1', { region: '3304' }),
    otherClerk: await token('clerk', 'clerk-2', { region: '3301' }),
    supervisor: await token('supervisor', 'supervisor-1', { region: '33' }),
    otherSupervisor: await token('supervisor', 'supervisor-2', { region: '3301' }),
    admin: await token('admin', 'admin-1'),
    police: await token('officer', 'police-1', { agency: 'police', region: '33' }),
    policeTwo: await token('officer', 'police-2', { agency: 'police' }),
    post: await token('officer', 'post-1', { agency: 'post' }),
    utilities: await token('officer', 'utilities-1', { agency: 'utilities' }),
  };

  const log: string[] = [];
  const stops: (() => Promise<void>)[] = [];
  const serve = async (
    own: Partial<AppConfig> = {},
    ownPool: Pool = pool,
  ): Promise<{ url: string; metricsUrl: string }> => {
    const served = await serveApp({
      pool: ownPool,
      cipher,
      databaseUrl: fresh.serviceUrl,
      config: { ...change, ...own },
      log: recordingLog(log),
    });
    stops.push(served.close);
    return served;
  };
  const { url, metricsUrl } = await serve();
  const activities = createProjectionActivities({
    db: pool,
    agencies: cacheAgencies(pool, cipher).agencies,
    matter: cacheMatters(pool, Date.now).matter,
    calendars: cacheCalendars(pool, Date.now),
  });
  const driver = createDriver(pool, fresh.serviceUrl, Date.now, (changes) => activities.writeProjection(changes));

  const call: Api['call'] = async (method, path, request = {}) => send(`${url}${path}`, method, request, secrets);
  return {
    url,
    metricsUrl,
    serviceUrl: fresh.serviceUrl,
    ownerUrl: fresh.ownerUrl,
    pool,
    cipher,
    driver,
    tokens,
    secrets,
    log,
    call,
    another: async (own, ownPool) => (await serve(own, ownPool)).url,
    start: async () => {
      const { status, body } = await call('POST', '/api/v1/cases', submission(tokens.clerk));
      if (status !== 201) throw new Error(`not started: ${JSON.stringify(body)}`);
      await driver.takeTurn();
      return SubmittedCase.parse({ ...body, status: 'submitted' });
    },
    close: async () => {
      await driver.pause();
      for (const stop of stops) await stop();
      await pool.end();
      await fresh.drop();
    },
  };
};

/** A valid request for a case, with a new idempotency key. */
export const submission = (token: string, body: Record<string, unknown> = {}, key: string = uuidv7()) => ({
  token,
  headers: { 'idempotency-key': key },
  body: { matter: SMALL_MOVE.code, form: SMALL_MOVE_FORM, channel: 'window', region: REGION, ...body },
});

export const send = async (
  url: string,
  method: string,
  { token, agency, body, raw, headers = {} }: Request,
  secrets: Record<string, string> = {},
): Promise<Answer> => {
  const { pathname, search } = new URL(url);
  const call = agency && makeSignedCall({ agency, secret: secrets[agency]!, method, path: pathname + search, body });
  const given = Buffer.from(raw ?? (body === undefined ? '' : JSON.stringify(body)));
  const bytes = call && raw === undefined ? call.raw : given;
  const signed = agency && raw !== undefined ? signAs(agency, secrets[agency]!, uuidv7(), bytes) : call && call.headers;
  const response = await fetch(url, {
    method,
    headers: {
      ...(bytes.length > 0 && { 'content-type': 'application/json' }),
      ...(token && { authorization: `Bearer ${token}` }),
      ...signed,
      ...headers,
    },
    ...(bytes.length > 0 && { body: bytes }),
  });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  return { status: response.status, headers: response.headers, body: (isJson ? JSON.parse(text) : {}) as Body, text };
};

/** A log that stores its lines. */
const recordingLog = (lines: string[]) => pino({ level: 'info' }, { write: (line: string) => void lines.push(line) });
