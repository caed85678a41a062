import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { openApi, type Api } from './harness.ts';

let api: Api;
beforeAll(async () => {
  api = await openApi({ outcomeWaitMs: 5_000 });
});
afterAll(() => api.close());
beforeEach(() => api.driver.run());
afterEach(() => api.driver.pause());

const decide = (caseId: string, body: unknown, by: { token?: string; agency?: string }) =>
  api.call('POST', `/agency/v1/tasks/${caseId}:register:1/decision`, { ...by, body });
const caseOf = async (caseId: string) =>
  (await api.call('GET', `/api/v1/cases/${caseId}`, { token: api.tokens.supervisor })).body;

it.each([{}, { reason: ' ' }])('an officer cannot refuse without a reason: %o', async (words) => {
  const { caseId } = await api.start();
  expect(await decide(caseId, { decision: 'refused', ...words }, { token: api.tokens.police })).toMatchObject({
    status: 400,
    body: { code: 'REQUEST_INVALID', errors: [{ path: 'body.reason', rule: 'required' }] },
  });
  expect((await caseOf(caseId)).steps[0]).toMatchObject({ status: 'accepted' });
});

it('a refusal of a system without a reason does not count: its step waits, and the reason ends that', async () => {
  const { caseId } = await api.start();
  for (const messageId of ['m1', 'm2']) {
    expect(await decide(caseId, { messageId, decision: 'refused' }, { agency: 'police' })).toMatchObject({
      status: 409,
      body: { code: 'REASON_MISSING' },
    });
    expect((await caseOf(caseId)).steps[0]).toMatchObject({
      status: 'attention',
      attention: 'REASON_MISSING',
      waiting: { cause: 'agency-rejected', detail: 'REASON_MISSING', stalled: true },
    });
  }
  const queue = await api.call('GET', `/api/v1/cases/${caseId}/review-queue`, { token: api.tokens.supervisor });
  expect(queue.body).toMatchObject({
    answers: [{ messageId: 'agency:police:m2' }, { messageId: 'agency:police:m1', why: { code: 'REASON_MISSING' } }],
  });
  const reasoned = { messageId: 'm3', decision: 'refused', reason: '不符合条件' };
  expect(await decide(caseId, reasoned, { agency: 'police' })).toMatchObject({ status: 200 });
  expect(await caseOf(caseId)).toMatchObject({
    steps: [{ status: 'refused' }, {}, {}],
    refusals: [{ reason: '不符合条件' }],
  });
});

it('such a refusal that is repeated under its id after the step was sent again needs a person again', async () => {
  const { caseId } = await api.start();
  const refuse = () => decide(caseId, { messageId: 'm1', decision: 'refused' }, { agency: 'police' });
  await refuse();
  const resend = { token: api.tokens.supervisor, body: { reason: '部门已更正' } };
  expect((await api.call('POST', `/api/v1/cases/${caseId}/steps/register/resend`, resend)).status).toBe(200);
  expect((await caseOf(caseId)).steps[0]).toMatchObject({ status: 'accepted' });
  expect(await refuse()).toMatchObject({ status: 409, body: { code: 'REASON_MISSING' } });
  await expect
    .poll(async () => (await caseOf(caseId)).steps[0])
    .toMatchObject({ status: 'attention', attention: 'REASON_MISSING' });
});

it('a person who adopts such a refusal gives the reason of the letter', async () => {
  const { caseId } = await api.start();
  await decide(caseId, { messageId: 'm1', decision: 'refused' }, { agency: 'police' });
  const path = `/api/v1/cases/${caseId}/review-queue/${encodeURIComponent('agency:police:m1')}`;
  const body = { verdict: 'adopt', reason: '部门电话说明：材料不实' };
  expect((await api.call('POST', path, { token: api.tokens.supervisor, body })).status).toBe(200);
  expect(await caseOf(caseId)).toMatchObject({ refusals: [{ reason: '部门电话说明：材料不实' }] });
});
