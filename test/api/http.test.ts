import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { createMetrics } from '../../api/http/metrics.ts';
import { createPool } from '../../db/sql/pool.ts';
import { Problem } from '../../contract/problems.ts';
import { openApi, send, submission, type Api } from './harness.ts';
import { RATES } from '../support/api.ts';
import { SMALL_MOVE_FORM } from '../support/matters.ts';

let api: Api;
beforeAll(async () => {
  api = await openApi({ outcomeWaitMs: 10 });
});
afterAll(() => api.close());

const submitRaw = (raw: string | Buffer, headers: Record<string, string> = {}) =>
  api.call('POST', '/api/v1/cases', {
    token: api.tokens.clerk,
    raw,
    headers: { 'idempotency-key': uuidv7(), ...headers },
  });

describe('a body', () => {
  const nest = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
  const hostile: Record<string, string | Buffer> = {
    'that is not JSON': '{"matter":',
    'with two values': '{} {}',
    'with a byte order mark in its middle': '{"a":\u{feff}1}',
    'with __proto__': '{"matter":"small-move","form":{"__proto__":{"admin":true}}}',
    'with a constructor': '{"form":{"constructor":{"prototype":{}}}}',
    'nested without end': nest(100_000),
    'with NUL in a text': '{"matter":"a\\u0000b"}',
    'with half a surrogate pair': '{"matter":"\\ud800"}',
    'with NUL in a key': '{"a\\u0000":1}',
  };
  it.each(Object.entries(hostile))('%s is refused as no JSON of ours', async (_name, raw) => {
    const { status, body } = await submitRaw(raw);
    expect([status, body.code]).toEqual([400, 'JSON_INVALID']);
  });

  it('that is not UTF-8 is told so', async () => {
    for (const type of ['application/json', 'application/json;charset=gbk']) {
      const { status, body } = await submitRaw(Buffer.from([0x22, 0xff, 0x22]), { 'content-type': type });
      expect([status, body.code], type).toEqual([400, 'BODY_NOT_UTF8']);
    }
  });

  it.each([
    ['{"form":{"a":[1,9007199254740993]}}', 'NUMBER_NOT_EXACT', 'body.form.a[1]'],
    ['{"form":{"n":1e400}}', 'NUMBER_NOT_EXACT', 'body.form.n'],
    ['{"form":{"n":0.1234567890123456789}}', 'NUMBER_NOT_EXACT', 'body.form.n'],
    ['{"form":{},"region":"330411","form":{}}', 'KEY_REPEATED', 'body.form'],
    ['{"form":{"people":[{"name":"a","\\u006eame":"a"}]}}', 'KEY_REPEATED', 'body.form.people[0].name'],
  ])('%s is refused with its path', async (raw, code, path) => {
    expect(await submitRaw(raw)).toMatchObject({ status: 400, body: { code, errors: [{ path }] } });
  });

  it('that is not an object is refused', async () => {
    for (const raw of ['[]', '"text"', '1', 'null']) expect((await submitRaw(raw)).body.code).toBe('REQUEST_INVALID');
  });

  it('above the cap is refused before it is read, one below is not', async () => {
    const { status, body } = await submitRaw(JSON.stringify({ form: { note: 'x'.repeat(256 * 1024) } }));
    expect([status, body.code]).toEqual([413, 'BODY_TOO_LARGE']);
    expect((await submitRaw(JSON.stringify({ form: { note: 'x'.repeat(200 * 1024) } }))).status).toBe(400);
  });

  it('of another type or compressed is refused', async () => {
    const raw = JSON.stringify(submission('').body);
    for (const type of [
      'text/plain',
      'application/json; charset=gbk',
      'application/x-www-form-urlencoded',
      'application/jsonp',
    ]) {
      expect((await submitRaw(raw, { 'content-type': type })).body.code, type).toBe('CONTENT_TYPE_UNSUPPORTED');
    }
    expect((await submitRaw(raw, { 'content-encoding': 'gzip' })).status).toBe(415);
    expect((await submitRaw(raw, { 'content-type': 'Application/JSON; charset=UTF-8' })).status).toBe(201);
  });

  it('on a route without a body is refused', async () => {
    const path = `/agency/v1/tasks/${uuidv7()}:register:1/claim`;
    const { status, body } = await api.call('POST', path, { token: api.tokens.police, body: { force: true } });
    expect([status, body.errors[0]?.path]).toEqual([400, 'body']);
  });
});

describe('a request that is not valid', () => {
  it('gets the errors in the language of the caller, never the message of the parser', async () => {
    const ask = async (language: string) => {
      const wrong = { ...submission(api.tokens.clerk, { form: undefined, channel: 'pigeon', region: 7, extra: 1 }) };
      const headers = { ...wrong.headers, 'accept-language': language };
      const { body } = await api.call('POST', '/api/v1/cases', { ...wrong, headers });
      return Object.fromEntries(body.errors.map(({ path, message }) => [path, message]));
    };
    expect(await ask('zh')).toEqual({
      'body.form': '缺少这一项',
      'body.channel': '应为以下之一：window、online、kiosk',
      'body.region': '应为文字',
      'body.extra': '不支持这一项',
    });
    expect(await ask('en')).toEqual({
      'body.form': 'This field is required',
      'body.channel': 'Must be one of: window, online, kiosk',
      'body.region': 'Must be a text',
      'body.extra': 'This field is not supported',
    });
  });
});

describe('an address', () => {
  it('with unknown or repeated query keys is refused', async () => {
    for (const query of ['x=1', 'limit=1&limit=2', 'limit=0', 'limit=1e9', '__proto__=1', 'region=33%00']) {
      const { status, body } = await api.call('GET', `/api/v1/cases?${query}`, { token: api.tokens.clerk });
      expect([status, body.code], query).toEqual([400, 'REQUEST_INVALID']);
    }
  });

  it('that is malformed is refused, and an unknown one is not found', async () => {
    expect((await api.call('GET', '/api/v1/cases/%E0%A4%A', { token: api.tokens.clerk })).status).toBe(400);
    expect((await api.call('GET', '/api/v1/cases/not-a-uuid', { token: api.tokens.clerk })).status).toBe(400);
    for (const [method, path] of [
      ['GET', '/'],
      ['GET', '/api/v2/cases'],
    ] as const) {
      expect(await api.call(method, path, { token: api.tokens.admin })).toMatchObject({
        status: 404,
        body: { code: 'NOT_FOUND' },
      });
    }
  });
});

describe('a method that an address does not allow', () => {
  it('is refused, with the allowed ones', async () => {
    for (const [method, path, allow] of [
      ['DELETE', '/api/v1/cases', 'POST, GET, HEAD'],
      ['PUT', `/api/v1/cases/${uuidv7()}`, 'GET, HEAD'],
      ['GET', '/api/v1/exports', 'POST'],
      ['GET', '/public/v1/progress', 'POST'],
    ] as const) {
      const { status, body, headers } = await api.call(method, path, { token: api.tokens.admin });
      expect([status, body.code, headers.get('allow')], path).toEqual([405, 'METHOD_NOT_ALLOWED', allow]);
    }
  });
});

describe('every address', () => {
  /** `fetch` sends no TRACE. */
  const ask = async (method: string, path: string) => {
    const sent = request(`${api.url}${path}`, { method, agent: false }).end();
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    answer.resume();
    return { status: answer.statusCode, allow: answer.headers.allow, type: answer.headers['content-type'] };
  };

  it('answers TRACE and every other method that it does not have with 405 and the methods that it has', async () => {
    const { paths, info } = (await api.call('GET', '/api/openapi.json')).body;
    expect(info.description).toContain('405');
    const methodsOf = (path: string): string[] =>
      Object.keys(paths[path] ?? {}).flatMap((method) => (method === 'get' ? ['GET', 'HEAD'] : ['POST']));
    const addresses = new Map<string, string[]>([
      ...Object.keys(paths).map((path) => [path.replaceAll(/\{\w+\}/g, 'x'), methodsOf(path)] as const),
      ...['/api/docs/', '/progress/', '/progress/progress.js'].map((path): [string, string[]] => [
        path,
        ['GET', 'HEAD'],
      ]),
    ]);
    for (const [path, methods] of addresses) {
      const wrong = ['TRACE', 'OPTIONS', 'PUT', 'PATCH', 'DELETE', 'GET', 'POST'].filter(
        (one) => !methods.includes(one),
      );
      for (const method of wrong) {
        const { status, allow = '', type } = await ask(method, path);
        const seen = [status, allow.split(', ').toSorted(), type];
        // POST /api/v1/cases/search is beside GET /api/v1/cases/{caseId}.
        if (path === '/api/v1/cases/search' && method === 'GET') continue;
        expect(seen, `${method} ${path}`).toEqual([405, methods.toSorted(), 'application/problem+json; charset=utf-8']);
      }
    }
  });
});

describe('every answer', () => {
  it('has the security headers and a correlation id', async () => {
    const { headers, body } = await api.call('GET', '/api/v1/cases');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('www-authenticate')).toBe('Bearer');
    expect(Problem.strict().parse(body).correlationId).toBe(headers.get('x-request-id'));
  });

  it('keeps a plain correlation id and replaces one that could forge a log line', async () => {
    const ask = (id: string) => api.call('GET', '/healthz', { headers: { 'x-request-id': id } });
    expect((await ask('trace-12345678')).headers.get('x-request-id')).toBe('trace-12345678');
    expect((await ask('{"admin":true}')).headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('leaves one log line of route, status, time and account, and nothing that was sent', async () => {
    const from = api.log.length;
    await submitRaw(JSON.stringify({ ...submission('').body, surprise: 'secret-value' }));
    const line = () => api.log.slice(from).find((entry) => entry.includes('"request"'));
    await expect.poll(line).toBeDefined();
    const logged = JSON.parse(line()!) as object;
    expect(logged).toMatchObject({ method: 'POST', route: '/api/v1/cases', status: 400, complete: true });
    expect(logged).toMatchObject({ account: 'clerk:clerk-1' });
    expect(Object.keys(logged).sort()).toEqual(
      [
        'account',
        'complete',
        'correlationId',
        'durationMs',
        'hostname',
        'level',
        'method',
        'msg',
        'pid',
        'route',
        'status',
        'time',
      ].sort(),
    );
    for (const value of ['secret-value', SMALL_MOVE_FORM.applicant.name, SMALL_MOVE_FORM.applicant.idNo])
      expect(api.log.join('')).not.toContain(value);
  });
});

describe('an operator', () => {
  it('sees that it is alive and ready, and its metrics on a port of their own', async () => {
    expect((await api.call('GET', '/metrics')).status).toBe(404);
    expect(await api.call('GET', '/healthz')).toMatchObject({ status: 200, body: { ok: true } });
    expect(await api.call('GET', '/readyz')).toMatchObject({ status: 200, body: { ok: true } });
    await api.call('POST', '/api/v1/cases', submission(api.tokens.clerk));
    const { status, text } = await send(api.metricsUrl, 'GET', {});
    expect(status).toBe(200);
    expect(text).toMatch(
      /one_matter_http_duration_seconds_count\{method="POST",route="\/api\/v1\/cases",status="201"\} \d/,
    );
    const gauge = (name: string) => Number(new RegExp(`^one_matter_${name} (.*)$`, 'm').exec(text)![1]);
    expect(gauge('start_requests')).toBeGreaterThan(0);
    expect(gauge('start_request_age_seconds')).toBeGreaterThan(0);
    expect(gauge('waiting_messages')).toBe(0);
  });

  it('gets 503 while the database does not have the schema of this build', async () => {
    const address = new URL(api.serviceUrl);
    address.pathname = '/postgres';
    const empty = createPool({ url: address.href, max: 1, name: 'test' });
    const url = await api.another({}, empty);
    expect(await send(`${url}/readyz`, 'GET', {})).toMatchObject({ status: 503, body: { code: 'UNAVAILABLE' } });
    expect((await send(`${url}/healthz`, 'GET', {})).status).toBe(200);
    await empty.end();
  });

  it('gets 503 and Retry-After while Postgres is unavailable; the process stays alive', async () => {
    const gone = createPool({ url: 'postgres://nobody:x@127.0.0.1:1/none', max: 1, name: 'test' });
    const url = await api.another({}, gone);
    const ask = async (path: string) => {
      const response = await fetch(url + path, { headers: { authorization: `Bearer ${api.tokens.clerk}` } });
      return { status: response.status, retryAfter: response.headers.get('retry-after'), body: await response.json() };
    };
    const unavailable = { status: 503, retryAfter: '5', body: { code: 'UNAVAILABLE', retry: true } };
    expect(await ask('/readyz')).toMatchObject(unavailable);
    expect(await ask('/api/v1/cases')).toMatchObject(unavailable);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect(await createMetrics(gone).render()).toContain('one_matter_backlog_readable 0');
    await gone.end();
  });
});

describe('more callers than can be served', () => {
  it('are refused at once with Retry-After; waiting requests are served, and the process reports that it is alive', async () => {
    const pool = createPool({ url: api.serviceUrl, max: 1, name: 'test' });
    const url = await api.another({ databaseQueue: 2 }, pool);
    const ask = (path: string) => fetch(url + path, { headers: { authorization: `Bearer ${api.tokens.clerk}` } });
    const busy = await pool.connect();
    const waiting = [ask('/api/v1/matters'), ask('/api/v1/matters')];
    await expect.poll(() => pool.waitingCount).toBe(2);
    const refused = await ask('/api/v1/matters');
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(await refused.json()).toMatchObject({ code: 'OVERLOADED', retry: true });
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    busy.release();
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([200, 200]);
    await pool.end();
  });
});

describe('a caller with too many requests', () => {
  it('is answered 429 with Retry-After, while others are served', async () => {
    const rates = { perTokenPerMinute: 3, searchesPerMinute: 2, publicPerAddressPerMinute: 2 };
    const url = await api.another({ rates: { ...RATES, ...rates } });
    const ask = async (path: string, token?: string) =>
      (await fetch(url + path, { headers: token ? { authorization: `Bearer ${token}` } : {} })).status;
    const mine = [];
    for (let index = 0; index < 4; index += 1) mine.push(await ask('/api/v1/matters', api.tokens.clerk));
    expect(mine).toEqual([200, 200, 200, 429]);
    expect(await ask('/api/v1/matters', api.tokens.admin)).toBe(200);
    const search = { token: api.tokens.supervisor, body: { text: '林晓雨' } };
    const searches = [];
    for (let index = 0; index < 3; index += 1)
      searches.push((await send(`${url}/api/v1/cases/search`, 'POST', search)).status);
    expect(searches).toEqual([200, 200, 429]);
    const guesses = [];
    for (let index = 0; index < 3; index += 1)
      guesses.push((await send(`${url}/public/v1/progress`, 'POST', { body: { caseNo: '1', code: '1' } })).status);
    expect(guesses).toEqual([404, 404, 429]);
  });
});

describe('any request', () => {
  it('is never answered 5xx', async () => {
    const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
    const { caseId } = await api.start();
    const targets: readonly (readonly [string, string])[] = [
      ['/api/v1/cases', 'clerk'],
      ['/api/v1/cases/search', 'clerk'],
      [`/api/v1/cases/${caseId}/withdrawal`, 'clerk'],
      [`/api/v1/cases/${caseId}/supplements/register:1/answer`, 'clerk'],
      [`/api/v1/cases/${caseId}/steps/register/decide`, 'supervisor'],
      [`/api/v1/cases/${caseId}/steps/register/settle-undo`, 'supervisor'],
      [`/agency/v1/tasks/${caseId}:register:1/decision`, 'police'],
      [`/agency/v1/tasks/${caseId}:register:1/progress`, 'police'],
    ];
    const good: Record<string, unknown> = {
      ...(submission('').body as object),
      text: 'x',
      reason: 'x',
      messageId: 'm',
      decision: 'refused',
      result: 'stands',
      note: 'x',
      changes: { note: 'x' },
      materials: [{ id: 'photo' }],
    };
    // Near misses get further into the service than noise does.
    const nearMiss = fc
      .tuple(
        fc.subarray(Object.keys(good)),
        fc.dictionary(fc.constantFrom(...Object.keys(good)), fc.jsonValue({ maxDepth: 4 })),
      )
      .map(([keys, change]) =>
        JSON.stringify({ ...Object.fromEntries(keys.map((key) => [key, good[key]])), ...change }),
      );
    const body = fc.oneof({ weight: 3, arbitrary: nearMiss }, fc.json(), fc.string({ unit: 'binary' }));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...targets), body, async ([path, role], raw) => {
        const token = api.tokens[role as 'clerk'];
        const { status } = await api.call('POST', path, { token, raw, headers: { 'idempotency-key': uuidv7() } });
        expect(status, `seed ${seed}: ${path} ${raw}`).toBeLessThan(500);
      }),
      { numRuns: 500, seed },
    );
  });
});
