import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { AgencyView } from '../../contract/agencies.ts';
import { openApi, type Api } from './harness.ts';

let api: Api;
beforeAll(async () => {
  api = await openApi({ outcomeWaitMs: 5_000 });
});
afterAll(() => api.close());
beforeEach(() => api.driver.run());
afterEach(() => api.driver.pause());

const act = (
  caseId: string,
  stepId: string,
  verb: string,
  body: Record<string, unknown>,
  token = api.tokens.supervisor,
) => api.call('POST', `/api/v1/cases/${caseId}/steps/${stepId}/${verb}`, { token, body });
const stepOf = async (caseId: string, stepId: string) => {
  const { body } = await api.call('GET', `/api/v1/cases/${caseId}`, { token: api.tokens.supervisor });
  return body.steps.find(({ id }) => id === stepId);
};

const evidence = [{ reference: '浙公户〔2026〕12号' }];

describe('a supervisor', () => {
  it('decides on behalf of an agency, with a reason, and the record says who', async () => {
    const { caseId } = await api.start();
    expect((await act(caseId, 'register', 'decide', { decision: 'approved' })).body.errors).toMatchObject([
      { path: 'body.reason' },
      { path: 'body.evidence' },
    ]);
    const body = { messageId: uuidv7(), decision: 'approved', reason: '部门系统故障，凭纸质决定录入', evidence };
    expect(await act(caseId, 'register', 'decide', body)).toMatchObject({ status: 200, body: { outcome: 'applied' } });
    expect(await act(caseId, 'register', 'decide', body)).toMatchObject({ status: 200 });
    expect(await stepOf(caseId, 'register')).toMatchObject({ status: 'done', reason: body.reason, evidence });
    const late = await act(caseId, 'register', 'decide', { decision: 'refused', reason: 'x', evidence });
    expect(late).toMatchObject({
      status: 409,
      body: { code: 'STEP_ALREADY_DECIDED', first: { by: { id: 'supervisor-1' } } },
    });
  });

  it('decides the round that was shown, and no later one', async () => {
    const { caseId } = await api.start();
    const stale = await act(caseId, 'register', 'decide', { decision: 'approved', reason: 'x', evidence, round: 2 });
    expect(stale).toMatchObject({
      status: 409,
      body: { code: 'ROUND_STALE', allowed: ['decide', 'resend', 'urge', 'suspend', 'reassign', 'order'] },
    });
  });

  it('sends a step again', async () => {
    const { caseId } = await api.start();
    expect((await act(caseId, 'register', 'resend', {})).body.errors).toMatchObject([{ path: 'body.reason' }]);
    expect(await act(caseId, 'register', 'resend', { reason: 'x' })).toMatchObject({
      status: 200,
      body: { outcome: 'applied' },
    });
    const early = await act(caseId, 'meter', 'resend', { reason: 'x' });
    expect(early).toMatchObject({ status: 409, body: { code: 'ACTION_NOT_ALLOWED', allowed: [] } });
  });

  it('settles an undo only where one waits for a person', async () => {
    const { caseId } = await api.start();
    const { status, body } = await act(caseId, 'register', 'settle-undo', { result: 'stands', reason: 'x' });
    expect([status, body.code]).toEqual([409, 'ACTION_NOT_ALLOWED']);
  });

  it('acts only in their own division; no other role acts', async () => {
    const { caseId } = await api.start();
    for (const [verb, body] of [
      ['resend', { reason: 'x' }],
      ['decide', { decision: 'approved', reason: 'x', evidence }],
      ['settle-undo', { result: 'undone', reason: 'x' }],
    ] as const) {
      expect((await act(caseId, 'register', verb, body, api.tokens.otherSupervisor)).status).toBe(404);
      expect((await act(caseId, 'register', verb, body, api.tokens.clerk)).status).toBe(403);
      expect((await act(caseId, 'register', verb, body, api.tokens.police)).status).toBe(403);
      expect((await act(caseId, 'no-such', verb, body)).status).toBe(404);
    }
  });

  it('sees the agencies with their open steps, and no secrets', async () => {
    await api.start();
    const { status, body } = await api.call('GET', '/api/v1/agencies', { token: api.tokens.supervisor });
    expect(status).toBe(200);
    const agencies = body.agencies.map((agency) => AgencyView.strict().parse(agency));
    expect(agencies.map(({ id }) => id)).toEqual(['police', 'post', 'utilities']);
    expect(agencies[1]!.running).toBeGreaterThan(0);
    const { body: elsewhere } = await api.call('GET', '/api/v1/agencies', { token: api.tokens.otherSupervisor });
    expect(elsewhere.agencies[1]!.running).toBe(0);
  });
});
