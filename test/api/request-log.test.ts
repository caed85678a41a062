import { afterAll, beforeAll, expect, it } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import type { SubmittedCase } from '../../contract/cases.ts';
import { SMALL_MOVE_FORM } from '../support/matters.ts';
import { openApi, submission, type Api } from './harness.ts';

let api: Api;
let started: SubmittedCase;
beforeAll(async () => {
  api = await openApi({ outcomeWaitMs: 10 });
  started = await api.start();
});
afterAll(() => api.close());

type Line = Partial<Record<'route' | 'account' | 'caseId' | 'status', unknown>>;

/** The line of the log about a request. */
const lineOf = async (request: (id: string) => Promise<unknown>): Promise<Line> => {
  const id = `log-${uuidv7()}`.slice(0, 30);
  await request(id);
  const find = () => api.log.find((line) => line.includes('"request"') && line.includes(`"${id}"`));
  await expect.poll(find).toBeDefined();
  return JSON.parse(find()!) as Line;
};

it('names account and case on every route about a case, and never an applicant', async () => {
  const { paths } = (await api.call('GET', '/api/openapi.json')).body;
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })),
  );
  const about = routes.filter(({ path }) => /\{(caseId|requestId)\}/.test(path) && !path.endsWith('/events'));
  expect(about.length).toBeGreaterThan(30);
  for (const { method, path } of about) {
    const [token, account] = path.startsWith('/agency/')
      ? [api.tokens.police, 'officer:police-1']
      : [api.tokens.supervisor, 'supervisor:supervisor-1'];
    const params: Record<string, string> = { caseId: started.caseId, requestId: `${started.caseId}:register:1` };
    const address = path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => params[name] ?? 'x');
    const line = await lineOf((id) =>
      api.call(method, address, {
        token,
        ...(method === 'POST' && { body: { [SMALL_MOVE_FORM.applicant.name]: SMALL_MOVE_FORM.applicant.idNo } }),
        headers: { 'x-request-id': id },
      }),
    );
    expect(line, `${method} ${path}`).toMatchObject({ account, caseId: started.caseId });
  }
  for (const value of Object.values(SMALL_MOVE_FORM.applicant)) expect(api.log.join('')).not.toContain(value);
});

it('names the case of a new case, of a supervision order, and of the page of the applicant', async () => {
  const headers = (id: string) => ({ 'x-request-id': id });
  const { headers: key, ...request } = submission(api.tokens.clerk);
  let caseId = '';
  const submitted = await lineOf(async (id) => {
    ({ caseId } = (await api.call('POST', '/api/v1/cases', { ...request, headers: { ...key, ...headers(id) } })).body);
  });
  expect(submitted).toMatchObject({ account: 'clerk:clerk-1', caseId });

  const { body } = await api.call('POST', `/api/v1/cases/${started.caseId}/steps/register/supervision-orders`, {
    token: api.tokens.supervisor,
    body: { reason: '三日无回应' },
    headers: { 'idempotency-key': uuidv7() },
  });
  const order = `/api/v1/supervision-orders/${String(Reflect.get(body, 'orderId'))}`;
  const asked = await lineOf((id) => api.call('GET', order, { token: api.tokens.police, headers: headers(id) }));
  expect(asked).toMatchObject({ account: 'officer:police-1', caseId: started.caseId });

  const { caseNo, queryCode: code } = started;
  const progress = await lineOf((id) =>
    api.call('POST', '/public/v1/progress', { body: { caseNo, code }, headers: headers(id) }),
  );
  expect(progress).toMatchObject({ status: 200, caseId: started.caseId });
  expect(progress).not.toHaveProperty('account');
});

it('does not repeat what is no id of a case', async () => {
  const line = await lineOf((id) =>
    api.call('GET', `/api/v1/cases/${SMALL_MOVE_FORM.applicant.idNo}/clock`, {
      token: api.tokens.admin,
      headers: { 'x-request-id': id },
    }),
  );
  expect(line).toMatchObject({ status: 400 });
  expect(line).not.toHaveProperty('caseId');
});
