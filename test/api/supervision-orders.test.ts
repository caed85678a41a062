import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { OrderDetail, OrderList, OrderView } from '../../contract/supervision-orders.ts';
import { readCaseNo } from '../../db/cases/case-numbers.ts';
import { createToken } from '../../db/registry/tokens.ts';
import { allowedOf } from '../../domain/actions.ts';
import { openApi, type Api } from './harness.ts';

let api: Api;
let second: string;
beforeAll(async () => {
  api = await openApi({ outcomeWaitMs: 5_000 });
  second = await createToken(api.pool, api.cipher, { role: 'supervisor', account: 'supervisor-3', region: '3304' });
});
afterAll(() => api.close());
beforeEach(() => api.driver.run());
afterEach(() => api.driver.pause());

const give = (caseId: string, stepId = 'register', token = api.tokens.supervisor, key: string = uuidv7()) =>
  api.call('POST', `/api/v1/cases/${caseId}/steps/${stepId}/supervision-orders`, {
    token,
    headers: { 'idempotency-key': key },
    body: { reason: '三日无回应' },
  });
const openOrder = async (stepId = 'register') => OrderView.parse((await give((await api.start()).caseId, stepId)).body);
const act = (orderId: string, action: string, token: string, body: Record<string, unknown> = {}) =>
  api.call('POST', `/api/v1/supervision-orders/${orderId}/${action}`, { token, body: { text: '说明', ...body } });
const read = async (orderId: string, token = api.tokens.supervisor) =>
  OrderDetail.parse((await api.call('GET', `/api/v1/supervision-orders/${orderId}`, { token })).body);
const list = async (query: string, token = api.tokens.supervisor) =>
  OrderList.parse((await api.call('GET', `/api/v1/supervision-orders?${query}`, { token })).body);

describe('a supervision order', () => {
  it('is issued with a number and a reason, answered in writing by the agency, and closed by another person', async () => {
    const order = await openOrder();
    expect(order).toMatchObject({ status: 'open', ground: 'hand', agency: { id: 'police' }, light: 'green' });
    expect(readCaseNo(order.orderNo)).toBe(order.orderNo);
    expect(order.actions).toMatchObject([
      ...['close', 'return', 'uphold', 'reject'].map((action) => ({ action, because: { code: 'ACTION_NOT_ALLOWED' } })),
      { action: 'circulate', because: { code: 'ORDER_NOT_OVERDUE' } },
      { action: 'lift', because: { code: 'SECOND_PERSON_REQUIRED' } },
    ]);

    const evidence = [{ reference: '浙公户〔2026〕7号' }];
    const answered = await act(order.orderId, 'answer', api.tokens.police, { text: '已派人核实，今日办结', evidence });
    expect(answered).toMatchObject({ status: 200, body: { status: 'answered' } });
    expect(allowedOf(OrderView.parse(answered.body).actions)).toEqual([]);

    expect(await act(order.orderId, 'close', api.tokens.supervisor)).toMatchObject({
      status: 409,
      body: { code: 'SECOND_PERSON_REQUIRED', allowed: ['return'] },
    });
    expect(await act(order.orderId, 'close', second)).toMatchObject({ status: 200, body: { status: 'closed' } });
    expect(await act(order.orderId, 'answer', api.tokens.police)).toMatchObject({
      status: 409,
      body: { code: 'ORDER_ENDED', allowed: [] },
    });
    expect((await read(order.orderId)).events).toMatchObject([
      { seq: 1, kind: 'open', by: { id: 'supervisor-1' }, text: '三日无回应' },
      { seq: 2, kind: 'answer', by: { id: 'police-1' }, text: '已派人核实，今日办结', evidence },
      { seq: 3, kind: 'close', by: { id: 'supervisor-3' } },
    ]);
  });

  it('is not ended by the same person in another role, whether they gave or answered it', async () => {
    const tokenOf = (role: 'supervisor' | 'admin', account: string) =>
      createToken(api.pool, api.cipher, { role, account });
    const [giver, answerer] = [await tokenOf('admin', 'supervisor-1'), await tokenOf('supervisor', 'police-1')];
    const refused = { status: 409, body: { code: 'SECOND_PERSON_REQUIRED' } };
    for (const [reply, end] of [
      [undefined, 'lift'],
      ['answer', 'close'],
      ['contest', 'uphold'],
    ] as const) {
      const { orderId } = await openOrder();
      if (reply) await act(orderId, reply, api.tokens.police);
      expect(await act(orderId, end, giver), end).toMatchObject(refused);
      if (reply) expect(await act(orderId, end, answerer), end).toMatchObject(refused);
      expect(await act(orderId, end, second), end).toMatchObject({ status: 200 });
    }
  });

  it('is contested with the times of our own rows attached, which stay as they were', async () => {
    const order = await openOrder();
    await act(order.orderId, 'contest', api.tokens.police, { text: '接收时间有误' });
    const { events, arrival } = await read(order.orderId, api.tokens.police);
    expect(events[1]!.arrival!.recorded.map(({ kind }) => kind)).toEqual(['step-submitted', 'step-accepted']);
    expect(events[1]!.arrival).toEqual(arrival);

    await api.call('POST', `/agency/v1/tasks/${order.caseId}:register:1/decision`, {
      agency: 'police',
      body: { decision: 'approved', messageId: uuidv7() },
    });
    const later = await read(order.orderId);
    expect(later.events[1]!.arrival).toEqual(arrival);
    expect(later.arrival.received).toMatchObject([{ source: 'callback' }]);
    expect(await act(order.orderId, 'uphold', api.tokens.supervisor)).toMatchObject({
      body: { code: 'SECOND_PERSON_REQUIRED' },
    });
    expect(await act(order.orderId, 'uphold', second)).toMatchObject({ status: 200, body: { status: 'lifted' } });
  });

  it('treats the message of another person under the same id as another message', async () => {
    const { orderId } = await openOrder();
    const answer = { messageId: 'a-1', text: '今日办结' };
    expect(await act(orderId, 'answer', api.tokens.police, answer)).toMatchObject({ status: 200 });
    expect(await act(orderId, 'answer', api.tokens.police, answer)).toMatchObject({ status: 200 });
    expect(await act(orderId, 'answer', api.tokens.policeTwo, answer)).toMatchObject({
      status: 409,
      body: { code: 'ACTION_NOT_ALLOWED' },
    });
    expect(await act(orderId, 'answer', api.tokens.police, { ...answer, text: '另一答复' })).toMatchObject({
      status: 409,
      body: { code: 'MESSAGE_ID_REUSED' },
    });
  });

  it('is one at a time for a step, and the same request gives the same order', async () => {
    const { caseId } = await api.start();
    const key = uuidv7();
    const [first, again] = [
      await give(caseId, 'register', api.tokens.supervisor, key),
      await give(caseId, 'register', api.tokens.supervisor, key),
    ];
    expect(again).toMatchObject({ status: 201, body: { orderId: OrderView.parse(first.body).orderId } });
    expect(await give(caseId)).toMatchObject({ status: 409, body: { code: 'ORDER_IN_PROGRESS' } });
    const many = await Promise.all(Array.from({ length: 5 }, () => give(caseId, 'notify')));
    expect(many.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409]);
  });

  it('is not given about a step that is not with its agency, and the answer says what is allowed', async () => {
    const { caseId } = await api.start();
    expect(await give(caseId, 'meter')).toMatchObject({
      status: 409,
      body: { code: 'ACTION_NOT_ALLOWED', allowed: [] },
    });
    expect((await give(caseId, 'no-such')).status).toBe(404);
    const { body } = await api.call('GET', `/api/v1/cases/${caseId}`, { token: api.tokens.supervisor });
    expect(body.steps.map(({ id, actions }) => [id, allowedOf(actions).includes('order')])).toEqual([
      ['register', true],
      ['notify', true],
      ['meter', false],
    ]);
  });

  it('answered twice by one message is answered once; another text under that id is refused', async () => {
    const { orderId } = await openOrder();
    const messageId = uuidv7();
    const [first, second_] = [
      await act(orderId, 'answer', api.tokens.police, { messageId }),
      await act(orderId, 'answer', api.tokens.police, { messageId }),
    ];
    expect([first.status, second_.status]).toEqual([200, 200]);
    expect(await act(orderId, 'answer', api.tokens.police, { messageId, text: '别的' })).toMatchObject({
      status: 409,
      body: { code: 'MESSAGE_ID_REUSED' },
    });
    expect((await read(orderId)).events).toHaveLength(2);
  });

  it('answered by two officers at the same time has one answer', async () => {
    const { orderId } = await openOrder();
    const both = await Promise.all([
      act(orderId, 'answer', api.tokens.police),
      act(orderId, 'answer', api.tokens.policeTwo),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect((await read(orderId)).events).toHaveLength(2);
  });

  it('needs a written text', async () => {
    const { orderId } = await openOrder();
    expect((await act(orderId, 'answer', api.tokens.police, { text: '  ' })).body.errors).toMatchObject([
      { path: 'body.text' },
    ]);
  });
});

describe('who sees and does what', () => {
  it('an agency sees only its own orders, a supervisor those of the division', async () => {
    const { orderId, caseId } = await openOrder('notify');
    const path = `/api/v1/supervision-orders/${orderId}`;
    expect((await api.call('GET', path, { token: api.tokens.post })).status).toBe(200);
    expect((await api.call('GET', path, { token: api.tokens.police })).status).toBe(404);
    expect((await api.call('GET', path, { token: api.tokens.otherSupervisor })).status).toBe(404);
    expect((await api.call('GET', path, { token: api.tokens.clerk })).status).toBe(403);
    expect((await api.call('GET', path, { agency: 'police' })).status).toBe(404);
    expect((await act(orderId, 'answer', api.tokens.police)).status).toBe(404);
    expect((await act(orderId, 'answer', api.tokens.supervisor)).status).toBe(403);
    expect((await act(orderId, 'close', api.tokens.post)).status).toBe(403);
    expect((await give(caseId, 'register', api.tokens.otherSupervisor)).status).toBe(404);
    expect((await give(caseId, 'register', api.tokens.police)).status).toBe(403);

    const listIds = async (token: string) =>
      (await list(`caseId=${caseId}`, token)).orders.map((order) => order.orderId);
    expect(await listIds(api.tokens.supervisor)).toEqual([orderId]);
    expect(await listIds(api.tokens.post)).toEqual([orderId]);
    expect(await listIds(api.tokens.police)).toEqual([]);
    expect(await listIds(api.tokens.otherSupervisor)).toEqual([]);
    const own = await api.call('GET', `/api/v1/supervision-orders?agency=post`, { agency: 'police' });
    expect(OrderList.parse(own.body).orders).toEqual([]);
  });

  it('lists are filtered and paged without a gap, and counted exactly', async () => {
    const orders = [await openOrder(), await openOrder(), await openOrder('notify')];
    await act(orders[0]!.orderId, 'answer', api.tokens.police);
    await api.pool.query(`update supervision_orders set due_at = now() - interval '1 minute' where id = $1`, [
      orders[1]!.orderId,
    ]);
    expect((await list('light=red')).orders).toMatchObject([{ orderId: orders[1]!.orderId, light: 'red' }]);
    expect((await list('status=answered&agency=post')).orders).toEqual([]);
    const paged: string[] = [];
    let cursor = '';
    do {
      const page = await list(`limit=2${cursor}`);
      paged.push(...page.orders.map(({ orderId }) => orderId));
      cursor = page.nextCursor === undefined ? '' : `&cursor=${page.nextCursor}`;
    } while (cursor !== '');
    expect(paged).toEqual((await list('limit=100')).orders.map(({ orderId }) => orderId));
    expect((await api.call('GET', '/api/v1/supervision-orders?cursor=zzz', { token: second })).status).toBe(400);

    const { body } = await api.call('GET', '/api/v1/reports/supervision-orders', { token: api.tokens.post });
    const posts = (await list('agency=post&limit=100')).orders;
    expect(body.agencies).toMatchObject([
      { agency: { id: 'post' }, open: posts.filter(({ status }) => status === 'open').length, overdue: 0 },
    ]);
  });
});
