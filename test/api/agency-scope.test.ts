import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createToken } from '../../db/registry/tokens.ts';
import { openApi, type Api } from './harness.ts';

let api: Api;
let caseId: string;
beforeAll(async () => {
  api = await openApi({ outcomeWaitMs: 5_000 });
  api.driver.run();
  ({ caseId } = await api.start());
  const request = { token: api.tokens.supervisor, body: { reason: '只给公安看' } };
  await api.call('POST', `/api/v1/cases/${caseId}/steps/register/urge`, request);
});
afterAll(() => api.close());

const ROUTES = ['', '/clock', '/ledger', '/events'];

/** The events of the case, from the first one until one contains `last`. */
const readEvents = async (token: string, last: string): Promise<string> => {
  const end = new AbortController();
  const { status, body } = await fetch(`${api.url}/api/v1/cases/${caseId}/events`, {
    headers: { authorization: `Bearer ${token}` },
    signal: end.signal,
  });
  expect(status).toBe(200);
  const reader = body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (!text.includes(last)) text += (await reader.read()).value ?? '';
  end.abort();
  return text;
};

describe('an officer', () => {
  it('sees own steps whole, the status of those that they wait for, and no other step', async () => {
    const view = async (token: string) => (await api.call('GET', `/api/v1/cases/${caseId}`, { token })).body;
    const { steps } = await view(api.tokens.utilities);
    expect(steps.map(({ id }) => id)).toEqual(['register', 'meter']);
    expect(steps[0]).toMatchObject({ id: 'register', actions: [] });
    const ofPost = await view(api.tokens.post);
    expect(ofPost.steps.map(({ id }) => id)).toEqual(['notify']);
    expect(ofPost).toMatchObject({ items: [], notices: [], refusals: [] });
    expect((await view(api.tokens.supervisor)).steps).toHaveLength(3);
  });

  it.each(['/ledger', '/clock'])('gets from %s nothing of the steps of others', async (route) => {
    const read = async (token: string) => (await api.call('GET', `/api/v1/cases/${caseId}${route}`, { token })).text;
    expect(await read(api.tokens.police)).toContain('"register"');
    expect(await read(api.tokens.post)).toContain('"notify"');
    expect(await read(api.tokens.post)).not.toContain('"register"');
    expect(await read(api.tokens.post)).not.toContain('clerk-1');
  });

  it('gets no event of the steps of others', async () => {
    expect(await readEvents(api.tokens.supervisor, '"notify"')).toContain('"register"');
    const events = await readEvents(api.tokens.post, '"notify"');
    expect(events).toContain('case-submitted');
    expect(events).not.toContain('"register"');
    expect(events).not.toContain('clerk-1');
  });

  it('does not find the clock of the step of another agency', async () => {
    const path = `/api/v1/cases/${caseId}/clock?step=register`;
    expect((await api.call('GET', path, { token: api.tokens.post })).status).toBe(404);
    expect((await api.call('GET', path, { token: api.tokens.police })).status).toBe(200);
  });

  it.each(ROUTES)('whose only step was skipped finds no case at GET /api/v1/cases/{caseId}%s', async (route) => {
    await api.driver.pause();
    await api.pool.query(`update steps set status = 'skipped' where case_id = $1 and agency = 'utilities'`, [caseId]);
    const own = await api.call('GET', `/api/v1/cases/${caseId}${route}`, { token: api.tokens.utilities });
    expect([own.status, own.body.code]).toEqual([404, 'NOT_FOUND']);
    const { cases } = (await api.call('GET', '/api/v1/cases', { token: api.tokens.utilities })).body;
    expect(cases.map((one) => one.caseId)).not.toContain(caseId);
  });
});

describe('absences and groups', () => {
  it('are listed to callers of the division of the officers only', async () => {
    const officer = (account: string, region: string) =>
      createToken(api.pool, api.cipher, { role: 'officer', account, agency: 'police', region });
    const [here, there] = [await officer('here-1', '330411'), await officer('there-1', '330101')];
    await officer('there-2', '330101');
    const root = '/api/v1/agencies/police';
    const set = { token: api.tokens.admin, body: { members: ['there-1', 'there-2'] } };
    expect((await api.call('POST', `${root}/groups/far`, set)).status).toBe(200);
    const times = { from: new Date().toISOString(), to: new Date(Date.now() + 3_600_000).toISOString() };
    const entered = { token: there, body: { ...times, coveredBy: { group: 'far' } } };
    expect((await api.call('POST', `${root}/absences`, entered)).status).toBe(200);
    for (const list of ['absences', 'groups']) {
      const read = async (token: string) => (await api.call('GET', `${root}/${list}`, { token })).text;
      expect(await read(here)).not.toContain('there-');
      for (const token of [there, api.tokens.admin, api.tokens.otherSupervisor]) {
        expect(await read(token)).toContain('there-1');
      }
    }
  });
});
