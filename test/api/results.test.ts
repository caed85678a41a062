import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { publishMatter } from '../../db/registry/matters.ts';
import type { StepView } from '../../contract/steps.ts';
import { CARD_APPLICATION } from '../support/matters.ts';
import { openApi, submission, type Answer, type Api } from './harness.ts';

const ID_NO = '339900198802290020';
const OTHER = '339900199003070018';
const MASKED = '339***********0020';

let api: Api;
beforeAll(async () => {
  api = await openApi({ outcomeWaitMs: 5_000 });
  await publishMatter(api.pool, { matter: CARD_APPLICATION, hash: 'c'.repeat(64), by: 'test' });
});
afterAll(() => api.close());
beforeEach(() => api.driver.run());
afterEach(() => api.driver.pause());

const start = async (names = ['林晓雨']): Promise<string> => {
  const form = { people: names.map((name) => ({ name })) };
  const asked = submission(api.tokens.clerk, { matter: CARD_APPLICATION.code, form });
  const { status, body } = await api.call('POST', '/api/v1/cases', asked);
  expect(status).toBe(201);
  await api.driver.takeTurn();
  return body.caseId;
};
const decide = (task: string, body: unknown, by: { token?: string; agency?: string }): Promise<Answer> =>
  api.call('POST', `/agency/v1/tasks/${task}/decision`, { ...by, body });
const bySystem = (caseId: string, result: unknown, messageId = 'm1', step = 'register:1') =>
  decide(`${caseId}:${step}`, { messageId, decision: 'approved', result }, { agency: 'police' });
const approve = async (caseId: string, result: unknown, step = 'register:1'): Promise<void> => {
  expect(await bySystem(caseId, result, `${step}-ok`, step)).toMatchObject({ status: 200 });
};
const stepOf = async (caseId: string, stepId: string): Promise<StepView> => {
  const { body } = await api.call('GET', `/api/v1/cases/${caseId}`, { token: api.tokens.supervisor });
  return body.steps.find(({ id }) => id === stepId)!;
};
const taskOf = async (task: string, token: string) =>
  (await api.call('GET', `/agency/v1/tasks/${task}`, { token })).body;
const command = (caseId: string, verb: string, body: object, step = 'register') =>
  api.call('POST', `/api/v1/cases/${caseId}/steps/${step}/${verb}`, { token: api.tokens.supervisor, body });
const answerOf = (caseId: string, id = 'm1') =>
  `/api/v1/cases/${caseId}/review-queue/${encodeURIComponent(`agency:police:${id}`)}`;

describe('the result of a step', () => {
  it('reaches the officers of a later step, as far as it discloses it, and the record says so', async () => {
    const caseId = await start();
    await approve(caseId, { idNo: ID_NO, copies: 2, certificateNo: 'A-1' });
    const name = { zh: 'register', en: 'register' };
    expect(await taskOf(`${caseId}:card:1`, api.tokens.post)).toMatchObject({
      results: [{ step: 'register', name, values: { idNo: ID_NO } }],
      resultFields: [],
    });
    const { body } = await api.call('GET', `/api/v1/cases/${caseId}`, { token: api.tokens.supervisor });
    expect(body.disclosures).toMatchObject([
      { step: 'card', agency: 'post', fields: ['people[].name', 'result:register.idNo'] },
    ]);
  });

  it('is that of the same person, and of all persons for a step that is not repeated', async () => {
    const caseId = await start(['林晓雨', '陈一诺']);
    await approve(caseId, { idNo: ID_NO }, 'register.1:1');
    await approve(caseId, { idNo: OTHER }, 'register.2:1');
    expect(await taskOf(`${caseId}:card.2:1`, api.tokens.post)).toMatchObject({
      results: [{ item: 2, values: { idNo: OTHER } }],
    });
    expect(await taskOf(`${caseId}:report:1`, api.tokens.utilities)).toMatchObject({
      results: [
        { item: 1, values: { idNo: ID_NO } },
        { item: 2, values: { idNo: OTHER } },
      ],
    });
  });

  it('is masked in the case where it is personal', async () => {
    const caseId = await start();
    await approve(caseId, { idNo: ID_NO, copies: 2, certificateNo: 'A-1' });
    expect((await stepOf(caseId, 'register')).result).toEqual({ idNo: MASKED, copies: 2, certificateNo: 'A-1' });
  });

  it('that another one replaces is sent again, and a fact that used it is for a person', async () => {
    const caseId = await start();
    await approve(caseId, { idNo: ID_NO });
    expect(await decide(`${caseId}:card:1`, { decision: 'approved' }, { token: api.tokens.post })).toMatchObject({
      status: 200,
    });
    await command(caseId, 'redo', { reason: '号码有误' });
    await approve(caseId, { idNo: OTHER }, 'register:2');
    expect(await stepOf(caseId, 'card')).toMatchObject({ status: 'attention', attention: 'CORRECTION_BY_PERSON' });
    expect(await stepOf(caseId, 'report')).toMatchObject({ status: 'accepted', round: 2 });
    expect(await taskOf(`${caseId}:report:2`, api.tokens.utilities)).toMatchObject({
      results: [{ values: { idNo: OTHER } }],
    });
  });
});

describe('an approval of a system without its whole result', () => {
  it.each([
    ['absent', undefined, 'idNo', 'required'],
    ['empty', { idNo: '' }, 'idNo', 'required'],
    ['of a wrong type', { idNo: 7 }, 'idNo', 'wrong-type'],
    ['of a wrong format', { idNo: '339900198802290021' }, 'idNo', 'citizen-id'],
    ['wrong in an optional field', { idNo: ID_NO, copies: 0 }, 'copies', 'too-small'],
  ])('does not count: %s', async (_, result, field, rule) => {
    const caseId = await start();
    const answer = await bySystem(caseId, result);
    expect(answer).toMatchObject({
      status: 409,
      body: { code: 'RESULT_INVALID', errors: [{ path: `body.result.${field}`, rule }] },
    });
    expect(answer.text).not.toContain('3399');
    expect(await stepOf(caseId, 'register')).toMatchObject({
      status: 'attention',
      attention: 'RESULT_INVALID',
      waiting: { cause: 'agency-rejected', detail: 'RESULT_INVALID', stalled: true },
    });
    const token = api.tokens.supervisor;
    expect((await api.call('GET', answerOf(caseId), { token })).body).toMatchObject({
      why: { code: 'RESULT_INVALID' },
      resultFaults: [{ field, rule }],
      resultFields: [{ id: 'idNo' }, { id: 'copies' }],
    });
    const ledger = await api.call('GET', `/api/v1/cases/${caseId}/ledger`, { token });
    expect(ledger.body).toMatchObject({
      entries: expect.arrayContaining([
        expect.objectContaining({
          kind: 'step-attention',
          details: expect.objectContaining({ fields: [field] }) as unknown,
        }),
      ]) as unknown,
    });
    expect((await stepOf(caseId, 'card')).status).toBe('waiting');
  });

  it('is followed by the right one', async () => {
    const caseId = await start();
    await bySystem(caseId, {});
    await approve(caseId, { idNo: ID_NO });
    expect(await stepOf(caseId, 'register')).toMatchObject({ status: 'done', result: { idNo: MASKED } });
  });

  it('is completed by the person who adopts it', async () => {
    const caseId = await start();
    await bySystem(caseId, { idNo: '339900198802290021', copies: 2 });
    const token = api.tokens.supervisor;
    const adopt = (result?: object) =>
      api.call('POST', answerOf(caseId), { token, body: { verdict: 'adopt', reason: '已核对户口页', result } });
    expect(await adopt()).toMatchObject({
      status: 400,
      body: { code: 'REQUEST_INVALID', errors: [{ path: 'body.result.idNo', rule: 'citizen-id' }] },
    });
    expect(await adopt({ idNo: ID_NO })).toMatchObject({ status: 200 });
    expect((await stepOf(caseId, 'register')).result).toEqual({ idNo: MASKED, copies: 2 });
    expect(await taskOf(`${caseId}:card:1`, api.tokens.post)).toMatchObject({ results: [{ values: { idNo: ID_NO } }] });
  });
});

describe('a person who approves', () => {
  it.each([
    ['zh', '请填写公民身份号码'],
    ['en', 'Citizen identity number is required'],
  ])('is told which fields are missing (%s)', async (language, message) => {
    const caseId = await start();
    const answer = await api.call('POST', `/agency/v1/tasks/${caseId}:register:1/decision`, {
      token: api.tokens.police,
      headers: { 'accept-language': language },
      body: { decision: 'approved' },
    });
    expect(answer).toMatchObject({
      status: 400,
      body: { code: 'REQUEST_INVALID', errors: [{ path: 'body.result.idNo', rule: 'required', message }] },
    });
    expect(await stepOf(caseId, 'register')).toMatchObject({ status: 'accepted' });
  });

  it('sees in the task what to fill in, and gives it with the decision', async () => {
    const caseId = await start();
    const task = await taskOf(`${caseId}:register:1`, api.tokens.police);
    expect(task).toMatchObject({
      resultFields: [{ id: 'idNo', format: 'citizen-id', required: true, personal: true }, { id: 'copies' }],
    });
    const said = { decision: 'approved', result: { idNo: ID_NO } };
    expect(await decide(`${caseId}:register:1`, said, { token: api.tokens.police })).toMatchObject({ status: 200 });
    expect(await taskOf(`${caseId}:card:1`, api.tokens.post)).toMatchObject({ results: [{ values: { idNo: ID_NO } }] });
  });

  it('in place of the agency gives the result too', async () => {
    const caseId = await start();
    const said = { decision: 'approved', reason: '部门来函', evidence: [{ reference: '函〔2026〕1号' }] };
    expect(await command(caseId, 'decide', said)).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'body.result.idNo', rule: 'required' }] },
    });
    expect(await command(caseId, 'decide', { ...said, result: { idNo: ID_NO } })).toMatchObject({ status: 200 });
    expect(await taskOf(`${caseId}:card:1`, api.tokens.post)).toMatchObject({ results: [{ values: { idNo: ID_NO } }] });
  });

  it('needs no result for a refusal', async () => {
    const caseId = await start();
    const said = { decision: 'refused', reason: '已在其他地方登记' };
    expect(await decide(`${caseId}:register:1`, said, { token: api.tokens.police })).toMatchObject({ status: 200 });
  });
});

it('the personal values of results are in clear nowhere in the database and in no log', async () => {
  const caseId = await start();
  await bySystem(caseId, { idNo: ID_NO, copies: 0 });
  await approve(caseId, { idNo: ID_NO });
  await taskOf(`${caseId}:card:1`, api.tokens.post);
  const { rows } = await api.pool.query<{ found: string }>(
    `select row::text as found from (
      select ledger::text as row from ledger union all select steps::text from steps union all select disclosures::text from disclosures
      union all select (case_id, message_id, message, outcome)::text from inbox union all select cases::text from cases
    ) everything`,
  );
  expect(rows.length).toBeGreaterThan(5);
  expect(rows.filter(({ found }) => found.includes(ID_NO))).toEqual([]);
  expect(api.log.join('\n')).not.toContain(ID_NO);
});
