import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { CaseView, SubmittedCase } from '../../contract/cases.ts';
import { getDossier } from '../../db/cases/dossiers.ts';
import { allowedOf } from '../../domain/actions.ts';
import { ERRORS } from '../../domain/errors.ts';
import { openApi, submission, type Answer, type Api } from './harness.ts';
import { SMALL_MOVE_FORM, SMALL_MOVE } from '../support/matters.ts';

let api: Api;
beforeAll(async () => {
  api = await openApi();
});
afterAll(() => api.close());

const submit = (body: Record<string, unknown> = {}, key = uuidv7()) =>
  api.call('POST', '/api/v1/cases', submission(api.tokens.clerk, body, key));
const countCases = async () => (await api.pool.query<{ count: number }>('select count(*) from cases')).rows[0]!.count;

describe('starting a case', () => {
  it('answers 201 with number, query code and where the case is', async () => {
    const { status, body, headers } = await submit();
    expect(status).toBe(201);
    expect(SubmittedCase.strict().parse(body)).toMatchObject({
      status: 'submitted',
    });
    expect(body.caseNo).toMatch(/^330411\d{14}$/);
    expect(body.queryCode).toMatch(/^\d{10}$/);
    expect(headers.get('location')).toBe(`/api/v1/cases/${body.caseId}`);
  });

  it('accepts delivery beside the form, as one of its groups', async () => {
    const { status, body } = await submit({ delivery: { way: 'post' } });
    expect(status).toBe(400);
    expect(body.errors).toEqual([expect.objectContaining({ path: 'delivery', rule: 'unknown-field' })]);
    const both = await submit({ form: { ...SMALL_MOVE_FORM, delivery: {} }, delivery: {} });
    expect(both.body).toMatchObject({ code: 'REQUEST_INVALID', errors: [{ path: 'body.delivery' }] });
  });

  it('reports all mistakes of the form together, in the language of the caller', async () => {
    const form = { applicant: { idNo: '339900198802290021' }, colour: 'red' };
    const ask = (language: string) => {
      const request = submission(api.tokens.clerk, { form });
      return api.call('POST', '/api/v1/cases', {
        ...request,
        headers: { ...request.headers, 'accept-language': language },
      });
    };
    const [zh, en] = [await ask('zh-CN,zh;q=0.9'), await ask('en-GB')];
    expect(zh.status).toBe(400);
    expect(zh.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(zh.body).toMatchObject({
      code: 'FORM_INVALID',
      status: 400,
      retry: false,
      title: '表单填写有误，请按提示修改',
    });
    expect(zh.body.errors.map(({ path }) => path).sort()).toEqual(['applicant.idNo', 'applicant.name', 'colour']);
    expect(zh.body.errors[0]!.message).toMatch(/[一-龥]/);
    expect(en.body.errors[0]!.message).not.toMatch(/[一-龥]/);
    expect(JSON.stringify(zh.body)).not.toContain('339900198802290021');
  });

  it('refuses unknown keys, wrong values, a missing key and an unknown matter, saying where', async () => {
    const wrong = await submit({ region: '33', extra: 1 });
    expect(wrong.status).toBe(400);
    expect(wrong.body.errors.map(({ path }) => path).sort()).toEqual(['body.extra', 'body.region']);
    const keyless = await api.call('POST', '/api/v1/cases', { ...submission(api.tokens.clerk), headers: {} });
    expect(keyless.body).toMatchObject({ code: 'REQUEST_INVALID', errors: [{ path: 'headers.idempotency-key' }] });
    expect(await submit({ matter: 'no-such' })).toMatchObject({ status: 404, body: { code: 'MATTER_UNKNOWN' } });
    const material = await submit({ materials: [{ id: 'photo' }, { id: 'passport' }] });
    expect(material.body).toMatchObject({ code: 'REQUEST_INVALID', errors: [{ path: 'body.materials[1].id' }] });
  });

  it('is refused when the numbers of the division and day are used up, and its key stays unused', async () => {
    const setLast = (last: number) =>
      api.pool.query(`update case_numbers set last = $1 where region = '330482'`, [last]);
    await submit({ region: '330482' });
    await setLast(99_999);
    const key = uuidv7();
    const { status, body } = await submit({ region: '330482' }, key);
    expect([status, body.code]).toEqual([409, 'CASE_NUMBERS_SPENT']);
    await setLast(1);
    expect((await submit({ region: '330482' }, key)).status).toBe(201);
  });

  it('is for the window of the region: others get 401, 403 or 404', async () => {
    const ask = (token: string) => api.call('POST', '/api/v1/cases', submission(token));
    expect((await api.call('POST', '/api/v1/cases', { ...submission(''), token: '' })).status).toBe(401);
    expect((await ask('om_wrong')).status).toBe(401);
    expect((await ask(api.tokens.police)).status).toBe(403);
    expect((await ask(api.tokens.otherClerk)).status).toBe(404);
    expect((await ask(api.tokens.admin)).status).toBe(201);
  });
});

describe('an idempotency key', () => {
  it('gives the same answer to the same request with its keys in any order', async () => {
    const key = uuidv7();
    const first = await submit({}, key);
    const { body } = submission(api.tokens.clerk);
    const headers = { 'idempotency-key': key };
    const raw = JSON.stringify(body, (_key, part: unknown) =>
      typeof part === 'object' && part !== null && !Array.isArray(part)
        ? Object.fromEntries(Object.entries(part).reverse())
        : part,
    );
    expect(raw).not.toBe(JSON.stringify(body));
    const again = await api.call('POST', '/api/v1/cases', { token: api.tokens.clerk, headers, raw });
    expect(again.status).toBe(201);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('location')).toBe(first.headers.get('location'));
  });

  it('is refused for another request', async () => {
    const key = uuidv7();
    await submit({}, key);
    const other = await submit({ form: { applicant: { name: '陈思远' } } }, key);
    expect(other).toMatchObject({ status: 422, body: { code: 'IDEMPOTENCY_KEY_REUSED' } });
  });

  it('belongs to the account: the same key of another account starts another case', async () => {
    const key = uuidv7();
    const mine = await submit({}, key);
    const theirs = await api.call('POST', '/api/v1/cases', submission(api.tokens.admin, {}, key));
    expect(theirs.status).toBe(201);
    expect(theirs.body.caseId).not.toBe(mine.body.caseId);
  });

  it('starts one case for 50 simultaneous requests', async () => {
    const before = await countCases();
    const key = uuidv7();
    const answers = await Promise.all(Array.from({ length: 50 }, () => submit({}, key)));
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.caseId} ${body.queryCode}`)).size).toBe(1);
    expect(answers[0]!.status).toBe(201);
    expect(await countCases()).toBe(before + 1);
  });

  it('stays unused after a request that was refused', async () => {
    const key = uuidv7();
    expect((await submit({ form: {} }, key)).status).toBe(400);
    expect((await submit({}, key)).status).toBe(201);
  });
});

describe('reading a case', () => {
  it('shows its steps, who has to act and the allowed actions, as the contract says', async () => {
    const { caseId } = await api.start();
    const { status, body } = await api.call('GET', `/api/v1/cases/${caseId}`, { token: api.tokens.clerk });
    expect(status).toBe(200);
    const view = CaseView.strict().parse(body);
    expect(view).toMatchObject({
      caseId,
      matter: { code: SMALL_MOVE.code, version: 1, name: SMALL_MOVE.name },
      status: 'accepted',
      light: 'green',
      actions: [
        { action: 'withdraw', allowed: true },
        { action: 'request-supplement', allowed: true },
        {
          action: 'fill-gap',
          allowed: false,
          because: { code: 'MATERIAL_NOT_PLEDGED', says: ERRORS.MATERIAL_NOT_PLEDGED.message },
        },
        { action: 'correct', allowed: true },
      ],
      steps: [
        { id: 'register', status: 'accepted', waitingOn: 'agency' },
        { id: 'notify', status: 'accepted', waitingOn: 'officer' },
        { id: 'meter', status: 'waiting', waitingOn: 'upstream' },
      ],
    });
    for (const { actions } of view.steps) {
      expect(actions).toMatchObject([
        { action: 'answer-supplement', allowed: false, because: { code: 'SUPPLEMENT_UNKNOWN' } },
        { action: 'confirm', allowed: false, because: { code: 'ACTION_NOT_ALLOWED' } },
      ]);
    }
  });

  it('shows the promised and the statutory date of each step, each item and the whole', async () => {
    const { caseId } = await api.start();
    const { body } = await api.call('GET', `/api/v1/cases/${caseId}`, { token: api.tokens.clerk });
    const { items, steps, ...whole } = CaseView.parse(body);
    const [register, , meter] = steps;
    expect(items).toMatchObject([
      {
        id: 'household',
        lead: { id: 'police' },
        steps: ['register', 'meter'],
        light: 'green',
        startedAt: register!.startedAt,
      },
    ]);
    const [promised, byLaw] = [items[0]!.promisedAt!, items[0]!.statutoryAt!];
    expect(register!.promisedAt).toBe(whole.promisedAt);
    expect([register!.promisedAt! < promised, promised < byLaw]).toEqual([true, true]);
    expect(meter).not.toHaveProperty('promisedAt');
  });

  it('lists the actions that each caller has the right to', async () => {
    const { caseId } = await api.start();
    const listActions = async (token: string) => {
      const { body } = await api.call('GET', `/api/v1/cases/${caseId}`, { token });
      return [allowedOf(body.actions), ...body.steps.map((step) => allowedOf(step.actions))];
    };
    expect(await listActions(api.tokens.police)).toEqual([[], ['decide', 'suspend']]);
    expect(await listActions(api.tokens.supervisor)).toEqual([
      ['withdraw', 'request-supplement', 'correct', 'terminate'],
      ['decide', 'resend', 'urge', 'suspend', 'reassign', 'order'],
      ['decide', 'resend', 'urge', 'suspend', 'reassign', 'order'],
      [],
    ]);
  });

  it('is answered 304 while nothing has changed', async () => {
    const { caseId } = await api.start();
    const first = await api.call('GET', `/api/v1/cases/${caseId}`, { token: api.tokens.clerk });
    const etag = first.headers.get('etag')!;
    const again = await api.call('GET', `/api/v1/cases/${caseId}`, {
      token: api.tokens.clerk,
      // Otherwise fetch asks for a fresh answer.
      headers: { 'if-none-match': etag, 'cache-control': 'max-age=0' },
    });
    expect(again.status).toBe(304);
  });

  it('answers 404 out of scope exactly as for an unknown case', async () => {
    const { caseId } = await api.start();
    const strip = ({ status, body }: Answer) => ({
      status,
      body: { ...body, correlationId: '' },
    });
    const absent = await api.call('GET', `/api/v1/cases/${uuidv7()}`, { token: api.tokens.otherClerk });
    const foreign = await api.call('GET', `/api/v1/cases/${caseId}`, { token: api.tokens.otherClerk });
    expect(strip(foreign)).toEqual(strip(absent));
    expect(absent.status).toBe(404);
  });

  it('keeps the form sealed at rest', async () => {
    const { caseId } = await api.start();
    expect((await getDossier(api.pool, api.cipher, caseId)).form).toEqual(SMALL_MOVE_FORM);
    const { rows } = await api.pool.query<{ content: Buffer }>('select content from dossiers where case_id = $1', [
      caseId,
    ]);
    expect(rows[0]!.content.toString('latin1')).not.toContain(SMALL_MOVE_FORM.applicant.idNo);
  });
});

describe('the matters on offer', () => {
  it('are listed with their names', async () => {
    const { status, body } = await api.call('GET', '/api/v1/matters', { token: api.tokens.clerk });
    expect(status).toBe(200);
    expect(body.matters).toEqual([
      { code: SMALL_MOVE.code, version: 1, name: SMALL_MOVE.name, summary: SMALL_MOVE.summary },
    ]);
  });

  it('list what they ask for, step by step', async () => {
    const { status, body } = await api.call('GET', `/api/v1/matters/${SMALL_MOVE.code}`, { token: api.tokens.police });
    expect(status).toBe(200);
    expect(body.form).toMatchObject({ type: 'object' });
    expect(body.steps.map(({ id }) => id)).toEqual(['register', 'notify', 'meter']);
    expect(body).toMatchObject({ items: [{ id: 'household', lead: 'police', steps: ['register', 'meter'] }] });
    expect((await api.call('GET', '/api/v1/matters/no-such', { token: api.tokens.clerk })).status).toBe(404);
    expect((await api.call('GET', '/api/v1/matters')).status).toBe(401);
  });
});
