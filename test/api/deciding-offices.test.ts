import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { AgencyList } from '../../contract/agencies.ts';
import { CaseView, SubmittedCase } from '../../contract/cases.ts';
import { OrderList, OrderView } from '../../contract/supervision-orders.ts';
import { StallList } from '../../contract/stalls.ts';
import { TaskList } from '../../contract/tasks.ts';
import { listAgencies, upsertAgency } from '../../db/agencies/agencies.ts';
import { findLateSteps } from '../../db/supervision/escalation-levels.ts';
import { settleStalls } from '../../db/supervision/stalls.ts';
import { stepsToWatch } from '../../db/supervision/watch.ts';
import { publishMatter } from '../../db/registry/matters.ts';
import { createToken } from '../../db/registry/tokens.ts';
import { createDecidingMove } from '../support/deciding.ts';
import { openApi, submission, type Api } from './harness.ts';

/** A case that is accepted in Hangzhou (330106) and moves a household from Wuhan (420106) to Jiaxing (330411). */
const HANGZHOU = '330106';
const JIAXING = '330411';
const WUHAN = '420106';

let api: Api;
let tokens: Record<
  'clerk' | 'hangzhou' | 'jiaxing' | 'supervisesHangzhou' | 'supervisesJiaxing' | 'postOfWuhan',
  string
>;

beforeAll(async () => {
  api = await openApi({ outcomeWaitMs: 5_000 });
  await publishMatter(api.pool, { matter: createDecidingMove(), hash: 'd'.repeat(64), by: 'test' });
  // The post serves Zhejiang only; the police of Wuhan has a registration of its own.
  const registered = await listAgencies(api.pool, api.cipher);
  const [post, police] = ['post', 'police'].map((id) => registered.find((one) => one.id === id)!);
  await upsertAgency(api.pool, api.cipher, { ...post!, divisions: ['33'] });
  const { baseUrl: _none, ...rest } = police!;
  const wuhan = { ...rest, connection: 'worklist' as const, secrets: [] };
  await upsertAgency(api.pool, api.cipher, { ...wuhan, id: 'police-wuhan', serves: 'police', divisions: ['4201'] });
  const token = (role: 'clerk' | 'supervisor', account: string, region: string) =>
    createToken(api.pool, api.cipher, { role, account, region });
  const officer = (agency: string, region: string) =>
    createToken(api.pool, api.cipher, { role: 'officer', account: `${agency}-${region}`, agency, region });
  tokens = {
    clerk: await token('clerk', 'clerk-hz', '3301'),
    hangzhou: await officer('police', HANGZHOU),
    jiaxing: await officer('police', JIAXING),
    supervisesHangzhou: await token('supervisor', 'supervisor-hz', '3301'),
    supervisesJiaxing: await token('supervisor', 'supervisor-jx', '3304'),
    postOfWuhan: await officer('post', '42'),
  };
  api.driver.run();
});
afterAll(() => api.close());

const submit = async (form: Record<string, unknown> = {}) => {
  const answer = await api.call(
    'POST',
    '/api/v1/cases',
    submission(tokens.clerk, {
      matter: 'deciding-move',
      region: HANGZHOU,
      form: { household: { division: JIAXING }, origin: { division: JIAXING }, movers: [], ...form },
    }),
  );
  await api.driver.takeTurn();
  return answer;
};
const start = async (form?: Record<string, unknown>): Promise<string> => {
  const { status, body } = await submit(form);
  expect(status, JSON.stringify(body)).toBe(201);
  return body.caseId;
};
const get = (path: string, token: string) => api.call('GET', path, { token });
const tasksOf = async (token: string, caseNo?: string): Promise<string[]> => {
  const { tasks } = TaskList.parse((await get('/agency/v1/tasks?limit=100', token)).body);
  return tasks
    .filter((task) => caseNo === undefined || task.caseNo === caseNo)
    .map(({ step }) => step.id)
    .sort();
};
const isPart = ({ status }: { status: string }): boolean => status !== 'skipped';
const viewOf = async (caseId: string, token: string) =>
  CaseView.parse((await get(`/api/v1/cases/${caseId}`, token)).body);

describe('a step that is decided in another division than that of the window', () => {
  it('is the task of the officers there, who decide it; those of the accepting division do not see the case', async () => {
    const caseId = await start();
    const { caseNo, steps } = await viewOf(caseId, tokens.clerk);
    expect(steps.filter(isPart).map(({ id, division }) => [id, division])).toEqual([
      ['check', HANGZHOU],
      ['register', JIAXING],
      ['cancel', JIAXING],
    ]);
    // The accepting police has the step that names no division, and nothing of the others.
    expect(await tasksOf(tokens.hangzhou, caseNo)).toEqual(['check']);
    expect(await tasksOf(tokens.jiaxing, caseNo)).toEqual(['cancel', 'register']);
    const decision = `/agency/v1/tasks/${caseId}:register:1/decision`;
    const body = { decision: 'approved' };
    expect((await api.call('POST', decision, { token: tokens.hangzhou, body })).status).toBe(404);
    expect(await api.call('POST', decision, { token: tokens.jiaxing, body })).toMatchObject({ status: 200 });
    const register = (await viewOf(caseId, tokens.clerk)).steps.find(({ id }) => id === 'register');
    expect(register).toMatchObject({ status: 'done', decision: 'approved' });
  });

  it('makes the case visible there as far as the step reaches, and not beyond the division', async () => {
    const caseId = await start();
    expect((await viewOf(caseId, tokens.jiaxing)).steps.map(({ id }) => id)).toEqual(['register', 'cancel']);
    expect((await viewOf(caseId, tokens.supervisesJiaxing)).steps.map(({ id }) => id)).toEqual(['register', 'cancel']);
    for (const route of ['', '/ledger', '/clock']) {
      const text = (await get(`/api/v1/cases/${caseId}${route}`, tokens.supervisesJiaxing)).text;
      expect(text, route).not.toContain('"check"');
    }
    const other = await createToken(api.pool, api.cipher, { role: 'supervisor', account: 'other', region: '3302' });
    for (const token of [other, api.tokens.post])
      expect((await get(`/api/v1/cases/${caseId}`, token)).status).toBe(404);
    const { cases } = (await get('/api/v1/cases', tokens.jiaxing)).body;
    expect(cases.map((one) => one.caseId)).toContain(caseId);
    expect((await get('/api/v1/cases?region=3304', tokens.jiaxing)).body.cases.map((one) => one.caseId)).not.toContain(
      caseId,
    );
  });

  it('of each item of a list goes to the division that the item names', async () => {
    const caseId = await start({ movers: [{ division: JIAXING }, { division: HANGZHOU }, { name: '李一' }] });
    const { steps, caseNo } = await viewOf(caseId, tokens.clerk);
    const notices = steps.filter(({ id }) => id.startsWith('tell'));
    // An item that names none is decided where the case was accepted.
    expect(notices.map(({ id, division }) => [id, division])).toEqual([
      ['tell.1', JIAXING],
      ['tell.2', HANGZHOU],
      ['tell.3', HANGZHOU],
    ]);
    expect(await tasksOf(tokens.hangzhou, caseNo)).toEqual(['check', 'tell.2', 'tell.3']);
  });

  it('moves when the division is corrected', async () => {
    const caseId = await start();
    const changes = { 'household.division': HANGZHOU };
    const correction = { token: tokens.clerk, body: { changes, reason: '填写错误' } };
    expect((await api.call('POST', `/api/v1/cases/${caseId}/corrections`, correction)).status).toBe(200);
    const { caseNo } = await viewOf(caseId, tokens.clerk);
    expect(await tasksOf(tokens.hangzhou, caseNo)).toContain('register');
    expect(await tasksOf(tokens.jiaxing, caseNo)).toEqual(['cancel']);
  });
});

describe('supervision', () => {
  const command = (caseId: string, verb: string, token: string, body: Record<string, unknown> = {}) =>
    api.call('POST', `/api/v1/cases/${caseId}/steps/register/${verb}`, { token, body: { reason: '已催', ...body } });

  it('of a step is for the supervisor of the deciding division; both may urge', async () => {
    const caseId = await start();
    const evidence = [{ reference: '1' }];
    const decision = { decision: 'approved', evidence };
    for (const [verb, body] of [
      ['decide', decision],
      ['reassign', { officer: `police-${JIAXING}` }],
      ['suspend', { expectedDays: 2 }],
    ] as const) {
      expect((await command(caseId, verb, tokens.supervisesHangzhou, body)).status, verb).toBe(404);
    }
    for (const token of [tokens.supervisesHangzhou, tokens.supervisesJiaxing]) {
      expect((await command(caseId, 'urge', token)).status).toBe(200);
    }
    const actionsOf = async (token: string) =>
      (await viewOf(caseId, token)).steps.find(({ id }) => id === 'register')?.actions.map(({ action }) => action);
    expect(await actionsOf(tokens.supervisesHangzhou)).toEqual(['answer-supplement', 'resend', 'urge']);
    expect(await actionsOf(tokens.supervisesJiaxing)).toContain('decide');
    // An officer of the accepting division cannot get the task.
    const wrong = await command(caseId, 'reassign', tokens.supervisesJiaxing, { officer: `police-${HANGZHOU}` });
    expect(wrong).toMatchObject({ status: 400, body: { errors: [{ rule: 'unknown-officer' }] } });
    expect((await command(caseId, 'decide', tokens.supervisesJiaxing, decision)).status).toBe(200);
  });

  it('gives orders the number of the deciding division, and shows them there', async () => {
    const caseId = await start();
    const order = (token: string) =>
      api.call('POST', `/api/v1/cases/${caseId}/steps/register/supervision-orders`, {
        token,
        headers: { 'idempotency-key': uuidv7() },
        body: { reason: '三日无回应' },
      });
    expect((await order(tokens.supervisesHangzhou)).status).toBe(404);
    const { orderNo, region } = OrderView.parse((await order(tokens.supervisesJiaxing)).body);
    expect([orderNo.slice(0, 6), region]).toEqual([JIAXING, JIAXING]);
    const listed = async (token: string) =>
      OrderList.parse((await get('/api/v1/supervision-orders', token)).body).orders.map((one) => one.orderNo);
    expect(await listed(tokens.supervisesJiaxing)).toContain(orderNo);
    expect(await listed(tokens.jiaxing)).toContain(orderNo);
    expect(await listed(tokens.supervisesHangzhou)).not.toContain(orderNo);
    await api.pool.query(`update steps set yellow_at = now() where case_id = $1`, [caseId]);
    const late = await findLateSteps(api.pool, Date.now() + 1_000, 1_000);
    expect(late.find((step) => step.caseId === caseId && step.stepId === 'cancel')?.region).toBe(JIAXING);
  });

  it('shows a stall to both, and counts work where it is decided', async () => {
    const caseId = await start();
    const stall = { cause: 'agency-silent', detail: 'DECISION', turn: 'agency', since: Date.now() } as const;
    const of = { caseId, stepId: 'register', agency: 'police', matter: 'deciding-move', judgedAs: '' };
    await settleStalls(api.pool, [{ ...of, region: HANGZHOU, division: JIAXING, stall }]);
    const stalls = async (token: string, query = '') =>
      StallList.parse((await get(`/api/v1/stalls${query}`, token)).body).stalls.filter((one) => one.caseId === caseId);
    for (const token of [tokens.supervisesHangzhou, tokens.supervisesJiaxing]) {
      expect(await stalls(token)).toMatchObject([{ region: HANGZHOU, division: JIAXING }]);
    }
    expect(await stalls(api.tokens.admin, '?region=3304')).toHaveLength(1);
    expect(await stalls(api.tokens.admin, '?region=3301')).toHaveLength(0);
    const police = async (token: string) =>
      AgencyList.parse((await get('/api/v1/agencies', token)).body).agencies.find(({ id }) => id === 'police');
    const [here, there] = [await police(tokens.supervisesHangzhou), await police(tokens.supervisesJiaxing)];
    expect(here?.stalled).toBe(0);
    expect(there?.stalled).toBe(1);
    await api.pool.query(`update steps set status = 'stopped' where case_id = $1 and id = 'check'`, [caseId]);
    expect((await police(tokens.supervisesHangzhou))?.running).toBe(here!.running - 1);
    expect((await police(tokens.supervisesJiaxing))?.running).toBe(there!.running);
  });

  it('in bulk reaches the steps that the division decides', async () => {
    const caseId = await start();
    const bulk = async (token: string) =>
      api.call('POST', '/api/v1/bulk', {
        token,
        headers: { 'idempotency-key': uuidv7() },
        body: { action: { kind: 'extend', days: 1 }, filter: { matter: 'deciding-move' }, reason: '节前' },
      });
    const itemsOf = async (token: string) => {
      const { bulkId } = (await bulk(token)).body as unknown as { bulkId: string };
      const { items } = (await get(`/api/v1/bulk/${bulkId}/items?limit=500`, token)).body as unknown as {
        items: { caseId: string; stepId: string }[];
      };
      return items.filter((item) => item.caseId === caseId).map(({ stepId }) => stepId);
    };
    expect(await itemsOf(tokens.supervisesJiaxing)).toEqual(['register', 'cancel']);
    expect(await itemsOf(tokens.supervisesHangzhou)).toEqual(['check']);
  });
});

describe('several registrations of one agency', () => {
  it('get the steps of their divisions, and only these', async () => {
    const caseId = await start({ origin: { division: WUHAN } });
    const { steps, caseNo } = await viewOf(caseId, tokens.clerk);
    expect(steps.filter(isPart).map(({ id, agency }) => [id, agency.id])).toEqual([
      ['check', 'police'],
      ['register', 'police'],
      ['cancel', 'police-wuhan'],
    ]);
    const { agencies } = AgencyList.parse((await get('/api/v1/agencies', api.tokens.admin)).body);
    expect(agencies.find(({ id }) => id === 'police-wuhan')).toMatchObject({ serves: 'police', divisions: ['4201'] });
    const wuhan = await createToken(api.pool, api.cipher, {
      ...{ role: 'officer', account: 'wuhan', agency: 'police-wuhan', region: '42' },
    });
    expect(await tasksOf(wuhan, caseNo)).toEqual(['cancel']);
    // The system of the other registration acts on its own steps only.
    const decide = (stepId: string) =>
      api.call('POST', `/agency/v1/tasks/${caseId}:${stepId}:1/decision`, {
        agency: 'police',
        body: { messageId: uuidv7(), decision: 'approved' },
      });
    expect((await decide('cancel')).status).toBe(404);
    expect((await decide('register')).status).toBe(200);
  });
});

describe('a division that no office serves', () => {
  const record = (caseId: string, token: string, body: Record<string, unknown>) =>
    api.call('POST', `/api/v1/cases/${caseId}/steps/deliver/decide`, {
      token,
      body: { decision: 'approved', reason: '复函同意', ...body },
    });
  const letter = { number: '武公户函〔2026〕12号', date: '2026-01-05' };

  it('is a warning at acceptance in both languages, and a stall at the step', async () => {
    const { body } = await submit({ receiver: { division: WUHAN } });
    const { warnings, caseId } = SubmittedCase.parse(body);
    expect(warnings).toEqual([
      {
        code: 'NO_OFFICE',
        step: { id: 'deliver', name: { zh: 'deliver', en: 'deliver' } },
        division: WUHAN,
        message: {
          zh: '本环节由湖北省武汉市武昌区（420106）办理，该地尚无对接单位；受理后请发函办理，并登记复函',
          en: 'This step is decided in Wuchang Qu, Wuhan Shi, Hubei Sheng (420106), which no office serves. Ask by letter and record the answer',
        },
      },
    ]);
    await api.pool.query('update steps set watch_at = now() where case_id = $1', [caseId]);
    const watched = (await stepsToWatch(api.pool, 1_000)).find(
      (one) => one.caseId === caseId && one.stepId === 'deliver',
    );
    expect(watched).toMatchObject({ unserved: true, region: HANGZHOU, division: WUHAN });
    const { steps } = await viewOf(caseId, tokens.clerk);
    expect(steps.find(({ id }) => id === 'deliver')).toMatchObject({ division: WUHAN });
    // No office can be urged or get an order.
    await api.pool.query('update steps set yellow_at = now() where case_id = $1', [caseId]);
    const late = await findLateSteps(api.pool, Date.now() + 1_000, 1_000);
    const own = late.filter((step) => step.caseId === caseId).map(({ stepId }) => stepId);
    expect(own.sort()).toEqual(['cancel', 'check', 'register']);
  });

  it('gives no officer the task, and its letter is recorded by the accepting supervisor', async () => {
    const caseId = await start({ receiver: { division: WUHAN } });
    expect(await tasksOf(tokens.postOfWuhan)).toEqual([]);
    expect((await get(`/api/v1/cases/${caseId}`, tokens.postOfWuhan)).status).toBe(404);
    expect((await record(caseId, tokens.supervisesJiaxing, { letter })).status).toBe(404);
    expect((await record(caseId, tokens.clerk, { letter })).status).toBe(403);
    for (const [given, rule] of [
      [{ evidence: [{ reference: '1' }] }, 'letter-needed'],
      [{ letter: { ...letter, date: '2999-01-01' } }, 'letter-in-the-future'],
    ] as const) {
      expect(await record(caseId, tokens.supervisesHangzhou, given)).toMatchObject({
        status: 400,
        body: { errors: [{ path: 'body.letter', rule }] },
      });
    }
    expect((await record(caseId, tokens.supervisesHangzhou, { letter })).status).toBe(200);
    const deliver = (await viewOf(caseId, tokens.supervisesHangzhou)).steps.find(({ id }) => id === 'deliver');
    expect(deliver).toMatchObject({ status: 'done', decision: 'approved', reason: '复函同意', letter });
    expect((await get(`/api/v1/cases/${caseId}/ledger`, tokens.supervisesHangzhou)).text).toContain(letter.number);
  });

  it('is no matter of a step that an office serves', async () => {
    const caseId = await start({ receiver: { division: JIAXING } });
    expect(await record(caseId, tokens.supervisesJiaxing, { letter })).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'body.letter', rule: 'letter-not-needed' }] },
    });
  });

  it('has an office as soon as one is registered for it', async () => {
    const caseId = await start({ receiver: { division: WUHAN } });
    const post = (await listAgencies(api.pool, api.cipher)).find(({ id }) => id === 'post')!;
    await upsertAgency(api.pool, api.cipher, { ...post, divisions: ['33', '4201'] });
    expect(await tasksOf(tokens.postOfWuhan)).toContain('deliver');
    expect((await get(`/api/v1/cases/${caseId}`, tokens.postOfWuhan)).status).toBe(200);
    await upsertAgency(api.pool, api.cipher, { ...post, divisions: ['33'] });
  });
});
