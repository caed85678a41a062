import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { publishMatter } from '../../db/registry/matters.ts';
import { MAX_ENTRIES } from '../../domain/entries.ts';
import { ERRORS } from '../../domain/errors.ts';
import { openApi, submission, type Answer, type Api } from './harness.ts';
import { RATES } from '../support/api.ts';
import { SMALL_MOVE_FORM, wideForm, wideMatter } from '../support/matters.ts';

const MAX_ANSWER_BYTES = 64 * 1024;

let api: Api;
let caseId: string;
beforeAll(async () => {
  api = await openApi({ outcomeWaitMs: 10 });
  await publishMatter(api.pool, { matter: wideMatter(100), hash: 'b'.repeat(64), by: 'test' });
  ({ caseId } = await api.start());
});
afterAll(() => api.close());

interface Operation {
  method: string;
  path: string;
  token: string | undefined;
}

/** Every route, with a caller who has the right to it. */
const listOperations = async (): Promise<Operation[]> => {
  const { paths } = (await api.call('GET', '/api/openapi.json')).body;
  const callerOf = (path: string, method: string): string | undefined => {
    if (path.startsWith('/agency/') || /\/(answer|contest)$/.test(path)) return api.tokens.police;
    const { security } = paths[path]![method] as { security: object[] };
    return security.length > 0 ? api.tokens.admin : undefined;
  };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({
      method: method.toUpperCase(),
      path,
      token: callerOf(path, method),
    })),
  );
};

const PARAMS: Readonly<Record<string, () => string>> = {
  caseId: () => caseId,
  stepId: () => 'register',
  requestId: () => `${caseId}:register:1`,
  noticeId: () => '1',
  messageId: () => 'm',
  agency: () => 'police',
  group: () => 'day',
  code: () => 'small-move',
  caseNo: () => '33041120241120000018',
};

const addressOf = (path: string, hostile?: string): string =>
  path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => hostile ?? PARAMS[name]?.() ?? uuidv7());

const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `k${index}`);
const object = (count: number, value: unknown = 0) => Object.fromEntries(names(count).map((name) => [name, value]));
const nest = (depth: number): unknown => (depth === 0 ? 0 : { a: nest(depth - 1) });

/** Names of many routes: where one is expected, a hostile value gets further than under another. */
const EXPECTED = [
  ...['form', 'delivery', 'materials', 'pledge', 'changes', 'items', 'filter', 'action', 'coveredBy'],
  ...['supplements', 'result', 'evidence', 'members', 'reason', 'messageId', 'decision', 'note'],
];
const everywhere = (value: unknown) => ({
  ...Object.fromEntries(EXPECTED.map((name) => [name, value])),
  subject: 'cases',
});

/** Hostile bodies: `n` makes each of them larger. */
const BODIES: Readonly<Record<string, (n: number) => unknown>> = {
  'unknown names': (n) => object(n),
  'unknown names everywhere': (n) => everywhere(object(Math.ceil(n / EXPECTED.length))),
  'empty items everywhere': (n) => everywhere(Array.from({ length: Math.ceil(n / EXPECTED.length) }, () => ({}))),
  'numbers everywhere': (n) => everywhere(Array.from({ length: Math.ceil(n / EXPECTED.length) }, () => 0)),
  'a list': (n) => Array.from({ length: n }, () => 0),
  'a long text everywhere': (n) => everywhere('长'.repeat(n + 2_000)),
  'a long name everywhere': (n) => everywhere({ ['k'.repeat(n)]: {} }),
  'a wrong value under a long name': (n) => ({ changes: { ['k'.repeat(n)]: {} } }),
  'wrong places': (n) => ({ changes: Object.fromEntries(names(n).map((name) => [`${name}[9].x`, {}])) }),
  'places that the form lacks': (n) => ({ changes: object(n), reason: 'x' }),
  'nested objects': (n) => everywhere(nest(Math.min(n, 18))),
};

const QUERIES: Readonly<Record<string, (n: number) => string>> = {
  'unknown names': (n) => names(n).join('&'),
  'a name repeatedly': (n) => names(n).fill('limit=1').join('&'),
  'a long name': (n) => 'k'.repeat(n),
  'a long value': (n) => `limit=${'1'.repeat(n)}&cursor=${'a'.repeat(n)}&code=${'1'.repeat(n)}&region=${'3'.repeat(n)}`,
};

/** The answer to a hostile request has the bounds of every answer to a bad request. */
const expectBounded = (what: string, answers: readonly { sent: number; answer: Answer }[]): void => {
  const [small, large] = answers.map(({ sent, answer }) => {
    expect(answer.status, what).toBeGreaterThanOrEqual(400);
    expect(answer.status, what).toBeLessThan(500);
    const bytes = Buffer.byteLength(answer.text);
    expect(bytes, what).toBeLessThanOrEqual(MAX_ANSWER_BYTES);
    return { sent, bytes };
  });
  expect(large!.bytes - small!.bytes, `${what}: grows faster than the request`).toBeLessThanOrEqual(
    large!.sent - small!.sent,
  );
};

const SIZES = [150, 3_000];

/** Asks every route of `wanted` with a request of each size, all routes side by side. */
const expectAllBounded = async (
  kind: string,
  wanted: (operation: Operation) => boolean,
  make: (operation: Operation, size: number) => { address: string; raw?: string; headers?: Record<string, string> },
): Promise<void> => {
  const operations = (await listOperations()).filter(wanted);
  expect(operations.length).toBeGreaterThan(30);
  const ask = async (operation: Operation): Promise<void> => {
    const { method, path, token } = operation;
    const answers = [];
    for (const size of SIZES) {
      const { address, ...request } = make(operation, size);
      const sent = JSON.stringify([address, request]).length;
      answers.push({ sent, answer: await api.call(method, address, { ...(token && { token }), ...request }) });
    }
    expectBounded(`${method} ${path} with ${kind}`, answers);
  };
  await Promise.all(operations.map(ask));
};

describe('an answer to a bad request', () => {
  it.each(Object.entries(BODIES))('with %s in the body is bounded on every route', (kind, make) =>
    expectAllBounded(
      kind,
      // fetch sends no body with GET.
      ({ method }) => method === 'POST',
      ({ path }, size) => ({
        address: addressOf(path),
        raw: JSON.stringify(make(size)),
        headers: { 'idempotency-key': uuidv7() },
      }),
    ),
  );

  it.each(Object.entries(QUERIES))('with %s in the query is bounded on every route', (kind, make) =>
    expectAllBounded(
      kind,
      () => true,
      ({ path }, size) => ({ address: `${addressOf(path)}?${make(size)}` }),
    ),
  );

  it('with a long part in its path is bounded on every route', () =>
    expectAllBounded(
      'a long part',
      ({ path }) => path.includes('{'),
      ({ path }, size) => ({ address: addressOf(path, 'a'.repeat(size)) }),
    ));

  it('with long values in its headers is bounded on every route', () =>
    expectAllBounded(
      'long headers',
      () => true,
      // With an unknown name in the query, so that no route answers with anything else.
      ({ path }, size) => ({
        address: `${addressOf(path)}?unknown=1`,
        headers: {
          'idempotency-key': 'k'.repeat(size),
          'last-event-id': '1'.repeat(size),
          'accept-language': `en${'-x'.repeat(size / 2)}`,
          'x-request-id': 'x'.repeat(size),
        },
      }),
    ));

  it('of an agency that signs it is bounded too', async () => {
    for (const path of ['decision', 'progress', 'suspension', 'resumption', 'draft']) {
      const answers = [];
      for (const size of SIZES) {
        const raw = JSON.stringify(everywhere(object(size, {})));
        const address = `/agency/v1/tasks/${caseId}:register:1/${path}`;
        answers.push({ sent: raw.length, answer: await api.call('POST', address, { agency: 'police', raw }) });
      }
      expectBounded(path, answers);
    }
  });
});

describe('a request with too many names and list items', () => {
  const submitRaw = (raw: string, language = 'en') =>
    api.call('POST', '/api/v1/cases', {
      token: api.tokens.clerk,
      raw,
      headers: { 'idempotency-key': uuidv7(), 'accept-language': language },
    });

  it.each(['zh', 'en'] as const)('is refused before it is parsed, with the reason, in %s', async (language) => {
    const { status, body } = await submitRaw(JSON.stringify(object(MAX_ENTRIES + 1)), language);
    const message = ERRORS.TOO_MANY_ENTRIES.message[language];
    expect(message).toContain(String(MAX_ENTRIES));
    expect({ status, body }).toMatchObject({
      status: 400,
      body: {
        code: 'TOO_MANY_ENTRIES',
        title: message,
        retry: false,
        errors: [{ path: 'body', rule: 'too-many-entries', message }],
      },
    });
  });

  it('is refused in the query too, and nothing of it is dropped', async () => {
    const ask = (count: number) =>
      api.call('GET', `/api/v1/cases?${names(count).join('&')}`, { token: api.tokens.clerk });
    const { status, body } = await ask(MAX_ENTRIES + 1);
    expect([status, body.code, body.errors[0]?.path]).toEqual([400, 'TOO_MANY_ENTRIES', 'query']);
    expect((await ask(MAX_ENTRIES)).body.code).toBe('REQUEST_INVALID');
  });

  it('counts them at every depth, in objects and lists', async () => {
    for (const value of [{ form: object(MAX_ENTRIES) }, { materials: Array.from({ length: MAX_ENTRIES }, () => 0) }])
      expect((await submitRaw(JSON.stringify(value))).body.code).toBe('TOO_MANY_ENTRIES');
    const many = { a: Array.from({ length: 30 }, () => object(30)) };
    expect((await submitRaw(JSON.stringify(many))).body.code).toBe('TOO_MANY_ENTRIES');
  });
});

describe('a request with many mistakes', () => {
  it('gets the first ones, each with place, rule and what is wrong, and the number of the others', async () => {
    const { body, text } = await api.call('POST', '/api/v1/cases', submission(api.tokens.clerk, object(700, 1)));
    expect(body.code).toBe('REQUEST_INVALID');
    expect(body.errors).toHaveLength(100);
    expect(body.errors[0]).toEqual({ path: 'body.k0', rule: 'unrecognized_keys', message: '不支持这一项' });
    expect(JSON.parse(text)).toMatchObject({ omitted: 600 });
  });

  it('in the form is answered the same way', async () => {
    const form = { ...SMALL_MOVE_FORM, ...Object.fromEntries(names(300).map((name) => [`x${name}`, 1])) };
    const { body, text } = await api.call('POST', '/api/v1/cases', submission(api.tokens.clerk, { form }));
    expect([body.code, body.errors.length]).toEqual(['FORM_INVALID', 100]);
    expect(JSON.parse(text)).toMatchObject({ omitted: 200 });
  });

  it('in a correction is answered the same way', async () => {
    const { body, text } = await api.call('POST', `/api/v1/cases/${caseId}/corrections/preview`, {
      token: api.tokens.clerk,
      body: { changes: Object.fromEntries(names(300).map((name) => [`${name}[9]`, 1])) },
    });
    expect([body.code, body.errors.length]).toEqual(['REQUEST_INVALID', 100]);
    expect(JSON.parse(text)).toMatchObject({ omitted: 200 });
  });

  it('with a few has no such number', async () => {
    const { text } = await api.call('POST', '/api/v1/cases', submission(api.tokens.clerk, { extra: 1 }));
    expect(JSON.parse(text)).not.toHaveProperty('omitted');
  });
});

describe('a case with too many steps', () => {
  it.each([
    ['zh-CN', /环节/],
    ['en-GB', /200 steps/],
  ])('is refused in the language %s, also if the definition allows it', async (language, words) => {
    const request = submission(api.tokens.clerk, { matter: 'wide', form: wideForm(51) });
    const headers = { ...request.headers, 'accept-language': language };
    const { status, body, text } = await api.call('POST', '/api/v1/cases', { ...request, headers });
    expect([status, body.code]).toEqual([400, 'CASE_TOO_LARGE']);
    expect(text).toMatch(words);
  });

  it('is accepted with fewer items', async () => {
    const request = submission(api.tokens.clerk, { matter: 'wide', form: wideForm(50) });
    expect((await api.call('POST', '/api/v1/cases', request)).status).toBe(201);
  });
});

describe('long requests', () => {
  it('of one caller are limited in number, and each that ends makes room for another', async () => {
    const url = await api.another({ openPerCaller: 2 });
    const open = async (path: string, token: string) => {
      const gone = new AbortController();
      const headers = { authorization: `Bearer ${token}` };
      const response = await fetch(url + path, { headers, signal: gone.signal });
      return { response, end: () => gone.abort() };
    };
    const events = `/api/v1/cases/${caseId}/events`;
    const first = await open(events, api.tokens.clerk);
    const second = await open(events, api.tokens.clerk);
    const { response: refused } = await open(events, api.tokens.clerk);
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '30']);
    expect(await refused.json()).toMatchObject({ code: 'TOO_MANY_OPEN', retry: true });
    const other = await open(events, api.tokens.supervisor);
    expect([first, second, other].map(({ response }) => response.status)).toEqual([200, 200, 200]);
    first.end();
    const retried = () => open(events, api.tokens.clerk);
    await expect.poll(async () => (await retried()).response.status).toBe(200);
    second.end();
    other.end();
  });

  it('count waiting for tasks, and not a list that waits for nothing', async () => {
    const url = await api.another({ openPerCaller: 0 });
    const ask = async (path: string) =>
      (await fetch(url + path, { headers: { authorization: `Bearer ${api.tokens.post}` } })).status;
    expect([await ask('/agency/v1/tasks?wait=30'), await ask('/agency/v1/tasks')]).toEqual([429, 200]);
  });
});

describe('the limits of a kind of request', () => {
  it.each([
    ['the public page', 'POST', '/public/v1/progress', undefined, 'publicPerAddressPerMinute'],
    ['searches', 'POST', '/api/v1/cases/search', 'clerk', 'searchesPerMinute'],
    ['cases that are started', 'POST', '/api/v1/cases', 'clerk', 'startsPerHour'],
    ['exports', 'POST', '/api/v1/exports', 'supervisor', 'exportsPerMinute'],
  ] as const)('of %s count a request that is not valid', async (_what, method, path, role, rate) => {
    const url = await api.another({ rates: { ...RATES, [rate]: 2 } });
    const ask = async () => {
      const response = await fetch(url + path, {
        method,
        headers: {
          ...(role && { authorization: `Bearer ${api.tokens[role]}` }),
          'content-type': 'application/json',
        },
        body: '{"unknown":1',
      });
      return response.status;
    };
    expect([await ask(), await ask(), await ask()]).toEqual([400, 400, 429]);
  });

  it('apply to every route that any caller may use, except those of operators', async () => {
    const { paths } = (await api.call('GET', '/api/openapi.json')).body;
    const open = Object.entries(paths).flatMap(([path, methods]) =>
      Object.values(methods)
        .map((about) => about as { security: object[]; tags: string[] })
        .filter(({ security, tags }) => security.length === 0 && !tags.includes('operations'))
        .map(() => path),
    );
    expect(open).toEqual(['/public/v1/progress']);
  });
});
