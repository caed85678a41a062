import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LostCaseList } from '../../contract/resumptions.ts';
import { claimResumptions, finishResumption, reportLost } from '../../db/supervision/resumptions.ts';
import { closeRunLoss, findRunLoss, openRunLoss } from '../../db/supervision/run-losses.ts';
import { openApi, type Api } from './harness.ts';

let api: Api;
beforeAll(async () => {
  api = await openApi();
});
afterAll(() => api.close());

const list = async (token = api.tokens.admin) =>
  LostCaseList.parse((await api.call('GET', '/api/v1/resumptions', { token })).body);
const post = (path: string, body: Record<string, unknown>, token = api.tokens.admin) =>
  api.call('POST', `/api/v1/${path}`, { token, body });

describe('lost cases', () => {
  it('are listed in their division, with the incident that a supervisor of every division confirms once', async () => {
    const { caseId } = await api.start();
    await reportLost(api.pool, [{ caseId, why: 'missing' }]);
    await reportLost(api.pool, [{ caseId, why: 'behind' }]);
    await openRunLoss(api.pool, 'many');
    const { id } = (await findRunLoss(api.pool))!;
    expect(await list()).toMatchObject({
      cases: [{ caseId, why: 'missing' }],
      total: 1,
      incident: { id, why: 'many' },
    });
    expect(await list(api.tokens.supervisor)).toMatchObject({ total: 1 });
    expect(await list(api.tokens.otherSupervisor)).toMatchObject({ cases: [], total: 0 });

    const confirm = { incident: id, reason: '已查明原因' };
    expect(await post('resumptions/confirm', confirm, api.tokens.supervisor)).toMatchObject({ status: 404 });
    expect(await post('resumptions/confirm', { ...confirm, incident: id + 1 })).toMatchObject({ status: 409 });
    expect(await post('resumptions/confirm', confirm)).toMatchObject({ status: 202, body: { recorded: true } });
    expect(await post('resumptions/confirm', confirm)).toMatchObject({
      status: 409,
      body: { code: 'INCIDENT_NOT_OPEN' },
    });
    expect((await list()).incident).toMatchObject({ confirmedAt: expect.any(String) as string });
    await closeRunLoss(api.pool, id);
    expect((await list()).incident).toBeUndefined();
  });

  it('resume one by one when a supervisor of the division says why', async () => {
    const { caseId } = await api.start();
    const path = `cases/${caseId}/resumption`;
    expect(await post(path, { reason: '流程丢失' }, api.tokens.clerk)).toMatchObject({ status: 403 });
    expect(await post(path, {})).toMatchObject({ status: 400 });
    expect(await post(path, { reason: '流程丢失' }, api.tokens.supervisor)).toMatchObject({ status: 202 });
    expect(await post(path, { reason: '再一次' })).toMatchObject({ status: 202 });
    const [claimed, ...others] = await claimResumptions(api.pool, { limit: 5, leaseMs: 1_000 });
    expect(others).toEqual([]);
    expect(claimed).toMatchObject({ caseId, by: { role: 'supervisor', id: 'supervisor-1' }, attempts: 1 });
    await finishResumption(api.pool, claimed!, 'running');
    expect((await list()).cases.map((lost) => lost.caseId)).not.toContain(caseId);
  });
});
