import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openApi, type Api } from './harness.ts';

let api: Api;
beforeAll(async () => {
  api = await openApi({ outcomeWaitMs: 5_000 });
});
afterAll(() => api.close());
beforeEach(() => api.driver.run());
afterEach(() => api.driver.pause());

const NAMES = { fields: ['applicant', 'applicant.name', 'applicant.idNo', 'note'], materials: ['photo'] };
const clerk = (path: string, body: unknown) => api.call('POST', path, { token: api.tokens.clerk, body });
const caseOf = async (caseId: string) =>
  (await api.call('GET', `/api/v1/cases/${caseId}`, { token: api.tokens.supervisor })).body;
const decide = (caseId: string, body: unknown, by: { token?: string; agency?: string }) =>
  api.call('POST', `/agency/v1/tasks/${caseId}:register:1/decision`, { ...by, body });
const ask = (caseId: string, ...items: Record<string, string>[]) =>
  clerk(`/api/v1/cases/${caseId}/supplements`, { items: items.map((item) => ({ reason: '缺失', ...item })) });

describe('an item of a notice that the matter does not have', () => {
  const wrong = [{ field: 'note' }, { field: 'mother.nope' }, { material: 'nope' }];
  const refused = (list: string) => ({
    status: 400,
    body: {
      code: 'REQUEST_INVALID',
      errors: [
        { path: `body.${list}[1].field`, rule: 'unknown-field' },
        { path: `body.${list}[2].material`, rule: 'unknown-material' },
      ],
      known: NAMES,
    },
  });

  it('is refused with the known names, from the window, an officer and the system of an agency', async () => {
    const { caseId } = await api.start();
    expect(await ask(caseId, ...wrong.map((item) => ({ ...item })))).toMatchObject(refused('items'));
    const body = { decision: 'supplement', supplements: wrong.map((item) => ({ reason: '缺失', ...item })) };
    for (const by of [{ token: api.tokens.police }, { agency: 'police' }]) {
      expect(await decide(caseId, body, by)).toMatchObject(refused('supplements'));
    }
    const { notices, steps } = await caseOf(caseId);
    expect([notices, steps[0]!.status]).toEqual([[], 'accepted']);
  });
});

describe('an answer to a notice', () => {
  const start = async () => {
    const { caseId } = await api.start();
    const supplements = [
      { field: 'applicant.name', reason: '姓名有误' },
      { material: 'photo', reason: '照片不清' },
    ];
    await decide(caseId, { decision: 'supplement', supplements }, { token: api.tokens.police });
    return { caseId, path: `/api/v1/cases/${caseId}/supplements/1/answer` };
  };
  const photo = 'register:1:2';

  it.each([
    ['nothing', {}, [1, 2]],
    ['only items', { items: [photo] }, [2]],
    ['another value', { changes: { note: 'x' } }, [1, 2]],
    ['one of two', { materials: [{ id: 'photo' }] }, [1]],
    ['a word for one of two', { nothingFurther: [photo] }, [1]],
  ])('with %s is no answer, and neither is its preview', async (_what, body, missing) => {
    const { caseId, path } = await start();
    const errors = missing.map((place) => ({
      path: `body.nothingFurther.register:1:${place}`,
      rule: 'item-unanswered',
    }));
    for (const to of [path, `${path}/preview`]) {
      expect(await clerk(to, body)).toMatchObject({ status: 400, body: { code: 'REQUEST_INVALID', errors } });
    }
    expect((await caseOf(caseId)).steps[0]).toMatchObject({ status: 'supplement', round: 1 });
  });

  it('that says that there is nothing further tells the record and the agency so', async () => {
    const { caseId, path } = await start();
    const body = { changes: { 'applicant.name': '林小雨' }, nothingFurther: [photo] };
    expect(await clerk(`${path}/preview`, body)).toMatchObject({ status: 200, body: { allowed: true } });
    expect(await clerk(path, body)).toMatchObject({ status: 200, body: { outcome: 'applied' } });
    expect((await caseOf(caseId)).notices).toMatchObject([
      { status: 'answered', items: [{ field: 'applicant.name' }, { material: 'photo', nothingFurther: true }] },
    ]);
    const ledger = await api.call('GET', `/api/v1/cases/${caseId}/ledger`, { token: api.tokens.clerk });
    expect(ledger.text).toContain('"nothingFurther":["register:1:2"]');
    const task = await api.call('GET', `/agency/v1/tasks/${caseId}:register:2`, { token: api.tokens.police });
    expect(task.body).toMatchObject({
      supplement: [
        { field: 'applicant.name', value: '林小雨' },
        { material: 'photo', nothingFurther: true },
      ],
    });
  });

  it('item by item needs something for these items only', async () => {
    const { caseId, path } = await start();
    expect(await clerk(path, { items: [photo], materials: [{ id: 'photo', reference: 'P-1' }] })).toMatchObject({
      status: 200,
    });
    expect(await clerk(path, { changes: { 'applicant.name': '林小雨' } })).toMatchObject({ status: 200 });
    expect((await caseOf(caseId)).steps[0]).toMatchObject({ status: 'accepted', round: 2 });
  });
});

describe('two requests of the window in a row', () => {
  it('are one notice, also where no agency works', async () => {
    const { caseId } = await api.start();
    for (const [stepId, token] of [
      ['register', api.tokens.police],
      ['notify', api.tokens.post],
    ] as const) {
      const body = { decision: 'supplement', supplements: [{ field: 'note', reason: '缺失' }] };
      await api.call('POST', `/agency/v1/tasks/${caseId}:${stepId}:1/decision`, { token, body });
    }
    // No agency works: the notice of the agencies is out.
    expect((await caseOf(caseId)).notices).toMatchObject([{ id: '1', status: 'open' }]);
    await ask(caseId, { field: 'applicant.name' });
    await ask(caseId, { material: 'photo' });
    expect((await caseOf(caseId)).notices).toMatchObject([
      { id: '1', status: 'open' },
      { id: '2', status: 'gathering', items: [{ field: 'applicant.name' }, { material: 'photo' }] },
    ]);
  });
});
