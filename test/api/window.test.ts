import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { CaseList } from '../../contract/cases.ts';
import { WithdrawalPreview } from '../../contract/withdrawals.ts';
import { getDossier } from '../../db/cases/dossiers.ts';
import { allowedOf } from '../../domain/actions.ts';
import { openApi, send, submission, type Api } from './harness.ts';
import { SMALL_MOVE_FORM } from '../support/matters.ts';

let api: Api;
beforeAll(async () => {
  api = await openApi({ outcomeWaitMs: 5_000 });
});
afterAll(() => api.close());
beforeEach(() => api.driver.run());
afterEach(() => api.driver.pause());

const decide = (caseId: string, stepId: string, body: Record<string, unknown>) =>
  api.call('POST', `/agency/v1/tasks/${caseId}:${stepId}:1/decision`, {
    agency: 'police',
    body: { messageId: uuidv7(), ...body },
  });
const stepOf = async (caseId: string, stepId: string) => {
  const { body } = await api.call('GET', `/api/v1/cases/${caseId}`, { token: api.tokens.clerk });
  return body.steps.find(({ id }) => id === stepId)!;
};

describe('a supplement', () => {
  const supplements = [{ field: 'applicant.name', reason: '姓名有误' }];
  const requestSupplement = async () => {
    const { caseId } = await api.start();
    await decide(caseId, 'register', { decision: 'supplement', supplements });
    const { noticeId } = await stepOf(caseId, 'register');
    return { caseId, path: `/api/v1/cases/${caseId}/supplements/${noticeId!}/answer` };
  };
  const answer = (path: string, body: Record<string, unknown>, token = api.tokens.clerk) =>
    api.call('POST', path, { token, body });

  it('is shown with the requested items and with who has to act', async () => {
    const { caseId } = await requestSupplement();
    const register = await stepOf(caseId, 'register');
    expect(register).toMatchObject({
      status: 'supplement',
      light: 'grey',
      // Requests of other agencies are still being collected, and the applicant has no notice yet.
      waitingOn: 'system',
      noticeId: '1',
    });
    expect(allowedOf(register.actions)).toEqual(['answer-supplement']);
  });

  it('is answered with a new revision of the dossier, and the step starts its next round', async () => {
    const { caseId, path } = await requestSupplement();
    const given = await answer(path, {
      changes: { 'applicant.name': '林小雨', note: null },
      materials: [{ id: 'photo', reference: 'P-1' }],
    });
    expect(given).toMatchObject({ status: 200, body: { outcome: 'applied' } });
    expect(await stepOf(caseId, 'register')).toMatchObject({ status: 'accepted', round: 2 });
    expect(await getDossier(api.pool, api.cipher, caseId)).toEqual({
      revision: 2,
      form: { applicant: { ...SMALL_MOVE_FORM.applicant, name: '林小雨' } },
      materials: [{ id: 'photo', reference: 'P-1' }],
    });
  });

  it('whose answer has mistakes is not answered: nothing is kept', async () => {
    const { caseId, path } = await requestSupplement();
    const mistaken = await answer(path, {
      changes: { 'applicant.name': '林小雨', 'applicant.idNo': '339900198802290021' },
    });
    expect(mistaken).toMatchObject({
      status: 400,
      body: { code: 'FORM_INVALID', errors: [{ path: 'applicant.idNo' }] },
    });
    const nowhere = await answer(path, {
      changes: { 'applicant.name': '林小雨', 'note.deep': 'x', 'applicant[0].name': 'x' },
    });
    expect(nowhere.body.errors.map(({ path: place }) => place)).toEqual([
      'body.changes.note.deep',
      'body.changes.applicant[0].name',
    ]);
    expect((await getDossier(api.pool, api.cipher, caseId)).revision).toBe(1);
    expect((await stepOf(caseId, 'register')).status).toBe('supplement');
  });

  it('that is answered twice counts once, and the second answer does not change the dossier', async () => {
    const { caseId, path } = await requestSupplement();
    const body = { messageId: uuidv7(), changes: { 'applicant.name': '林小雨', note: 'first' } };
    const first = await answer(path, body);
    expect([(await answer(path, body)).body, first.status]).toEqual([first.body, 200]);
    const second = await answer(path, { changes: { note: 'second' } });
    expect(second).toMatchObject({ status: 409, body: { code: 'SUPPLEMENT_ALREADY_ANSWERED' } });
    expect(await getDossier(api.pool, api.cipher, caseId)).toMatchObject({ revision: 2, form: { note: 'first' } });
  });

  it('that two clerks answer while no worker runs the case takes only the first answer', async () => {
    const { caseId, path } = await requestSupplement();
    await api.driver.pause();
    const impatient = await api.another({ outcomeWaitMs: 20 });
    const both = await Promise.all(
      ['one', 'two'].map((note) =>
        send(impatient + path, 'POST', {
          token: api.tokens.clerk,
          body: { changes: { 'applicant.name': '林小雨', note } },
        }),
      ),
    );
    expect(both.map(({ status }) => status)).toEqual([202, 202]);
    expect((await getDossier(api.pool, api.cipher, caseId)).revision).toBe(2);
  });

  it('that does not exist, or that is of another region, is not found', async () => {
    const { caseId, path } = await requestSupplement();
    const unknown = await answer(`/api/v1/cases/${caseId}/supplements/9/answer`, {});
    expect(unknown).toMatchObject({ status: 404, body: { code: 'SUPPLEMENT_UNKNOWN' } });
    expect((await answer(path, {}, api.tokens.otherClerk)).body.code).toBe('NOT_FOUND');
    expect((await answer(path, {}, api.tokens.police)).status).toBe(403);
  });
});

describe('a withdrawal', () => {
  it('is previewed step by step by the rules that will carry it out', async () => {
    const { caseId } = await api.start();
    const { status, body } = await api.call('GET', `/api/v1/cases/${caseId}/withdrawal`, { token: api.tokens.clerk });
    expect(status).toBe(200);
    expect(WithdrawalPreview.strict().parse(body)).toMatchObject({
      allowed: true,
      steps: [
        { id: 'register', effect: 'undone', undo: 'void' },
        { id: 'notify', effect: 'undone' },
        { id: 'meter', effect: 'not-started' },
      ],
    });
  });

  it('ends the case; a second one is refused, and so is its preview', async () => {
    const { caseId } = await api.start();
    const path = `/api/v1/cases/${caseId}/withdrawal`;
    const first = await api.call('POST', path, { token: api.tokens.clerk, body: { reason: '申请人改变主意' } });
    expect(first).toMatchObject({ status: 200, body: { outcome: 'applied' } });
    const { body } = await api.call('GET', `/api/v1/cases/${caseId}`, { token: api.tokens.clerk });
    expect(body).toMatchObject({ status: 'withdrawn', closing: 'withdrawal' });
    expect(allowedOf(body.actions)).toEqual([]);
    expect(body.steps.map(({ status }) => status)).toEqual(['undone', 'undone', 'stopped']);
    const second = await api.call('POST', path, { token: api.tokens.clerk, body: { reason: 'again' } });
    expect(second).toMatchObject({ status: 409, body: { code: 'CASE_ENDED', allowed: [] } });
    expect((await api.call('GET', path, { token: api.tokens.clerk })).body).toMatchObject({
      allowed: false,
      code: 'CASE_ENDED',
    });
  });

  it('needs a reason and a right', async () => {
    const { caseId } = await api.start();
    const path = `/api/v1/cases/${caseId}/withdrawal`;
    const unreasoned = await api.call('POST', path, { token: api.tokens.clerk, body: { reason: '  ' } });
    expect(unreasoned.body).toMatchObject({ code: 'REQUEST_INVALID', errors: [{ path: 'body.reason' }] });
    expect((await api.call('POST', path, { token: api.tokens.otherClerk, body: { reason: 'x' } })).status).toBe(404);
    expect((await api.call('POST', path, { token: api.tokens.police, body: { reason: 'x' } })).status).toBe(403);
  });
});

describe('the list of cases', () => {
  const list = async (query: string, token = api.tokens.clerk) => {
    const { status, body } = await api.call('GET', `/api/v1/cases?${query}`, { token });
    expect(status, JSON.stringify(body)).toBe(200);
    return CaseList.strict().parse(body);
  };
  const search = (body: Record<string, unknown>, token = api.tokens.clerk) =>
    api.call('POST', '/api/v1/cases/search', { token, body });

  it('has pages that hold every case once, newest first', async () => {
    const started = [];
    for (let index = 0; index < 5; index += 1) started.unshift((await api.start()).caseId);
    const seen: string[] = [];
    for (let cursor: string | undefined = ''; cursor !== undefined;) {
      const page: CaseList = await list(`limit=2${cursor && `&cursor=${cursor}`}`);
      seen.push(...page.cases.map(({ caseId }) => caseId));
      cursor = page.nextCursor;
    }
    expect(seen.slice(0, 5)).toEqual(started);
    expect(new Set(seen).size).toBe(seen.length);
  });

  it('is filtered by matter, status, agency, region, light and case number', async () => {
    const { caseId, caseNo } = await api.start();
    await api.call('POST', `/api/v1/cases/${caseId}/withdrawal`, { token: api.tokens.clerk, body: { reason: 'x' } });
    const has = async (query: string) =>
      (await list(`${query}&limit=100`)).cases.some((found) => found.caseId === caseId);
    for (const query of [
      'matter=small-move',
      'status=withdrawn',
      'agency=police',
      'region=330411',
      'light=green',
      `text=${caseNo}`,
    ]) {
      expect(await has(query), query).toBe(true);
    }
    for (const query of ['matter=other', 'status=accepted', 'agency=tax', 'region=3305', 'light=red']) {
      expect(await has(query), query).toBe(false);
    }
  });

  it('holds only what the caller may see', async () => {
    const { caseId } = await api.start();
    const { body: far } = await api.call('POST', '/api/v1/cases', submission(api.tokens.admin, { region: '330102' }));
    const listSeen = async (token: string, query = 'limit=100') =>
      (await list(query, token)).cases.map((found) => found.caseId);
    expect(await listSeen(api.tokens.otherClerk)).toEqual([far.caseId]);
    expect(await listSeen(api.tokens.clerk)).not.toContain(far.caseId);
    expect(await listSeen(api.tokens.clerk, 'region=3301')).toEqual([]);
    expect(await listSeen(api.tokens.clerk, 'region=33&limit=100')).not.toContain(far.caseId);
    expect(await listSeen(api.tokens.admin)).toEqual(expect.arrayContaining([far.caseId, caseId]));
    expect(await listSeen(api.tokens.post)).toContain(caseId);
    expect(await listSeen(api.tokens.post, 'agency=police')).toEqual([]);
  });

  it('finds a person by the body of a request, never by an address, and leaves a trace of the search', async () => {
    const name = '欧阳海棠';
    const form = { applicant: { name, idNo: '339900199003070018' } };
    const { body: mine } = await api.call('POST', '/api/v1/cases', submission(api.tokens.clerk, { form }));
    for (const text of [name, ' 339900199003070018 ', mine.caseNo]) {
      const { status, body } = await search({ text });
      expect(status).toBe(200);
      expect(body.cases.map(({ caseId }) => caseId)).toContain(mine.caseId);
    }
    expect((await search({ text: '欧阳' })).body.cases).toEqual([]);
    expect((await search({ text: name }, api.tokens.otherClerk)).body.cases).toEqual([]);
    expect((await search({ text: name }, api.tokens.police)).status).toBe(403);
    const addressed = await api.call('GET', `/api/v1/cases?text=${encodeURIComponent(name)}`, {
      token: api.tokens.clerk,
    });
    expect(addressed).toMatchObject({ status: 400, body: { errors: [{ path: 'query.text' }] } });
    const audit = api.log.filter((line) => line.includes('case.search'));
    expect(JSON.parse(audit[0]!)).toMatchObject({ by: { role: 'clerk', id: 'clerk-1' }, found: 1 });
    expect(api.log.join('')).not.toContain(name);
  });

  it('finds a person by any spelling of the name or the number', async () => {
    const names = Array.from('·•・‧∙⋅･．.', (dot) => `买买提${dot}艾力`);
    const number = '339900199003070042';
    const numbers = [number, '339900 19900307 0042', `\u202d${number}\u202c`, '３３９９００199003070042'];
    const ids: string[] = [];
    for (const [index, name] of names.entries()) {
      const form = { applicant: { name, idNo: numbers[index % numbers.length] } };
      const { body } = await api.call('POST', '/api/v1/cases', submission(api.tokens.clerk, { form }));
      ids.push(body.caseId);
    }
    for (const text of [...names, ...numbers]) {
      const { body } = await search({ text, limit: 100 });
      expect(body.cases.map(({ caseId }) => caseId).sort(), text).toEqual(ids.sort());
    }
  });

  it('refuses an invented cursor', async () => {
    for (const key of ['x', '[]', '["now","x"]', '[1,"not-a-uuid"]', '[1e99,"x"]']) {
      const cursor = Buffer.from(key).toString('base64url');
      const { status, body } = await api.call('GET', `/api/v1/cases?cursor=${cursor}`, { token: api.tokens.clerk });
      expect([status, body.code], key).toEqual([400, 'REQUEST_INVALID']);
    }
    for (const key of ['x', '["a","b","c"]', '["infinity","x","y"]']) {
      const cursor = Buffer.from(key).toString('base64url');
      const { status } = await api.call('GET', `/agency/v1/tasks?cursor=${cursor}`, { token: api.tokens.post });
      expect(status, key).toBe(400);
    }
  });
});

describe('the light of a case', () => {
  it('is the same in the list and on its page, with any clocks', async () => {
    const hoursAgo = (hours: number) => `now() - interval '${hours} hours'`;
    const clocks = [
      'update cases set promised_at = null',
      `update cases set yellow_at = ${hoursAgo(1)}`,
      `update cases set promised_at = ${hoursAgo(1)}`,
      `update cases set promised_at = ${hoursAgo(2)}, statutory_at = ${hoursAgo(1)}`,
      `update steps set yellow_at = ${hoursAgo(1)}`,
      `update steps set promised_at = ${hoursAgo(1)}`,
      `update steps set status = 'supplement', paused_at = ${hoursAgo(5)}, promised_at = ${hoursAgo(1)}`,
      `update steps set status = 'supplement', paused_at = ${hoursAgo(1)}, promised_at = ${hoursAgo(5)}`,
    ];
    const lights = [];
    for (const clock of clocks) {
      const { caseId, caseNo } = await api.start();
      const which = clock.startsWith('update cases') ? 'id = $1' : `case_id = $1 and id = 'register'`;
      await api.pool.query(`${clock} where ${which}`, [caseId]);
      const { body: page } = await api.call('GET', `/api/v1/cases/${caseId}`, { token: api.tokens.clerk });
      const { body: found } = await api.call('GET', `/api/v1/cases?text=${caseNo}`, { token: api.tokens.clerk });
      expect(page.light, clock).toBe(found.cases[0]!.light);
      lights.push(page.light);
    }
    expect(lights).toEqual(['green', 'yellow', 'red', 'deep-red', 'yellow', 'red', 'green', 'red']);
  });
});
