import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { putMessage } from '../../db/messages/inbox.ts';
import { publishMatter } from '../../db/registry/matters.ts';
import { createToken } from '../../db/registry/tokens.ts';
import { systemActor } from '../../domain/case/system-actors.ts';
import { Matter } from '../../domain/matter/schema.ts';
import { storedId } from '../../domain/message-ids.ts';
import { SMALL_MOVE } from '../support/matters.ts';
import { openApi, submission, type Api } from './harness.ts';

let api: Api;
let caseId: string;
beforeAll(async () => {
  api = await openApi({ outcomeWaitMs: 5_000 });
  await publishMatter(api.pool, { matter: PARCEL_MOVE, hash: 'd'.repeat(64), by: 'test' });
  api.driver.run();
  ({ caseId } = await api.start());
  const request = { token: api.tokens.supervisor, body: { reason: '只给公安看' } };
  await api.call('POST', `/api/v1/cases/${caseId}/steps/register/urge`, request);
});
afterAll(() => api.close());

const ROUTES = ['', '/clock', '/ledger', '/events'];

/** A matter whose post sends the papers of two agencies in one parcel, or in two. */
const [REGISTER, NOTIFY] = SMALL_MOVE.steps;
const PARCEL_MOVE = Matter.parse({
  ...SMALL_MOVE,
  code: 'parcel-move',
  items: [],
  steps: [
    REGISTER,
    { ...NOTIFY, agency: 'utilities' },
    {
      ...{ id: 'delivery', name: { zh: '寄送', en: 'Delivery' }, agency: 'post', kind: 'deliver' },
      ...{ needs: [{ someOf: ['register', 'notify'] }], limit: { promised: { workingDays: 3 } }, discloses: [] },
      ...{ latestSend: { workingDays: 3 }, undo: { class: 'stop' } },
    },
  ],
});

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

describe('an officer of one of several agencies', () => {
  const view = async (id: string, token: string) => (await api.call('GET', `/api/v1/cases/${id}`, { token })).body;
  const ask = (id: string, stepId: string, token: string, reason: string) =>
    api.call('POST', `/agency/v1/tasks/${id}:${stepId}:1/decision`, {
      token,
      body: { decision: 'supplement', supplements: [{ field: 'applicant.name', reason }] },
    });

  beforeAll(() => api.driver.run());

  it('that share a notice sees only what the own agency asked for', async () => {
    const { caseId: id } = await api.start();
    expect((await ask(id, 'register', api.tokens.police, '公安的要求')).status).toBe(200);
    expect((await ask(id, 'notify', api.tokens.post, '邮政的要求')).status).toBe(200);
    expect((await view(id, api.tokens.supervisor)).notices).toMatchObject([
      { id: '1', items: [{ step: 'register' }, { step: 'notify' }] },
    ]);
    for (const [token, own, other] of [
      [api.tokens.police, 'register', '邮政的要求'],
      [api.tokens.post, 'notify', '公安的要求'],
    ] as const) {
      expect((await view(id, token)).notices).toMatchObject([{ id: '1', items: [{ step: own }] }]);
      for (const route of ['', '/ledger', '/clock']) {
        const { status, text } = await api.call('GET', `/api/v1/cases/${id}${route}`, { token });
        expect([status, text.includes(other)], route).toEqual([200, false]);
      }
    }
  });

  it('to which a step was reassigned sees the case, and one of the former agency does not', async () => {
    const { caseId: id } = await api.start();
    const reassign = { token: api.tokens.supervisor, body: { agency: 'utilities', reason: '转办' } };
    expect((await api.call('POST', `/api/v1/cases/${id}/steps/register/reassign`, reassign)).status).toBe(200);
    const taskOf = async (round: number, token: string) =>
      (await api.call('GET', `/agency/v1/tasks/${id}:register:${round}`, { token })).status;
    expect([await taskOf(2, api.tokens.utilities), await taskOf(1, api.tokens.police)]).toEqual([200, 404]);
    expect(await taskOf(2, api.tokens.police)).toBe(404);
    expect((await view(id, api.tokens.utilities)).steps.map((step) => step.id)).toEqual(['register', 'meter']);
    for (const route of ROUTES) {
      const { status, body } = await api.call('GET', `/api/v1/cases/${id}${route}`, { token: api.tokens.police });
      expect([status, body.code], route).toEqual([404, 'NOT_FOUND']);
    }
  });

  it('that sends a parcel sees its second part only after the split', async () => {
    const started = await api.call('POST', '/api/v1/cases', submission(api.tokens.clerk, { matter: PARCEL_MOVE.code }));
    const id = started.body.caseId;
    await api.driver.takeTurn();
    const stepsOf = async () => (await view(id, api.tokens.post)).steps.map((step) => step.id);
    await expect.poll(stepsOf).toEqual(['register', 'notify', 'delivery']);
    const second = `/agency/v1/tasks/${id}:delivery.2:1`;
    expect((await api.call('GET', second, { token: api.tokens.post })).status).toBe(404);

    const approve = { token: api.tokens.police, body: { decision: 'approved' } };
    expect((await api.call('POST', `/agency/v1/tasks/${id}:register:1/decision`, approve)).status).toBe(200);
    const { rows } = await api.pool.query<{ key: string }>(`select key from dues where case_id = $1`, [id]);
    const [{ key } = { key: '' }] = rows;
    const by = systemActor('due-instants');
    const message = { kind: 'due', id: storedId(by, key), key, by } as const;
    await putMessage(api.pool, api.cipher, { caseId: id, messageId: message.id, source: 'system', message });
    await expect.poll(stepsOf).toEqual(['register', 'notify', 'delivery', 'delivery.2']);
    expect((await view(id, api.tokens.police)).steps.map((step) => step.id)).toEqual(['register']);
  });
});

describe('a skipped step', () => {
  it.each([
    ['GET', ''],
    ['POST', '/claim'],
    ['POST', '/release'],
    ['POST', '/draft'],
    ['POST', '/decision'],
    ['POST', '/suspension'],
    ['POST', '/resumption'],
    ['POST', '/progress'],
  ])('is no task: %s /agency/v1/tasks/{requestId}%s', async (method, route) => {
    const { caseId: id } = await api.start();
    await api.pool.query(`update steps set status = 'skipped' where case_id = $1 and id = 'meter'`, [id]);
    const bodies: Record<string, object> = {
      '/draft': { reason: '材料' },
      '/decision': { decision: 'approved' },
      '/suspension': { procedure: 'inspection', reason: '勘验', expectedDays: 3 },
      '/resumption': { reason: '结束' },
      '/progress': { messageId: 'note-1', note: 'half way' },
    };
    const body = bodies[route];
    for (const caller of [{ token: api.tokens.utilities }, { agency: 'utilities' }]) {
      const path = `/agency/v1/tasks/${id}:meter:1${route}`;
      const answer = await api.call(method, path, { ...caller, ...(body && { body }) });
      expect([answer.status, answer.body.code]).toEqual([404, 'NOT_FOUND']);
    }
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
