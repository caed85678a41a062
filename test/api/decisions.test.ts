import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { signedHeaders } from '../../agencies/signature.ts';
import { createToken } from '../../db/registry/tokens.ts';
import { openApi, send, submission, type Api } from './harness.ts';

let api: Api;
beforeAll(async () => {
  api = await openApi({ outcomeWaitMs: 5_000 });
});
afterAll(() => api.close());
beforeEach(() => api.driver.run());
afterEach(() => api.driver.pause());

const decisionPath = (caseId: string, stepId: string, round = 1) =>
  `/agency/v1/tasks/${caseId}:${stepId}:${round}/decision`;
const approval = (more: Record<string, unknown> = {}) => ({ messageId: uuidv7(), decision: 'approved', ...more });
const stepsOf = async (caseId: string, token: string = api.tokens.clerk) =>
  (await api.call('GET', `/api/v1/cases/${caseId}`, { token })).body.steps;

describe('a decision', () => {
  it('of an officer counts at once and starts the steps that waited for it', async () => {
    const { caseId } = await api.start();
    const body = approval({ reason: '材料齐全', result: { registerNo: 'R-1' } });
    const answer = await api.call('POST', decisionPath(caseId, 'register'), { token: api.tokens.police, body });
    expect(answer).toMatchObject({ status: 200, body: { messageId: body.messageId, outcome: 'applied' } });
    const [register, , meter] = await stepsOf(caseId);
    expect(register).toMatchObject({
      status: 'done',
      decision: 'approved',
      reason: '材料齐全',
      result: { registerNo: 'R-1' },
    });
    expect(meter).toMatchObject({ status: 'accepted', round: 1 });
  });

  it('of an agency system counts by its signature, and unknown keys are dropped', async () => {
    const { caseId } = await api.start();
    const body = approval({ internalNote: 'not ours' });
    const answer = await api.call('POST', decisionPath(caseId, 'register'), { agency: 'police', body });
    expect(answer).toMatchObject({ status: 200, body: { outcome: 'applied' } });
  });

  it('of an officer with an unknown key is refused with its path: nothing is dropped silently', async () => {
    const { caseId } = await api.start();
    const wrong = { items: ['father.idNo'], supplements: [{ field: 'father.idNo', reason: '缺失', because: '缺失' }] };
    for (const path of [decisionPath(caseId, 'register'), `/agency/v1/tasks/${caseId}:register:1/draft`]) {
      const body = { decision: 'supplement', reason: '材料不全', ...wrong };
      expect(await api.call('POST', path, { token: api.tokens.police, body })).toMatchObject({
        status: 400,
        body: { code: 'REQUEST_INVALID', errors: [{ path: 'body.supplements[0].because' }, { path: 'body.items' }] },
      });
    }
  });

  it('that asks for other things joins the notice, and with the same things it is repeated', async () => {
    const { caseId } = await api.start();
    const ask = async (field: string) => {
      const body = { decision: 'supplement', supplements: [{ field, reason: '缺失' }] };
      const path = decisionPath(caseId, 'register');
      return (await api.call('POST', path, { token: api.tokens.police, body })).body.outcome;
    };
    expect([await ask('applicant.idNo'), await ask('note'), await ask('applicant.idNo')]).toEqual([
      'applied',
      'applied',
      'repeated',
    ]);
    const { notices } = (await api.call('GET', `/api/v1/cases/${caseId}`, { token: api.tokens.clerk })).body;
    expect(notices).toMatchObject([{ items: [{ field: 'applicant.idNo' }, { field: 'note' }] }]);
  });

  it('shows its words only to those who may read them', async () => {
    const { caseId } = await api.start();
    const body = approval({ decision: 'refused', reason: '不符合条件' });
    await api.call('POST', decisionPath(caseId, 'register'), { token: api.tokens.police, body });
    expect((await stepsOf(caseId, api.tokens.police))[0]!.reason).toBe('不符合条件');
    expect((await stepsOf(caseId, api.tokens.post))[0]).not.toHaveProperty('reason');
  });

  it('that is repeated gets the same answer; with other content it is refused', async () => {
    const { caseId } = await api.start();
    const body = approval({ reason: 'good' });
    const path = decisionPath(caseId, 'register');
    const first = await api.call('POST', path, { agency: 'police', body });
    const again = await api.call('POST', path, { agency: 'police', body });
    expect([again.status, again.body]).toEqual([first.status, first.body]);
    const other = await api.call('POST', path, { agency: 'police', body: { ...body, decision: 'refused' } });
    expect(other).toMatchObject({ status: 409, body: { code: 'MESSAGE_ID_REUSED' } });
  });

  it('that comes second gets the first decision and the allowed actions', async () => {
    const { caseId } = await api.start();
    const path = decisionPath(caseId, 'register');
    await api.call('POST', path, { token: api.tokens.police, body: approval() });
    const second = await api.call('POST', path, { agency: 'police', body: approval({ decision: 'refused' }) });
    expect(second).toMatchObject({
      status: 409,
      body: {
        code: 'STEP_ALREADY_DECIDED',
        first: { decision: 'approved', by: { role: 'officer', id: 'police-1' } },
        allowed: [],
      },
    });
  });

  it('of many officers at the same time counts once', async () => {
    const { caseId } = await api.start();
    const path = decisionPath(caseId, 'register');
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => {
        const body = approval(index % 2 === 0 ? {} : { decision: 'refused', reason: '不符' });
        return api.call('POST', path, { token: index % 4 < 2 ? api.tokens.police : api.tokens.policeTwo, body });
      }),
    );
    const outcomes = answers.map(({ status, body }) => (status === 200 ? body.outcome : body.code));
    expect(outcomes.filter((outcome) => outcome === 'applied')).toHaveLength(1);
    expect(new Set(outcomes)).toEqual(new Set(['applied', 'repeated', 'STEP_ALREADY_DECIDED']));
  });

  it('for a step that has not started or another round is refused with the reason', async () => {
    const { caseId } = await api.start();
    const early = await api.call('POST', decisionPath(caseId, 'meter'), { agency: 'utilities', body: approval() });
    expect(early).toMatchObject({ status: 409, body: { code: 'STEP_NOT_STARTED' } });
    const stale = await api.call('POST', decisionPath(caseId, 'register', 7), { agency: 'police', body: approval() });
    expect(stale).toMatchObject({ status: 409, body: { code: 'ROUND_STALE', allowed: ['decide', 'suspend'] } });
  });

  it('is recorded and answered 202 while no worker runs the case, and counts afterwards', async () => {
    const { caseId } = await api.start();
    await api.driver.pause();
    const impatient = await openImpatient();
    const body = approval();
    const path = decisionPath(caseId, 'register');
    const answer = await send(`${impatient}${path}`, 'POST', { token: api.tokens.police, body });
    expect(answer).toMatchObject({ status: 202, body: { recorded: true, messageId: body.messageId } });
    await api.driver.takeTurn();
    const again = await api.call('POST', path, { token: api.tokens.police, body });
    expect(again).toMatchObject({ status: 200, body: { outcome: 'applied' } });
  });
});

/** An API with a very short wait for outcomes. */
const openImpatient = () => api.another({ outcomeWaitMs: 20 });

describe('an agency', () => {
  it('reaches only its own steps; others are not found', async () => {
    const { caseId } = await api.start();
    for (const caller of [{ agency: 'utilities' }, { token: api.tokens.post }]) {
      const decided = await api.call('POST', decisionPath(caseId, 'register'), { ...caller, body: approval() });
      expect(decided).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
      const path = `/agency/v1/tasks/${caseId}:register:1`;
      expect((await api.call('GET', path, caller)).status).toBe(404);
      expect((await api.call('POST', `${path}/claim`, caller)).status).toBe(404);
      expect(
        (await api.call('POST', `${path}/progress`, { ...caller, body: { messageId: 'm', note: 'x' } })).status,
      ).toBe(404);
    }
  });

  it('is refused without a valid signature of these bytes at this time', async () => {
    const { caseId } = await api.start();
    const path = decisionPath(caseId, 'register');
    const body = approval({ requestId: `${caseId}:register:1` });
    const raw = JSON.stringify(body);
    const now = Math.floor(Date.now() / 1000);
    const sign = (secret: string, at: number, bytes: string, id = body.messageId) => ({
      'x-one-matter-agency': 'police',
      ...signedHeaders([secret], id, at, Buffer.from(bytes)),
    });
    const attempts: Record<string, Record<string, string>> = {
      'none at all': { 'x-one-matter-agency': 'police' },
      "another agency's secret": sign(api.secrets['utilities']!, now, raw),
      'other bytes': sign(api.secrets['police']!, now, `${raw} `),
      'another id': { ...sign(api.secrets['police']!, now, raw), 'webhook-id': 'msg_2' },
      'an unknown agency': { ...sign(api.secrets['police']!, now, raw), 'x-one-matter-agency': 'nobody' },
      'an agency without secrets': { ...sign(api.secrets['post']!, now, raw), 'x-one-matter-agency': 'post' },
    };
    for (const [name, headers] of Object.entries(attempts)) {
      const answer = await api.call('POST', path, { raw, headers });
      expect(answer, name).toMatchObject({ status: 401, body: { code: 'SIGNATURE_INVALID' } });
    }
    for (const skewS of [-400, 400]) {
      const answer = await api.call('POST', path, { raw, headers: sign(api.secrets['police']!, now + skewS, raw) });
      expect(answer, `${skewS} s`).toMatchObject({ status: 401, body: { code: 'TIMESTAMP_OUTSIDE' } });
    }
    expect((await api.call('POST', path, { raw, headers: sign(api.secrets['police']!, now, raw) })).status).toBe(200);
  });

  it('has its signature checked before anything is parsed', async () => {
    const { caseId } = await api.start();
    const headers = {
      'x-one-matter-agency': 'police',
      'webhook-id': 'm',
      'webhook-timestamp': '1',
      'webhook-signature': 'v1,x',
    };
    const answer = await api.call('POST', decisionPath(caseId, 'register'), { raw: '{"broken', headers });
    expect(answer.body.code).toBe('SIGNATURE_INVALID');
  });

  it('has no right at the window', async () => {
    const { caseId } = await api.start();
    expect((await api.call('GET', `/api/v1/cases/${caseId}`, { agency: 'police' })).status).toBe(403);
  });
});

describe('a task', () => {
  it('is listed for its agency with its deadline', async () => {
    const { caseId, caseNo } = await api.start();
    const { status, body } = await api.call('GET', '/agency/v1/tasks?limit=100', { token: api.tokens.post });
    expect(status).toBe(200);
    expect(body.tasks.find(({ requestId }) => requestId === `${caseId}:notify:1`)).toMatchObject({
      caseNo,
      step: { id: 'notify' },
      status: 'accepted',
      light: 'green',
      dueAt: expect.stringMatching(/Z$/) as string,
    });
    expect(JSON.stringify(body)).not.toContain('林晓雨');
  });

  it('reaches a waiting officer as soon as it comes to the division of the officer', async () => {
    const token = await createToken(api.pool, api.cipher, {
      role: 'officer',
      account: 'far',
      agency: 'post',
      region: '3305',
    });
    expect((await api.call('GET', '/agency/v1/tasks', { token })).body.tasks).toEqual([]);
    const waiting = api.call('GET', '/agency/v1/tasks?wait=30', { token });
    await api.start();
    const { body: far } = await api.call('POST', '/api/v1/cases', submission(api.tokens.admin, { region: '330502' }));
    expect((await waiting).body.tasks).toMatchObject([{ requestId: `${far.caseId}:notify:1` }]);
  });

  it('shows an officer what its step discloses and nothing else, and says that it did', async () => {
    const { caseId } = await api.start();
    const { status, body } = await api.call('GET', `/agency/v1/tasks/${caseId}:notify:1`, { token: api.tokens.post });
    expect(status).toBe(200);
    expect(body.form).toEqual({ applicant: { name: '林晓雨' } });
    const { body: seen } = await api.call('GET', `/api/v1/cases/${caseId}`, { token: api.tokens.clerk });
    expect(seen.disclosures).toMatchObject([{ step: 'notify', agency: 'post', fields: ['applicant.name'], sends: 1 }]);
  });

  it('is closed to readers when its step has ended', async () => {
    const { caseId } = await api.start();
    await api.call('POST', decisionPath(caseId, 'notify'), { token: api.tokens.post, body: approval() });
    const { status, body } = await api.call('GET', `/agency/v1/tasks/${caseId}:notify:1`, { token: api.tokens.post });
    expect([status, body.code]).toEqual([409, 'STEP_ENDED']);
  });

  it('is claimed by one officer; another officer sees the claim and cannot decide', async () => {
    const { caseId } = await api.start();
    const path = `/agency/v1/tasks/${caseId}:register:1`;
    const mine = await api.call('POST', `${path}/claim`, { token: api.tokens.police });
    expect(mine).toMatchObject({
      status: 200,
      body: { claimedBy: 'police-1', claimedUntil: expect.stringMatching(/Z$/) as string },
    });
    const theirs = await api.call('POST', `${path}/claim`, { token: api.tokens.policeTwo });
    expect(theirs).toMatchObject({
      status: 409,
      body: { code: 'TASK_TAKEN', claimedBy: 'police-1', claimedUntil: mine.body.claimedUntil },
    });
    const decided = await api.call('POST', `${path}/decision`, { token: api.tokens.policeTwo, body: approval() });
    expect(decided.body.code).toBe('TASK_TAKEN');
    expect((await api.call('POST', `${path}/decision`, { token: api.tokens.police, body: approval() })).status).toBe(
      200,
    );
    const late = await api.call('POST', `${path}/claim`, { token: api.tokens.policeTwo });
    expect(late).toMatchObject({ status: 409, body: { code: 'ACTION_NOT_ALLOWED', allowed: [] } });
  });

  it('receives a progress note', async () => {
    const { caseId } = await api.start();
    const path = `/agency/v1/tasks/${caseId}:register:1/progress`;
    const { status } = await api.call('POST', path, { agency: 'police', body: { messageId: 'p1', note: 'half way' } });
    expect(status).toBe(204);
  });

  it('with an impossible id is not found', async () => {
    for (const id of ['x', '1:2:3', `${uuidv7()}:register:1`, `${uuidv7()}:register:99999999999`]) {
      expect(
        (await api.call('GET', `/agency/v1/tasks/${encodeURIComponent(id)}`, { token: api.tokens.post })).status,
      ).toBe(404);
    }
  });
});
