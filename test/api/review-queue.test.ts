import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Problem } from '../../contract/problems.ts';
import { ReviewAnswerDetail, ReviewQueue } from '../../contract/review-queue.ts';
import { putMessage } from '../../db/messages/inbox.ts';
import { openApi, send, type Api } from './harness.ts';

const can = (action: string) => ({ action, allowed: true });
const cannot = (action: string, code: string) => ({ action, allowed: false, because: { code } });

let api: Api;
/** The same API with a very short wait for outcomes. */
let hasty: string;
beforeAll(async () => {
  api = await openApi({ outcomeWaitMs: 5_000 });
  hasty = await api.another({ outcomeWaitMs: 50 });
});
afterAll(() => api.close());
beforeEach(() => api.driver.run());
afterEach(() => api.driver.pause());

const callBack = (caseId: string, body: Record<string, unknown>, url = api.url) =>
  send(`${url}/agency/v1/tasks/${caseId}:register:1/decision`, 'POST', { agency: 'police', body }, api.secrets);
const reviewQueue = async (caseId: string, token = api.tokens.supervisor) =>
  ReviewQueue.parse((await api.call('GET', `/api/v1/cases/${caseId}/review-queue`, { token })).body).answers;
const readAnswer = async (caseId: string, messageId: string, token = api.tokens.supervisor) => {
  const path = `/api/v1/cases/${caseId}/review-queue/${encodeURIComponent(messageId)}`;
  return ReviewAnswerDetail.parse((await api.call('GET', path, { token })).body);
};
const decide = (caseId: string, messageId: string, body: Record<string, unknown>, token = api.tokens.supervisor) =>
  api.call('POST', `/api/v1/cases/${caseId}/review-queue/${encodeURIComponent(messageId)}`, { token, body });
const stepOf = async (caseId: string, stepId = 'register') => {
  const { body } = await api.call('GET', `/api/v1/cases/${caseId}`, { token: api.tokens.supervisor });
  return body.steps.find(({ id }) => id === stepId);
};
/** A case whose agency has approved, and then refused. */
const contradictAnswer = async () => {
  const { caseId, caseNo } = await api.start();
  await callBack(caseId, { messageId: 'm1', decision: 'approved', result: { registerNo: 'R-1' } });
  const second = await callBack(caseId, { messageId: 'm2', decision: 'refused', reason: '材料不实' });
  expect(second).toMatchObject({ status: 409, body: { code: 'STEP_ALREADY_DECIDED' } });
  return { caseId, caseNo };
};

describe('an answer that does not count', () => {
  it('is in the review queue with the reason and the recorded decision, and alone with its words', async () => {
    const { caseId, caseNo } = await contradictAnswer();
    expect(await reviewQueue(caseId)).toEqual([
      {
        caseId,
        caseNo,
        messageId: 'agency:police:m2',
        step: { id: 'register', name: { zh: 'register环节', en: 'register' } },
        round: 1,
        agency: { id: 'police', name: { zh: 'police局', en: 'police' } },
        decision: 'refused',
        source: 'callback',
        receivedAt: expect.any(String) as string,
        state: 'open',
        why: {
          code: 'STEP_ALREADY_DECIDED',
          text: { zh: '该环节已有办理结果', en: 'The step has already been decided' },
        },
        record: {
          status: 'done',
          round: 1,
          decision: 'approved',
          first: { decision: 'approved', by: { role: 'agency', id: 'police' }, at: expect.any(String) as string },
        },
        actions: [can('adopt'), can('dismiss')],
      },
    ]);
    const [listed] = await reviewQueue(caseId);
    expect(await readAnswer(caseId, 'agency:police:m2')).toEqual({ ...listed, reason: '材料不实' });
    const { body } = await api.call('GET', '/api/v1/review-queue?agency=police', { token: api.tokens.supervisor });
    expect(ReviewQueue.parse(body).answers.map((answer) => answer.caseId)).toContain(caseId);
  });

  it('is on the page of its case, for the people who decide about it', async () => {
    const { caseId } = await contradictAnswer();
    const page = async (token: string) => (await api.call('GET', `/api/v1/cases/${caseId}`, { token })).body;
    expect(await page(api.tokens.supervisor)).toMatchObject({ keptAnswers: await reviewQueue(caseId) });
    for (const token of [api.tokens.clerk, api.tokens.police])
      expect(await page(token)).not.toHaveProperty('keptAnswers');
  });

  it('is there when it came under an id that was used before: 409, and nothing is overwritten', async () => {
    const { caseId } = await api.start();
    await callBack(caseId, { messageId: 'm1', decision: 'approved' });
    const conflict = { messageId: 'm1', decision: 'refused', reason: '重复编号' };
    for (const _time of [1, 2]) {
      expect(await callBack(caseId, conflict)).toMatchObject({ status: 409, body: { code: 'MESSAGE_ID_REUSED' } });
    }
    expect(await reviewQueue(caseId)).toMatchObject([
      { decision: 'refused', why: { code: 'MESSAGE_ID_REUSED' }, record: { decision: 'approved' } },
    ]);
    const [{ messageId } = { messageId: '' }] = await reviewQueue(caseId);
    expect(await readAnswer(caseId, messageId)).toMatchObject({ reason: '重复编号' });
    expect(await stepOf(caseId)).toMatchObject({ status: 'done' });
    expect(await callBack(caseId, { messageId: 'm1', decision: 'approved' })).toMatchObject({ status: 200 });
  });

  it('is there when it came after the case was withdrawn', async () => {
    const { caseId } = await api.start();
    await api.call('POST', `/api/v1/cases/${caseId}/withdrawal`, {
      token: api.tokens.clerk,
      body: { reason: '不办了' },
    });
    const late = await callBack(caseId, { messageId: 'late', decision: 'approved' });
    expect(late.status).toBe(409);
    const actions = [cannot('adopt', 'CASE_ENDED'), can('dismiss')];
    expect(await reviewQueue(caseId)).toMatchObject([
      { messageId: 'agency:police:late', state: 'open', why: { code: late.body.code }, actions },
    ]);
  });

  it('is there when it was the reply to our own request, which only the ledger shows', async () => {
    const { caseId } = await contradictAnswer();
    await putMessage(api.pool, api.cipher, {
      caseId,
      messageId: 'agency:police:r1',
      stepId: 'register',
      round: 1,
      source: 'reply',
      message: {
        kind: 'decision',
        id: 'agency:police:r1',
        stepId: 'register',
        round: 1,
        decision: 'refused',
        by: { role: 'agency', id: 'police' },
      },
      body: { reason: 'x' },
      settled: { kind: 'applied' },
    });
    expect(await reviewQueue(caseId)).toHaveLength(1);
    await api.pool.query(
      `insert into ledger (case_id, seq, at, kind, step_id, entry, hash)
      values ($1, 1000, now(), 'message-refused', 'register', $2, '\\x00')`,
      [
        caseId,
        JSON.stringify({ kind: 'message-refused', messageId: 'agency:police:r1', code: 'STEP_ALREADY_DECIDED' }),
      ],
    );
    expect(await reviewQueue(caseId)).toMatchObject([
      { messageId: 'agency:police:r1', source: 'reply' },
      { messageId: 'agency:police:m2' },
    ]);
  });

  it('that is pending because it came before its step is shown, and needs no decision by a person', async () => {
    const { caseId } = await api.start();
    await api.driver.pause();
    const early = await callBack(caseId, { messageId: 'early', decision: 'approved' }, hasty);
    expect(early.status).toBe(202);
    expect(await reviewQueue(caseId)).toEqual([]);
    await api.pool.query(`update inbox set received_at = received_at - interval '1 minute' where case_id = $1`, [
      caseId,
    ]);
    const actions = ['adopt', 'dismiss'].map((verdict) => cannot(verdict, 'ACTION_NOT_ALLOWED'));
    expect(await reviewQueue(caseId)).toMatchObject([{ messageId: 'agency:police:early', state: 'pending', actions }]);
    expect(await decide(caseId, 'agency:police:early', { verdict: 'dismiss', reason: 'x' })).toMatchObject({
      status: 409,
      body: { code: 'ACTION_NOT_ALLOWED' },
    });
    api.driver.run();
    await expect.poll(() => reviewQueue(caseId)).toEqual([]);
    expect(await stepOf(caseId)).toMatchObject({ status: 'done' });
  });

  it('is not visible to windows, officers and other divisions', async () => {
    const { caseId } = await contradictAnswer();
    expect((await api.call('GET', '/api/v1/review-queue', { token: api.tokens.clerk })).status).toBe(403);
    expect((await api.call('GET', `/api/v1/cases/${caseId}/review-queue`, { token: api.tokens.police })).status).toBe(
      403,
    );
    const foreign = await api.call('GET', '/api/v1/review-queue?state=all', { token: api.tokens.otherSupervisor });
    expect(ReviewQueue.parse(foreign.body).answers).toEqual([]);
    const body = { verdict: 'dismiss', reason: 'x' };
    expect((await decide(caseId, 'agency:police:m2', body, api.tokens.otherSupervisor)).status).toBe(404);
  });

  it('has pages without repetition', async () => {
    const { caseId } = await api.start();
    await callBack(caseId, { messageId: 'm1', decision: 'approved' });
    for (const id of ['a', 'b', 'c']) await callBack(caseId, { messageId: id, decision: 'refused', reason: id });
    const path = `/api/v1/cases/${caseId}/review-queue?limit=2`;
    const first = ReviewQueue.parse((await api.call('GET', path, { token: api.tokens.supervisor })).body);
    const second = await api.call('GET', `${path}&cursor=${first.nextCursor}`, { token: api.tokens.supervisor });
    const ids = [...first.answers, ...ReviewQueue.parse(second.body).answers].map(({ messageId }) => messageId);
    expect(ids).toEqual(['agency:police:c', 'agency:police:b', 'agency:police:a']);
  });
});

describe('a person decides about such an answer', () => {
  it('and makes it the decision, with its words; the person and reason stay in the review queue', async () => {
    const { caseId } = await contradictAnswer();
    const adopted = await decide(caseId, 'agency:police:m2', { verdict: 'adopt', reason: '已与部门核实' });
    expect(adopted).toMatchObject({ status: 200, body: { outcome: 'applied' } });
    expect(await stepOf(caseId)).toMatchObject({ status: 'refused', reason: '材料不实' });
    const [answer, ...others] = await reviewQueue(caseId);
    expect(others).toEqual([]);
    expect(answer).toMatchObject({
      state: 'adopted',
      actions: ['adopt', 'dismiss'].map((verdict) => cannot(verdict, 'ANSWER_DECIDED')),
      settled: { by: { id: 'supervisor-1' }, reason: '已与部门核实' },
    });
    const again = await decide(caseId, 'agency:police:m2', { verdict: 'dismiss', reason: 'x' });
    expect(again).toMatchObject({
      status: 409,
      body: { code: 'ANSWER_DECIDED', settled: { by: { id: 'supervisor-1' }, reason: '已与部门核实' } },
    });
    expect(Problem.parse(again.body).settled).toMatchObject({ reason: '已与部门核实' });
  });

  it('or dismisses it, and the record stays unchanged', async () => {
    const { caseId } = await contradictAnswer();
    const before = await stepOf(caseId);
    expect((await decide(caseId, 'agency:police:m2', { verdict: 'dismiss' })).body.errors).toMatchObject([
      { path: 'body.reason' },
    ]);
    expect((await decide(caseId, 'agency:police:m2', { verdict: 'dismiss', reason: '部门确认误发' })).status).toBe(200);
    expect(await reviewQueue(caseId)).toMatchObject([
      { state: 'dismissed', settled: { by: { id: 'supervisor-1' }, reason: '部门确认误发' } },
    ]);
    expect(await stepOf(caseId)).toEqual(before);
    const { rows } = await api.pool.query('select reason::text from dismissals');
    expect(JSON.stringify(rows)).not.toContain('部门确认误发');
  });

  it('once, also when several try at the same time', async () => {
    const { caseId } = await contradictAnswer();
    const verdicts = Array.from({ length: 10 }, (_, index) => (index % 2 === 0 ? 'adopt' : 'dismiss'));
    const answers = await Promise.all(
      verdicts.map((verdict) => decide(caseId, 'agency:police:m2', { verdict, reason: 'x' })),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const losers = answers.filter(({ status }) => status !== 200).map(({ body }) => body.code);
    expect(new Set(losers)).toEqual(new Set(['ANSWER_DECIDED']));
  });

  it('but cannot make a request for a supplement the decision of a step, nor an answer that is not there', async () => {
    const { caseId } = await api.start();
    await callBack(caseId, { messageId: 'm1', decision: 'approved' });
    await callBack(caseId, { messageId: 'm2', decision: 'supplement', supplements: [{ reason: '缺照片' }] });
    const actions = [cannot('adopt', 'ACTION_NOT_ALLOWED'), can('dismiss')];
    expect(await reviewQueue(caseId)).toMatchObject([{ decision: 'supplement', actions }]);
    const adopted = await decide(caseId, 'agency:police:m2', { verdict: 'adopt', reason: 'x' });
    expect(adopted).toMatchObject({ status: 409, body: { code: 'ACTION_NOT_ALLOWED' } });
    expect((await decide(caseId, 'agency:police:m1', { verdict: 'adopt', reason: 'x' })).status).toBe(404);
  });

  it('of a case that no longer accepts it: the answer stays in the review queue', async () => {
    const { caseId } = await api.start();
    await api.call('POST', `/api/v1/cases/${caseId}/withdrawal`, {
      token: api.tokens.clerk,
      body: { reason: '不办了' },
    });
    await callBack(caseId, { messageId: 'late', decision: 'approved' });
    expect(await decide(caseId, 'agency:police:late', { verdict: 'adopt', reason: 'x' })).toMatchObject({
      status: 409,
      body: { code: 'CASE_ENDED', allowed: ['dismiss'] },
    });
    expect(await reviewQueue(caseId)).toMatchObject([{ state: 'open' }]);
    expect((await decide(caseId, 'agency:police:late', { verdict: 'dismiss', reason: '已撤回' })).status).toBe(200);
  });
});
