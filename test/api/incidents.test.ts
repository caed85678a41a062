import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { IncidentList, IncidentView } from '../../contract/incidents.ts';
import { advanceBreaker } from '../../db/agencies/breakers.ts';
import { openApi, send, type Api } from './harness.ts';

let api: Api;
beforeAll(async () => {
  api = await openApi();
});
afterAll(() => api.close());

const list = async (query = '', token = api.tokens.admin) =>
  IncidentList.parse((await api.call('GET', `/api/v1/incidents${query}`, { token })).body).incidents;
const act = (agency: string, what: string, body: Record<string, unknown>, token = api.tokens.admin) =>
  api.call('POST', `/api/v1/agencies/${agency}/incident${what}`, { token, body });
const failTimes = (agency: string, failures: number) =>
  advanceBreaker(
    api.pool,
    agency,
    { kind: 'called', spans: [{ at: Date.now(), calls: failures, failures }], inRow: failures, succeeded: false },
    { error: 'HTTP_503' },
  );

describe('an incident', () => {
  it('that failed calls opened is listed with its cause, the held steps and the next probe', async () => {
    const { caseId } = await api.start();
    await api.pool.query(`update steps set parked_at = now() where case_id = $1 and agency = 'police'`, [caseId]);
    await failTimes('police', 5);
    const [incident, ...others] = await list();
    expect(others).toEqual([]);
    expect(incident).toMatchObject({
      agency: { id: 'police' },
      state: 'open',
      why: 'in-row',
      calls: 5,
      failures: 5,
      lastError: 'HTTP_503',
      holds: 1,
      nextProbeAt: expect.any(String) as string,
    });
    const { body } = await api.call('GET', '/api/v1/agencies', { token: api.tokens.supervisor });
    expect(body.agencies.find(({ id }) => id === 'police')).toMatchObject({ incident: { state: 'open', holds: 1 } });
    const { body: other } = await api.call('GET', '/api/v1/agencies', { token: api.tokens.otherSupervisor });
    expect(other.agencies.find(({ id }) => id === 'police')).toMatchObject({ incident: { holds: 0 } });
    const { text } = await send(api.metricsUrl, 'GET', {});
    expect(text).toMatch(/one_matter_open_incidents 1\n/);
    expect(text).toMatch(/one_matter_parked_steps 1\n/);
    const view = await api.call('GET', `/api/v1/cases/${caseId}`, { token: api.tokens.clerk });
    expect(view.body.steps.find(({ id }) => id === 'register')).toMatchObject({
      parkedAt: expect.any(String) as string,
    });
  });

  it('is closed once, by a person who gives a reason', async () => {
    const closed = await act('police', '/close', { reason: '电话确认已恢复' });
    expect(IncidentView.parse(closed.body)).toMatchObject({
      state: 'closed',
      closedBy: 'admin-1',
      closedReason: '电话确认已恢复',
    });
    expect(await list()).toEqual([]);
    expect(await list('?state=all')).toHaveLength(1);
    expect(await act('police', '/close', { reason: 'x' })).toMatchObject({
      status: 409,
      body: { code: 'INCIDENT_NOT_OPEN' },
    });
  });

  it('is opened by a person for a maintenance, and is not probed before its announced end', async () => {
    const until = new Date(Date.now() + 3_600_000).toISOString();
    const opened = await act('utilities', '', { reason: '系统升级', until });
    expect(IncidentView.parse(opened.body)).toMatchObject({
      state: 'open',
      why: 'by-hand',
      openedBy: 'admin-1',
      openedReason: '系统升级',
      until,
      nextProbeAt: until,
    });
    expect(await act('utilities', '', { reason: 'x' })).toMatchObject({ status: 409, body: { code: 'INCIDENT_OPEN' } });
    const sealed = await api.pool.query('select opened_reason::text as text from incidents');
    expect(JSON.stringify(sealed.rows)).not.toContain('系统升级');
    await act('utilities', '/close', { reason: '提前完成' });
  });

  it('is refused for an agency without a system, for an unknown agency, and for a caller of one division', async () => {
    expect(await act('post', '', { reason: 'x' })).toMatchObject({ status: 409, body: { code: 'AGENCY_NOT_CALLED' } });
    expect((await act('nobody', '', { reason: 'x' })).status).toBe(404);
    expect((await act('police', '', { reason: 'x' }, api.tokens.supervisor)).status).toBe(404);
    expect((await act('police', '', { reason: 'x' }, api.tokens.clerk)).status).toBe(403);
    expect((await act('police', '', {})).body.errors).toMatchObject([{ path: 'body.reason' }]);
  });

  it('has pages without repetition', async () => {
    await act('police', '', { reason: 'x' });
    const first = await api.call('GET', '/api/v1/incidents?state=all&limit=2', { token: api.tokens.admin });
    const page = IncidentList.parse(first.body);
    const rest = await list(`?state=all&limit=2&cursor=${page.nextCursor}`);
    const ids = [...page.incidents, ...rest].map(({ incidentId }) => incidentId);
    expect(new Set(ids).size).toBe(3);
    const bad = await api.call('GET', '/api/v1/incidents?cursor=bm8', { token: api.tokens.admin });
    expect([bad.status, bad.body.code]).toEqual([400, 'REQUEST_INVALID']);
  });
});
