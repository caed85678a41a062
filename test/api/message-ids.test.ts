import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { pino } from 'pino';
import { v7 as uuidv7 } from 'uuid';
import { createToken } from '../../db/registry/tokens.ts';
import { getBulk, sendNextItems, settleItems } from '../../db/supervision/bulk.ts';
import { ORDER_ACTIONS } from '../../domain/supervision/orders.ts';
import { startDueInstants } from '../../worker/loops/due-instants.ts';
import { openApi, type Answer, type Api } from './harness.ts';

/** What one sender says never takes the id of what another one says. */

let api: Api;
let second: string;
beforeAll(async () => {
  api = await openApi({ outcomeWaitMs: 5_000 });
  second = await createToken(api.pool, api.cipher, { role: 'clerk', account: 'clerk-3', region: '33' });
});
afterAll(() => api.close());
beforeEach(() => api.driver.run());
afterEach(() => api.driver.pause());

const log = pino({ level: 'silent' });
const REASON = { reason: '经核实' };

/** A valid body for every route that takes a message id. */
const BODIES: Readonly<Record<string, object>> = {
  '/api/v1/cases/{caseId}/supplements': { items: [{ field: 'note', reason: '有误' }] },
  '/api/v1/cases/{caseId}/supplements/{noticeId}/answer': { changes: { note: 'x' } },
  '/api/v1/cases/{caseId}/pledge/materials': { materials: [{ id: 'photo' }] },
  '/api/v1/cases/{caseId}/corrections': { changes: { note: 'second floor' }, ...REASON },
  '/api/v1/cases/{caseId}/withdrawal': REASON,
  '/api/v1/cases/{caseId}/termination': REASON,
  '/api/v1/cases/{caseId}/steps/{stepId}/resend': REASON,
  '/api/v1/cases/{caseId}/steps/{stepId}/urge': REASON,
  '/api/v1/cases/{caseId}/steps/{stepId}/extend': { ...REASON, days: 1 },
  '/api/v1/cases/{caseId}/steps/{stepId}/suspend': { ...REASON, expectedDays: 1 },
  '/api/v1/cases/{caseId}/steps/{stepId}/resume': REASON,
  '/api/v1/cases/{caseId}/steps/{stepId}/reassign': { ...REASON, agency: 'utilities' },
  '/api/v1/cases/{caseId}/steps/{stepId}/redo': REASON,
  '/api/v1/cases/{caseId}/steps/{stepId}/keep': REASON,
  '/api/v1/cases/{caseId}/steps/{stepId}/confirm': REASON,
  '/api/v1/cases/{caseId}/steps/{stepId}/decide': { ...REASON, decision: 'refused', evidence: [{ reference: '函' }] },
  '/api/v1/cases/{caseId}/steps/{stepId}/retry-undo': REASON,
  '/api/v1/cases/{caseId}/steps/{stepId}/settle-undo': { ...REASON, result: 'stands' },
  '/agency/v1/tasks/{requestId}/decision': { decision: 'approved' },
  '/agency/v1/tasks/{requestId}/draft': { reason: '材料' },
  '/agency/v1/tasks/{requestId}/progress': { note: '办理中' },
  '/agency/v1/tasks/{requestId}/suspension': { ...REASON, expectedDays: 1 },
  '/agency/v1/tasks/{requestId}/resumption': REASON,
  ...Object.fromEntries(
    ORDER_ACTIONS.map((action) => [`/api/v1/supervision-orders/{orderId}/${action}`, { text: '说明' }]),
  ),
};
const PATHS = Object.keys(BODIES);

interface Place {
  caseId: string;
  orderId?: string;
}
const startCase = async (): Promise<Place> => ({ caseId: (await api.start()).caseId });
const giveOrder = async ({ caseId }: Place): Promise<Place> => {
  const { body } = await api.call('POST', `/api/v1/cases/${caseId}/steps/register/supervision-orders`, {
    token: api.tokens.supervisor,
    headers: { 'idempotency-key': uuidv7() },
    body: REASON,
  });
  return { caseId, orderId: (body as unknown as { orderId: string }).orderId };
};
const addressOf = (path: string, { caseId, orderId = uuidv7() }: Place): string =>
  path
    .replace('{caseId}', caseId)
    .replace('{stepId}', 'register')
    .replace('{noticeId}', '1')
    .replace('{requestId}', `${caseId}:register:1`)
    .replace('{orderId}', orderId);
const say = (path: string, place: Place, messageId: string): Promise<Answer> => {
  const isOrderOfAgency = path.includes('{orderId}') && /\/(answer|contest)$/.test(path);
  const isAgency = path.startsWith('/agency/') || isOrderOfAgency;
  const isWindow = /\/(supplements|answer|materials|corrections|withdrawal)$/.test(path);
  const token = isAgency ? api.tokens.police : isWindow ? api.tokens.clerk : api.tokens.supervisor;
  return api.call('POST', addressOf(path, place), { token, body: { ...BODIES[path], messageId } });
};
const correct = (caseId: string, messageId: string, token = api.tokens.clerk, note = 'third floor') =>
  api.call('POST', `/api/v1/cases/${caseId}/corrections`, { token, body: { messageId, changes: { note }, ...REASON } });
const decide = (caseId: string, messageId: string, more: object = {}) =>
  api.call('POST', `/agency/v1/tasks/${caseId}:register:1/decision`, {
    agency: 'police',
    headers: {},
    body: { messageId, decision: 'approved', ...more },
  });
const storedIds = async ({ caseId }: Place): Promise<string[]> => {
  const { rows } = await api.pool.query<{ id: string }>(
    `select message_id as id from inbox where case_id = $1 union all
    select message_id from supervision_events join supervision_orders on order_id = id where case_id = $1`,
    [caseId],
  );
  return rows.map(({ id }) => id);
};

describe('every route that takes a message id', () => {
  it('is in the table of this test', async () => {
    const { paths, components } = (await api.call('GET', '/api/openapi.json')).body as unknown as {
      paths: Record<string, Record<string, { requestBody?: object }>>;
      components: object;
    };
    expect(components).toBeDefined();
    const taking = Object.entries(paths).flatMap(([path, methods]) =>
      Object.values(methods).some(({ requestBody }) => JSON.stringify(requestBody ?? {}).includes('"messageId"'))
        ? [path]
        : [],
    );
    expect(taking.sort()).toEqual(PATHS.toSorted());
  });

  it.each(PATHS)('stores it under the role and account of the sender: %s', async (path) => {
    const place = await startCase().then((found) => (path.includes('{orderId}') ? giveOrder(found) : found));
    const before = await storedIds(place);
    const guesses = [
      'start',
      'due-instants:supplement:1',
      'system:due-instants:supplement:1:9',
      'agency:police:dec-17',
    ];
    for (const guess of guesses) await say(path, place, guess);
    const stored = (await storedIds(place)).filter((id) => !before.includes(id));
    const owners = ['clerk:clerk-1:', 'supervisor:supervisor-1:', 'officer:police-1:'];
    for (const id of stored) expect(owners.filter((owner) => id.startsWith(owner))).toHaveLength(1);
    for (const id of stored) expect(guesses).toContain(id.split(':').slice(2).join(':'));
  });

  it.each(PATHS)('refuses one that is longer or has other characters, with its place: %s', async (path) => {
    const place = await startCase().then((found) => (path.includes('{orderId}') ? giveOrder(found) : found));
    for (const wrong of ['', 'x'.repeat(101), '林晓雨', 'a b', 'a~b']) {
      const { status, body } = await say(path, place, wrong);
      expect({ status, ...body }).toMatchObject({
        status: 400,
        code: 'REQUEST_INVALID',
        errors: [{ path: 'body.messageId', message: '应为 1 至 100 个字符，只用字母、数字和 . _ : -' }],
      });
    }
  });
});

describe('a repetition', () => {
  it('counts once, and its sender sees their own id', async () => {
    const { caseId } = await startCase();
    for (const messageId of ['m-1', '339900198802290020']) {
      for (const _time of [1, 2]) {
        const answer = await correct(caseId, messageId);
        expect(answer).toMatchObject({ status: 200, body: { messageId, outcome: 'applied' } });
      }
      expect((await correct(caseId, messageId, api.tokens.clerk, 'other')).body.code).toBe('MESSAGE_ID_REUSED');
    }
    expect(await storedIds({ caseId })).toHaveLength(2);
  });

  it('is no repetition when another person uses the same id', async () => {
    const { caseId } = await startCase();
    expect(await correct(caseId, 'm-1')).toMatchObject({ status: 200 });
    expect(await correct(caseId, 'm-1', second, 'other')).toMatchObject({ status: 200, body: { outcome: 'applied' } });
    expect((await storedIds({ caseId })).toSorted()).toEqual(['clerk:clerk-1:m-1', 'clerk:clerk-3:m-1']);
  });

  it('of an agency that numbers by ID numbers is recognised, and a different decision too', async () => {
    const { caseId } = await startCase();
    const messageId = '339900198802290020';
    for (const _time of [1, 2])
      expect(await decide(caseId, messageId)).toMatchObject({ status: 200, body: { messageId } });
    expect(await decide(caseId, messageId, { reason: 'other' })).toMatchObject({
      status: 409,
      body: { code: 'MESSAGE_ID_REUSED' },
    });
  });
});

describe('a clerk who guesses an id', () => {
  const guess = async (caseId: string, ids: readonly string[]) => {
    for (const id of ids) expect((await correct(caseId, id, api.tokens.clerk, id)).status, id).toBe(200);
  };

  it('does not stop a deadline', async () => {
    const { caseId } = await startCase();
    // Each of these corrections adds an entry to the ledger, whose last number is in the id.
    const guesses = Array.from({ length: 25 }, (_, index) => `system:due-instants:supplement:1:${index + 15}`);
    await guess(caseId, ['timekeeper:supplement:1', 'due-instants:supplement:1', ...guesses]);
    const supplements = [{ field: 'note', reason: '缺失' }];
    await decide(caseId, 'dec-1', { decision: 'supplement', supplements });
    const loop = startDueInstants({ db: api.pool, cipher: api.cipher, log });
    const noticeIs = (status: string) =>
      vi.waitFor(
        async () => {
          await api.pool.query(`update dues set due_at = now() where case_id = $1 and sent_at is null`, [caseId]);
          const { rows } = await api.pool.query('select status from notices where case_id = $1', [caseId]);
          expect(rows).toEqual([{ status }]);
        },
        { timeout: 20_000 },
      );
    await noticeIs('lapsed');
    await loop.stop();
    expect((await api.pool.query('select from dues where case_id = $1', [caseId])).rowCount).toBe(0);
  });

  it('does not take the decision of an agency', async () => {
    const { caseId } = await startCase();
    await guess(caseId, ['police:dec-000017', 'agency:police:dec-000017', 'dec-000017']);
    expect(await decide(caseId, 'dec-000017')).toMatchObject({ status: 200, body: { outcome: 'applied' } });
  });

  it('does not settle an item of a bulk act', async () => {
    const { caseId } = await startCase();
    const { body } = await api.call('POST', '/api/v1/bulk', {
      token: api.tokens.supervisor,
      headers: { 'idempotency-key': uuidv7() },
      body: { ...REASON, action: { kind: 'urge' }, filter: { matter: 'small-move' } },
    });
    const { bulkId } = body as unknown as { bulkId: string };
    const { rows: items } = await api.pool.query<{ n: number; step: string }>(
      `select n, step_id as step from bulk_items where bulk_id = $1 and case_id = $2 and state = 'pending' order by n`,
      [bulkId, caseId],
    );
    expect(items.length).toBeGreaterThan(0);
    await guess(
      caseId,
      items.flatMap(({ n }) => [`bulk:${bulkId}:${n}`, `system:bulk-executor:${bulkId}:${n}`]),
    );
    await api.pool.query(`update bulk_acts set status = 'running' where id = $1`, [bulkId]);
    while ((await sendNextItems(api.pool, { cipher: api.cipher, log }, { limit: 100, everyMs: 0 })) > 0)
      await api.driver.takeTurn();
    await settleItems(api.pool);
    expect((await getBulk(api.pool, api.cipher, bulkId)).status).toBe('done');
    const { rows: urged } = await api.pool.query<{ step: string }>(
      `select step_id as step from ledger where case_id = $1 and kind = 'step-urged'`,
      [caseId],
    );
    expect(urged.map(({ step }) => step).toSorted()).toEqual(items.map(({ step }) => step).toSorted());
  });
});

describe('an item of a bulk act whose message meets a different one', () => {
  it('is refused with the reason, and never settles by the other', async () => {
    const { caseId } = await startCase();
    const { body } = await api.call('POST', '/api/v1/bulk', {
      token: api.tokens.supervisor,
      headers: { 'idempotency-key': uuidv7() },
      body: { ...REASON, action: { kind: 'urge' }, filter: { matter: 'small-move' } },
    });
    const { bulkId } = body as unknown as { bulkId: string };
    await api.pool.query(
      `insert into inbox (case_id, message_id, source, message, body_hash, settled_at, outcome)
      select case_id, 'system:bulk-executor:' || bulk_id || ':' || n, 'window', '{}', '\\x00', now(), '{"kind":"applied"}'
      from bulk_items where bulk_id = $1 and case_id = $2 and state = 'pending'`,
      [bulkId, caseId],
    );
    await api.pool.query(`update bulk_acts set status = 'running' where id = $1`, [bulkId]);
    while ((await sendNextItems(api.pool, { cipher: api.cipher, log }, { limit: 100, everyMs: 0 })) > 0)
      await api.driver.takeTurn();
    await settleItems(api.pool);
    const { rows } = await api.pool.query(
      `select distinct state, code from bulk_items where bulk_id = $1 and case_id = $2 and effect = 'apply'`,
      [bulkId, caseId],
    );
    expect(rows).toEqual([{ state: 'refused', code: 'MESSAGE_ID_REUSED' }]);
    const { rowCount } = await api.pool.query('select from message_conflicts where case_id = $1', [caseId]);
    expect(rowCount).toBeGreaterThan(0);
  });
});

describe('an answer to a notice', () => {
  const ask = async () => {
    const { caseId } = await startCase();
    await decide(caseId, 'dec-1', { decision: 'supplement', supplements: [{ field: 'note', reason: '缺失' }] });
    return caseId;
  };
  const answer = (caseId: string, items: string[], messageId = uuidv7()) =>
    api.call('POST', `/api/v1/cases/${caseId}/supplements/1/answer`, {
      token: api.tokens.clerk,
      body: { messageId, items, changes: { note: 'given' } },
    });

  it('names items by their ids: another form is refused, an unknown item is not recorded', async () => {
    const caseId = await ask();
    for (const item of ['339900198802290020', '林晓雨', 'register', 'register:1:339900198802290020']) {
      expect(await answer(caseId, [item])).toMatchObject({
        status: 400,
        body: { errors: [{ path: 'body.items[0]' }] },
      });
    }
    expect(await answer(caseId, ['lin-xiaoyu:1:1'])).toMatchObject({
      status: 404,
      body: { code: 'SUPPLEMENT_UNKNOWN' },
    });
    expect(await storedIds({ caseId })).toEqual(['agency:police:dec-1']);
    for (const _time of [1, 2]) expect((await answer(caseId, ['register:1:1'], 'a-1')).status).toBe(200);
  });
});
