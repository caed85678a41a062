import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { ReadList } from '../../contract/reads.ts';
import { publishMatter } from '../../db/registry/matters.ts';
import { Matter } from '../../domain/matter/schema.ts';
import { withClient } from '../../sandbox/database.ts';
import { SMALL_MOVE, SMALL_MOVE_FORM } from '../support/matters.ts';
import { openApi, submission, type Answer, type Api } from './harness.ts';
import { NO_VALUES } from './no-values.ts';

const { name: NAME, idNo: ID_NO } = SMALL_MOVE_FORM.applicant;
const MASKED = '林**';
/** A text that people and agencies write about the case. */
const WORDS = '欧阳若兰的户口簿已遗失';

const MOVE = Matter.parse({
  ...SMALL_MOVE,
  code: 'move',
  duplicates: [
    { id: 'same', message: { zh: '重复', en: 'Twice' }, key: 'person', of: [['applicant.idNo']], other: 'open' },
  ],
});

let api: Api;
let caseId: string;
let withdrawn: string;
let orderId: string;
const call = (token: string, method: string, path: string, body?: unknown, key?: string) =>
  api.call(method, path, {
    token,
    ...(body !== undefined && { body }),
    ...(key !== undefined && { headers: { 'idempotency-key': key } }),
  });
const done = async (answer: Promise<Answer>): Promise<Answer> => {
  const { status, text, ...rest } = await answer;
  if (status >= 300) throw new Error(`${status} ${text}`);
  return { status, text, ...rest };
};
const callBack = (messageId: string, decision: object) =>
  api.call('POST', `/agency/v1/tasks/${caseId}:register:1/decision`, {
    agency: 'police',
    body: { messageId, requestId: `${caseId}:register:1`, ...decision },
  });
const answerPath = (messageId: string) =>
  `/api/v1/cases/${caseId}/review-queue/${encodeURIComponent(`agency:police:${messageId}`)}`;

beforeAll(async () => {
  api = await openApi({ outcomeWaitMs: 10_000 });
  await publishMatter(api.pool, { matter: MOVE, hash: 'b'.repeat(64), by: 'test' });
  api.driver.run();
  const { clerk, supervisor, post } = api.tokens;
  const submitted = await done(api.call('POST', '/api/v1/cases', submission(clerk, { matter: 'move' })));
  ({ caseId } = submitted.body);
  ({ caseId: withdrawn } = await api.start());
  await done(call(clerk, 'POST', `/api/v1/cases/${withdrawn}/withdrawal`, { reason: WORDS }));
  await done(call(supervisor, 'POST', `/api/v1/cases/${caseId}/steps/notify/urge`, { reason: WORDS }));
  await done(callBack('m1', { decision: 'approved' }));
  for (const id of ['m2', 'm3']) {
    expect((await callBack(id, { decision: 'refused', reason: `${WORDS}，${id}` })).status).toBe(409);
  }
  await done(call(supervisor, 'POST', answerPath('m3'), { verdict: 'dismiss', reason: WORDS }));
  const task = `/agency/v1/tasks/${caseId}:notify:1`;
  await done(call(post, 'POST', `${task}/claim`));
  await done(call(post, 'POST', `${task}/draft`, { decision: 'refused', reason: WORDS }));
  const order = call(
    supervisor,
    'POST',
    `/api/v1/cases/${caseId}/steps/notify/supervision-orders`,
    { reason: WORDS },
    uuidv7(),
  );
  ({ orderId } = (await done(order)).body as unknown as { orderId: string });
});
afterAll(() => api.close());

interface Reader {
  role: string;
  account: string;
}
const SUPERVISOR: Reader = { role: 'supervisor', account: 'supervisor-1' };
const CLERK: Reader = { role: 'clerk', account: 'clerk-1' };
const OFFICER: Reader = { role: 'officer', account: 'post-1' };

interface Probe {
  ask: () => Promise<Answer>;
  /** What the answer shows, and its status. */
  shows: string;
  status?: number;
  by: Reader;
  /** The reads of the case that are recorded; `step` is absent for the whole case. */
  reads: { kind: string; purpose: string; step?: string }[];
  of?: () => string;
}

/** Every route whose answers have personal data of a case, asked so that they do. */
const VALUES: Readonly<Record<string, Probe>> = {
  'GET /agency/v1/tasks/{requestId}': {
    ask: () => call(api.tokens.post, 'GET', `/agency/v1/tasks/${caseId}:notify:1`),
    shows: NAME,
    by: OFFICER,
    reads: [
      { kind: 'draft', purpose: 'task', step: 'notify' },
      { kind: 'form', purpose: 'task', step: 'notify' },
    ],
  },
  'POST /agency/v1/tasks/{requestId}/claim': {
    ask: () => call(api.tokens.post, 'POST', `/agency/v1/tasks/${caseId}:notify:1/claim`),
    shows: WORDS,
    by: OFFICER,
    reads: [{ kind: 'draft', purpose: 'task', step: 'notify' }],
  },
  'GET /api/v1/cases/{caseId}': {
    ask: () => call(api.tokens.supervisor, 'GET', `/api/v1/cases/${caseId}`),
    shows: WORDS,
    by: SUPERVISOR,
    reads: [{ kind: 'words', purpose: 'case' }],
  },
  'GET /api/v1/cases/{caseId}/ledger': {
    ask: () => call(api.tokens.clerk, 'GET', `/api/v1/cases/${caseId}/ledger`),
    shows: WORDS,
    by: CLERK,
    reads: [{ kind: 'words', purpose: 'case' }],
  },
  'GET /api/v1/cases/{caseId}/withdrawal/confirmation': {
    ask: () => call(api.tokens.clerk, 'GET', `/api/v1/cases/${withdrawn}/withdrawal/confirmation`),
    shows: WORDS,
    by: CLERK,
    reads: [{ kind: 'words', purpose: 'withdrawal' }],
    of: () => withdrawn,
  },
  'GET /api/v1/review-queue': {
    ask: () => call(api.tokens.supervisor, 'GET', '/api/v1/review-queue?state=all'),
    shows: WORDS,
    by: SUPERVISOR,
    reads: [{ kind: 'answer', purpose: 'review', step: 'register' }],
  },
  'GET /api/v1/cases/{caseId}/review-queue': {
    ask: () => call(api.tokens.supervisor, 'GET', `/api/v1/cases/${caseId}/review-queue`),
    shows: WORDS,
    by: SUPERVISOR,
    reads: [{ kind: 'answer', purpose: 'review', step: 'register' }],
  },
  'GET /api/v1/cases/{caseId}/review-queue/{messageId}': {
    ask: () => call(api.tokens.supervisor, 'GET', answerPath('m2')),
    shows: `${WORDS}，m2`,
    by: SUPERVISOR,
    reads: [{ kind: 'answer', purpose: 'review', step: 'register' }],
  },
  'POST /api/v1/cases/{caseId}/review-queue/{messageId}': {
    ask: () => call(api.tokens.supervisor, 'POST', answerPath('m3'), { verdict: 'dismiss', reason: 'x' }),
    shows: WORDS,
    status: 409,
    by: SUPERVISOR,
    reads: [{ kind: 'answer', purpose: 'review', step: 'register' }],
  },
  'GET /api/v1/supervision-orders/{orderId}': {
    ask: () => call(api.tokens.post, 'GET', `/api/v1/supervision-orders/${orderId}`),
    shows: WORDS,
    by: OFFICER,
    reads: [{ kind: 'order', purpose: 'supervision', step: 'notify' }],
  },
  'POST /api/v1/cases/search': {
    ask: () => call(api.tokens.clerk, 'POST', '/api/v1/cases/search', { text: NAME }),
    shows: '"caseNo"',
    by: CLERK,
    reads: [{ kind: 'hit', purpose: 'search' }],
  },
  'POST /api/v1/cases': {
    ask: () => api.call('POST', '/api/v1/cases', submission(api.tokens.clerk, { matter: 'move' })),
    shows: 'DUPLICATE_CASE',
    status: 409,
    by: CLERK,
    reads: [{ kind: 'duplicate', purpose: 'duplicate-check' }],
  },
  'POST /api/v1/exports': {
    ask: () =>
      call(api.tokens.supervisor, 'POST', '/api/v1/exports', {
        ...{ subject: 'cases', format: 'csv', filter: {}, persons: 'masked' },
      }),
    shows: MASKED,
    by: SUPERVISOR,
    reads: [{ kind: 'persons', purpose: 'export' }],
  },
};

const newestRead = async (): Promise<number> => {
  const { rows } = await api.pool.query<{ id: number }>('select coalesce(max(id), 0) as id from reads');
  return rows[0]!.id;
};
const readsAfter = async (id: number, of: string) => {
  const { rows } = await api.pool.query<{
    account: string;
    role: string;
    kind: string;
    purpose: string;
    step: string | null;
  }>(`select account, role, kind, purpose, step_id as step from reads where id > $1 and case_id = $2 order by kind`, [
    id,
    of,
  ]);
  return rows.map(({ step, ...row }) => (step === null ? row : { ...row, step }));
};

describe('a route', () => {
  it('is on one of the lists: a new one says whether its answers have personal data of a case', async () => {
    const { paths } = (await api.call('GET', '/api/openapi.json')).body;
    const routes = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect([...Object.keys(VALUES), ...NO_VALUES].sort()).toEqual(routes.sort());
  });

  it.each(Object.entries(VALUES))(
    '%s records what it shows',
    async (_route, { ask, shows, status = 200, by, reads, of = () => caseId }) => {
      const before = await newestRead();
      const answer = await ask();
      expect(answer.status).toBe(status);
      expect(answer.text).toContain(shows);
      expect(await readsAfter(before, of())).toEqual(reads.map((read) => ({ ...by, ...read })));
    },
  );

  it.each(NO_VALUES.filter((route) => route.startsWith('GET ')))('%s shows none', async (route) => {
    // The stream of an ended case ends.
    const about = route.endsWith('/events') ? withdrawn : caseId;
    const params: Record<string, string> = { caseId: about, agency: 'post', code: 'move', bulkId: uuidv7() };
    const path = route.slice(4).replaceAll(/\{(\w+)\}/g, (_all, name: string) => params[name]!);
    const before = await newestRead();
    const { status, text } = await call(path.startsWith('/agency/') ? api.tokens.post : api.tokens.admin, 'GET', path);
    expect(status).toBe(path.includes('/bulk/') ? 404 : 200);
    for (const value of [NAME, ID_NO, MASKED, WORDS]) expect(text).not.toContain(value);
    expect(await newestRead()).toBe(before);
  });
});

describe('a caller who is shown no texts', () => {
  it('has read none', async () => {
    const before = await newestRead();
    const { status, text } = await call(api.tokens.utilities, 'GET', `/api/v1/cases/${caseId}`);
    expect(status).toBe(200);
    expect(text).not.toContain(WORDS);
    expect(await readsAfter(before, caseId)).toEqual([]);
  });
});

describe('the system of an agency', () => {
  it('reads a task under the name of the agency', async () => {
    const { caseId: other } = await api.start();
    const { status } = await api.call('GET', `/agency/v1/tasks/${other}:register:1`, { agency: 'police' });
    expect(status).toBe(200);
    expect(await readsAfter(0, other)).toEqual([
      { role: 'agency', account: 'police', kind: 'form', purpose: 'task', step: 'register' },
    ]);
  });
});

describe('a disclosure', () => {
  it('names each officer who read the fields', async () => {
    const { caseId: other } = await api.start();
    const path = `/agency/v1/tasks/${other}:register:1`;
    for (const token of [api.tokens.police, api.tokens.policeTwo, api.tokens.police])
      await done(call(token, 'GET', path));
    await done(api.call('GET', path, { agency: 'police' }));
    const { disclosures } = (await call(api.tokens.clerk, 'GET', `/api/v1/cases/${other}`)).body;
    expect(disclosures).toMatchObject([
      { step: 'register', officer: 'police-1', sends: 2 },
      { step: 'register', officer: 'police-2', sends: 1 },
      { step: 'register', agency: 'police', sends: 1 },
    ]);
    expect(disclosures[2]).not.toHaveProperty('officer');
  });
});

describe('the list of the reads of a case', () => {
  it('names who read what and for what, newest first, page by page', async () => {
    const list = async (query: string) =>
      ReadList.parse((await call(api.tokens.supervisor, 'GET', `/api/v1/cases/${withdrawn}/reads?${query}`)).body);
    await call(api.tokens.clerk, 'GET', `/api/v1/cases/${withdrawn}/withdrawal/confirmation`);
    await call(api.tokens.admin, 'GET', `/api/v1/cases/${withdrawn}/ledger`);
    const first = await list('limit=1');
    expect(first.reads).toMatchObject([
      {
        by: { role: 'admin', id: 'admin-1' },
        kind: 'words',
        what: { zh: '办件中的理由、结果和补正内容' },
        purpose: 'case',
        purposeText: { en: 'Viewing the case' },
      },
    ]);
    expect((await list(`limit=1&cursor=${first.nextCursor}`)).reads).toMatchObject([
      { by: { role: 'clerk', id: 'clerk-1' }, purpose: 'withdrawal' },
    ]);
  });

  it('refuses a cursor of another list', async () => {
    const cursor = Buffer.from('["x"]').toString('base64url');
    const { status } = await call(api.tokens.admin, 'GET', `/api/v1/cases/${caseId}/reads?cursor=${cursor}`);
    expect(status).toBe(400);
  });

  it('is for supervisors of the division and administrators', async () => {
    const statusOf = async (token: string) => (await call(token, 'GET', `/api/v1/cases/${caseId}/reads`)).status;
    expect(await statusOf(api.tokens.otherSupervisor)).toBe(404);
    for (const token of [api.tokens.clerk, api.tokens.post]) expect(await statusOf(token)).toBe(403);
    for (const token of [api.tokens.supervisor, api.tokens.admin]) expect(await statusOf(token)).toBe(200);
  });
});

const owner = (statement: string) => withClient(api.ownerUrl, (client) => client.query(statement));

describe('the record', () => {
  it.each([`update reads set account = 'x'`, 'delete from reads', 'truncate reads'])(
    'keeps its rows: not even the owner may %s',
    (statement) => expect(owner(statement)).rejects.toThrow('append-only'),
  );
});

describe('without a record', () => {
  it.each(Object.entries(VALUES))('%s shows nothing', async (route, { ask, shows }) => {
    await owner('revoke insert on reads from one_matter_service');
    try {
      const answer = await ask().catch((error: unknown) => error);
      // The head of a file is sent before its first row, so its connection is closed.
      if (route === 'POST /api/v1/exports') {
        expect(answer).toBeInstanceOf(Error);
        return;
      }
      expect(answer).toMatchObject({ status: 503, body: { code: 'READ_NOT_RECORDED' } });
      expect(answer).not.toMatchObject({ text: expect.stringContaining(shows) as string });
    } finally {
      await owner('grant insert on reads to one_matter_service');
    }
  });

  it('no case is accepted in spite of duplicates', async () => {
    await owner('revoke insert on reads from one_matter_service');
    const override = { matter: 'move', overrideDuplicates: { reason: WORDS } };
    const { status } = await api.call('POST', '/api/v1/cases', submission(api.tokens.clerk, override));
    await owner('grant insert on reads to one_matter_service');
    expect(status).toBe(503);
    const { rowCount } = await api.pool.query('select from duplicate_overrides');
    expect(rowCount).toBe(0);
  });
});

describe('the code of the API', () => {
  it('opens sealed values without a record in these files only', () => {
    const root = join(import.meta.dirname, '../../api');
    const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
    const users = files.filter((file) => /\bunrecorded\b/.test(readFileSync(join(root, file), 'utf8')));
    expect(users.sort()).toEqual([
      'app.ts',
      // The check of new values with the rest of the form; the answer names places and rules.
      'commands/dossier-changes.ts',
      // Whether an answer to a notice has every item that was asked for.
      'commands/supplement-items.ts',
      'deps.ts',
      // Reasons of bulk acts, and the answers that are kept under an idempotency key: ids.
      'routes/supervision/bulk.ts',
      // Reasons about agencies.
      'routes/supervision/incidents.ts',
      // Kept answers: ids.
      'routes/supervision/orders.ts',
      // Reasons about agencies.
      'routes/supervision/stalls.ts',
      'routes/window/cases.ts',
      // The applicant's page: names of what is asked for, and last days. Its caller has no account.
      'views/progress.ts',
    ]);
  });
});
