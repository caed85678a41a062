import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { BulkItems, BulkView } from '../../contract/bulk.ts';
import { Timeline } from '../../contract/ledger.ts';
import { createLog } from '../../api/http/log.ts';
import { sendNextItems, settleItems } from '../../db/supervision/bulk.ts';
import { createToken } from '../../db/registry/tokens.ts';
import { allowedOf } from '../../domain/actions.ts';
import { openApi, type Api } from './harness.ts';

let api: Api;
let second: string;
beforeAll(async () => {
  api = await openApi({ outcomeWaitMs: 5_000 });
  second = await createToken(api.pool, api.cipher, { role: 'supervisor', account: 'supervisor-3', region: '33' });
});
afterAll(() => api.close());
beforeEach(() => api.driver.run());
afterEach(() => api.driver.pause());

const create = (body: Record<string, unknown>, token = api.tokens.supervisor, key: string = uuidv7()) =>
  api.call('POST', '/api/v1/bulk', {
    token,
    headers: { 'idempotency-key': key },
    body: { reason: '年底清零', action: { kind: 'urge' }, filter: { matter: 'small-move' }, ...body },
  });
const act = (bulkId: string, verb: string, token = api.tokens.supervisor) =>
  api.call('POST', `/api/v1/bulk/${bulkId}/${verb}`, { token });
const itemsOf = async (bulkId: string, query = '') =>
  BulkItems.parse(
    (await api.call('GET', `/api/v1/bulk/${bulkId}/items${query}`, { token: api.tokens.supervisor })).body,
  );
/** Carries out all that is running, as the worker does, until every case has answered. */
const carryOut = async () => {
  const own = { cipher: api.cipher, log: createLog('silent') };
  while ((await sendNextItems(api.pool, own, { limit: 100, everyMs: 0 })) > 0) await api.driver.takeTurn();
  await api.driver.takeTurn();
  await settleItems(api.pool);
};

describe('a bulk act', () => {
  it('freezes the result of the filter, shows the effect on each item, and does nothing yet', async () => {
    const cases = [await api.start(), await api.start()];
    await api.call('POST', `/api/v1/cases/${cases[0]!.caseId}/steps/notify/suspend`, {
      token: api.tokens.supervisor,
      body: { reason: 'x', expectedDays: 3 },
    });
    const made = await create({ action: { kind: 'resume' }, filter: { agency: 'post' } });
    expect(made.status).toBe(201);
    const bulk = BulkView.parse(made.body);
    expect(bulk).toMatchObject({ status: 'draft', total: 2, counts: { pending: 1, 'left-out': 1 }, twoPersons: false });
    const { items } = await itemsOf(bulk.bulkId);
    expect(items.map(({ caseId, stepId, effect }) => [caseId, stepId, effect])).toEqual([
      [cases[0]!.caseId, 'notify', 'apply'],
      [cases[1]!.caseId, 'notify', 'ACTION_NOT_ALLOWED'],
    ]);

    // Frozen: a case that comes later is not on the list.
    await api.start();
    await act(bulk.bulkId, 'start');
    await carryOut();
    const done = BulkView.parse((await api.call('GET', `/api/v1/bulk/${bulk.bulkId}`, { token: second })).body);
    expect(done).toMatchObject({ status: 'done', counts: { applied: 1, 'left-out': 1 } });
    expect(allowedOf(done.actions)).toEqual([]);
    const { body } = await api.call('GET', `/api/v1/cases/${cases[0]!.caseId}/ledger`, {
      token: api.tokens.supervisor,
    });
    expect(Timeline.parse(body).entries.at(-1)).toMatchObject({
      kind: 'step-resumed',
      reason: '年底清零',
      by: { id: 'supervisor-1' },
    });
  });

  it('reports the answer of the case for each item, also when the case changed after the dry run', async () => {
    const { caseId } = await api.start();
    const { body } = await create({ action: { kind: 'urge' }, filter: { step: 'register' } });
    const { bulkId } = BulkView.parse(body);
    await api.call('POST', `/agency/v1/tasks/${caseId}:register:1/decision`, {
      agency: 'police',
      body: { decision: 'approved', messageId: uuidv7() },
    });
    await act(bulkId, 'start');
    await carryOut();
    const { items } = await itemsOf(bulkId, '?state=refused');
    expect(items).toMatchObject([{ caseId, effect: 'apply', state: 'refused', code: 'ACTION_NOT_ALLOWED' }]);
  });

  it('of more than 50 items waits for another supervisor', async () => {
    for (let index = 0; index < 18; index += 1) await api.start();
    await Promise.all(Array.from({ length: 10 }, () => api.start()));
    const { body } = await create({ action: { kind: 'urge' }, filter: { matter: 'small-move' } });
    const bulk = BulkView.parse(body);
    expect(bulk.total).toBeGreaterThan(50);
    const started = BulkView.parse((await act(bulk.bulkId, 'start')).body);
    expect(started).toMatchObject({ status: 'awaiting-second' });
    expect(allowedOf(started.actions)).toEqual(['stop']);
    await carryOut();
    expect((await itemsOf(bulk.bulkId, '?state=pending&limit=500')).items).toHaveLength(bulk.counts.pending!);
    expect(await act(bulk.bulkId, 'confirm')).toMatchObject({
      status: 409,
      body: { code: 'SECOND_PERSON_REQUIRED', allowed: ['stop'] },
    });
    const sameAsAdmin = await createToken(api.pool, api.cipher, { role: 'admin', account: 'supervisor-1' });
    expect(await act(bulk.bulkId, 'confirm', sameAsAdmin)).toMatchObject({
      status: 409,
      body: { code: 'SECOND_PERSON_REQUIRED' },
    });
    expect((await act(bulk.bulkId, 'confirm', second)).body).toMatchObject({ status: 'running' });
    expect((await act(bulk.bulkId, 'pause', second)).body).toMatchObject({ status: 'paused' });
    expect((await act(bulk.bulkId, 'resume')).body).toMatchObject({ status: 'running' });
    await carryOut();
    const done = BulkView.parse((await api.call('GET', `/api/v1/bulk/${bulk.bulkId}`, { token: second })).body);
    expect(done.counts.applied).toBe(bulk.counts.pending);
    expect(done.events.map(({ kind, by }) => [kind, by.id])).toEqual([
      ['create', 'supervisor-1'],
      ['start', 'supervisor-1'],
      ['confirm', 'supervisor-3'],
      ['pause', 'supervisor-3'],
      ['resume', 'supervisor-1'],
    ]);
  });

  it('is created once for one key, and not for an empty filter', async () => {
    await api.start();
    const key = uuidv7();
    const [first, again] = [await create({}, second, key), await create({}, second, key)];
    expect(BulkView.parse(again.body).bulkId).toBe(BulkView.parse(first.body).bulkId);
    expect(await create({ filter: { matter: 'no-such' } })).toMatchObject({
      status: 409,
      body: { code: 'BULK_EMPTY' },
    });
    expect((await create({ filter: {} })).body.errors).toMatchObject([{ path: 'body.filter' }]);
    expect((await create({ reason: ' ' })).body.errors).toMatchObject([{ path: 'body.reason' }]);
    expect((await create({ action: { kind: 'reassign', agency: 'nobody' } })).body.errors).toMatchObject([
      { path: 'body.action.agency' },
    ]);
  });

  it('is limited to the scope of its supervisor; no other role makes or sees one', async () => {
    await api.start();
    const elsewhere = await create({}, api.tokens.otherSupervisor);
    expect(elsewhere).toMatchObject({ status: 409, body: { code: 'BULK_EMPTY' } });
    const { bulkId } = BulkView.parse((await create({})).body);
    const path = `/api/v1/bulk/${bulkId}`;
    expect((await api.call('GET', path, { token: api.tokens.otherSupervisor })).status).toBe(404);
    expect((await act(bulkId, 'start', api.tokens.otherSupervisor)).status).toBe(404);
    for (const token of [api.tokens.clerk, api.tokens.police]) {
      expect((await create({}, token)).status).toBe(403);
      expect((await api.call('GET', path, { token })).status).toBe(403);
    }
    expect((await api.call('GET', `/api/v1/bulk/${uuidv7()}`, { token: second })).status).toBe(404);
  });
});
