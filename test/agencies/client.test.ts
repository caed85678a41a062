import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer as createTcpServer } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { createAgencyClient, parseRetryAfter } from '../../agencies/client.ts';
import { MAX_BODY_BYTES, StepRequest } from '../../agencies/contract.ts';
import { verify } from '../../agencies/signature.ts';
import type { AgencyEndpoint } from '../../agencies/transport.ts';
import { SECRET, stepRequest } from './requests.ts';

const NOW = Date.UTC(2025, 10, 24);
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function startAgency(listener: RequestListener): Promise<AgencyEndpoint> {
  const server: Server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return createEndpoint(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

const createEndpoint = (baseUrl: string, part: Partial<AgencyEndpoint> = {}): AgencyEndpoint => ({
  id: 'police',
  baseUrl,
  secrets: [SECRET],
  timeoutMs: 2000,
  allowPrivate: true,
  ...part,
});

const answer =
  (status: number, body: unknown = '', headers: Record<string, string> = {}): RequestListener =>
  (_request, response) => {
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
  };

const newClient = () => {
  const client = createAgencyClient({ now: () => NOW });
  closers.push(() => client.close());
  return client;
};

const submitTo = async (listener: RequestListener) => newClient().submit(await startAgency(listener), stepRequest());

describe('submitting a step', () => {
  it('posts the request under its id, signed over the exact bytes', async () => {
    const seen: { request: IncomingMessage; raw: Buffer }[] = [];
    const agency = await startAgency((request, response) => {
      void buffer(request).then((raw) => {
        seen.push({ request, raw });
        response.writeHead(202).end();
      });
    });
    const request = stepRequest();
    await newClient().submit({ ...agency, baseUrl: `${agency.baseUrl}/api/` }, request);
    const [{ request: received, raw }] = seen as [(typeof seen)[number]];
    expect(received).toMatchObject({ method: 'POST', url: '/api/steps' });
    expect(received.headers).toMatchObject({
      'webhook-id': `one-matter:${request.requestId}`,
      'webhook-timestamp': String(NOW / 1000),
      'content-type': 'application/json',
    });
    expect(verify([SECRET], received.headers, raw, NOW)).toBe('ok');
    expect(StepRequest.parse(JSON.parse(raw.toString()))).toEqual(request);
  });

  it('sends nothing when the request has an undeclared field', async () => {
    let called = false;
    const agency = await startAgency((request, response) => {
      called = true;
      answer(202)(request, response);
    });
    const request = { ...stepRequest(), undeclared: 'secret value' };
    await expect(newClient().submit(agency, request)).rejects.toThrow(/undeclared/);
    await expect(newClient().submit(agency, request)).rejects.not.toThrow(/secret value/);
    expect(called).toBe(false);
  });

  it('reads a decision and keeps its bytes', async () => {
    const text = '{ "decision": "approved", "result": { "certificateNo": "S000000001" }, "later": 1 }';
    expect(await submitTo(answer(200, text))).toEqual({
      kind: 'decided',
      decision: { decision: 'approved', result: { certificateNo: 'S000000001' } },
      raw: Buffer.from(text),
    });
  });

  it.each<[number, object]>([
    [202, { kind: 'accepted' }],
    [409, { kind: 'accepted' }],
    [410, { kind: 'withdrawn' }],
    [400, { kind: 'rejected', detail: 'HTTP_400' }],
    [413, { kind: 'rejected', detail: 'HTTP_413' }],
    [422, { kind: 'rejected', detail: 'HTTP_422' }],
    [401, { kind: 'misconfigured', status: 401, detail: 'HTTP_401' }],
    [403, { kind: 'misconfigured', status: 403, detail: 'HTTP_403' }],
    [404, { kind: 'misconfigured', status: 404, detail: 'HTTP_404' }],
    [405, { kind: 'misconfigured', status: 405, detail: 'HTTP_405' }],
    [204, { kind: 'unreadable', detail: 'HTTP_204' }],
    [408, { kind: 'unavailable', cause: 'status', status: 408 }],
    [429, { kind: 'unavailable', cause: 'status', status: 429 }],
    [500, { kind: 'unavailable', cause: 'status', status: 500 }],
    [503, { kind: 'unavailable', cause: 'status', status: 503 }],
  ])('understands %i', async (status, expected) => {
    expect(await submitTo(answer(status))).toEqual(expected);
  });

  it('passes on the code of a rejection', async () => {
    expect(await submitTo(answer(422, { code: 'BIRTH_DATE_INVALID' }))).toEqual({
      kind: 'rejected',
      detail: 'HTTP_422 BIRTH_DATE_INVALID',
    });
  });

  it.each<[string, unknown, string]>([
    ['HTML', '<!doctype html><p>张三 330106199001011234</p>', 'NOT_JSON'],
    ['nothing', '', 'NOT_JSON'],
    ['torn JSON', '{"decision":"approved",', 'NOT_JSON'],
    ['another shape', { status: 'OK' }, 'WRONG_SHAPE decision'],
    ['a list', [], 'WRONG_SHAPE'],
    ['wrong texts', { decision: 'refused', reason: 5, supplements: [{}] }, 'WRONG_SHAPE reason, supplements.0.reason'],
    [
      'more names than anybody needs',
      Object.fromEntries(Array.from({ length: 801 }, (_, n) => [`n${n}`, n])),
      'TOO_MANY_ENTRIES',
    ],
    ['results named after a person', { decision: 'approved', result: { 张三: {} } }, 'WRONG_SHAPE result'],
  ])('calls %s unreadable and repeats none of it', async (_, body, detail) => {
    expect(await submitTo(answer(200, body))).toEqual({ kind: 'unreadable', detail });
  });

  it('calls bytes that are not UTF-8 unreadable', async () => {
    const listener: RequestListener = (_request, response) => response.end(Buffer.from([0x22, 0xff, 0x22]));
    expect(await submitTo(listener)).toEqual({ kind: 'unreadable', detail: 'NOT_UTF8' });
  });

  it.each([
    [
      'a number of 20 digits',
      '{"decision":"approved","result":{"no":33990020261128000121}}',
      'NUMBER_NOT_EXACT result',
    ],
    ['a number that is not finite', '{"decision":"approved","result":{"no":1e400}}', 'NUMBER_NOT_EXACT result'],
    ['a repeated decision', '{"decision":"refused","decision":"approved"}', 'KEY_REPEATED decision'],
    ['a repeated name of its own', '{"decision":"approved","张三":1,"张三":2}', 'KEY_REPEATED'],
    [
      'a decision on another request',
      `{"decision":"approved","requestId":"${randomUUID()}:register:1"}`,
      'REQUEST_ID_MISMATCH',
    ],
  ])('calls %s unreadable with its cause', async (_, body, detail) => {
    expect(await submitTo((_request, response) => response.end(body))).toEqual({ kind: 'unreadable', detail });
  });

  it('names the protocol when a server sends 100 Continue, which the client cannot read', async () => {
    const server = createTcpServer((socket) => {
      socket.once('data', () =>
        socket.end('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n'),
      );
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    closers.push(() => server.close());
    const agency = createEndpoint(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    expect(await newClient().submit(agency, stepRequest())).toEqual({ kind: 'unavailable', cause: 'protocol' });
  });

  it('stops reading an answer that has no end', async () => {
    let sent = 0;
    const endless: RequestListener = (_request, response) => {
      const writeMore = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536, ' '))) sent += 65_536;
      };
      response.on('drain', writeMore);
      writeMore();
    };
    expect(await submitTo(endless)).toEqual({ kind: 'unreadable', detail: 'HTTP_200 TOO_LARGE' });
    expect(sent).toBeLessThan(100 * MAX_BODY_BYTES);
  });

  it('does not follow a redirect', async () => {
    const seen: (string | undefined)[] = [];
    const answered = await submitTo((request, response) => {
      seen.push(request.url);
      response.writeHead(307, { location: '/elsewhere' }).end();
    });
    expect([answered, seen]).toEqual([{ kind: 'misconfigured', status: 307, detail: 'HTTP_307' }, ['/steps']]);
  });

  it('reports the delay that a busy agency asks for', async () => {
    expect(await submitTo(answer(503, '', { 'retry-after': '7' }))).toEqual({
      kind: 'unavailable',
      cause: 'status',
      status: 503,
      retryAfterMs: 7000,
    });
  });
});

describe('an agency that cannot be reached', () => {
  const submitAt = (agency: AgencyEndpoint) => newClient().submit(agency, stepRequest());

  it('is refused when nothing listens', async () => {
    const server = createTcpServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    expect(await submitAt(createEndpoint(`http://127.0.0.1:${port}`))).toEqual({
      kind: 'unavailable',
      cause: 'refused',
    });
  });

  it('is reset when the connection is cut', async () => {
    expect(await submitTo((request) => request.socket.destroy())).toEqual({ kind: 'unavailable', cause: 'reset' });
  });

  it('is reset when the answer is cut short', async () => {
    const listener: RequestListener = (request, response) => {
      response.writeHead(200, { 'content-length': 1000 });
      response.write('{"decision":', () => request.socket.destroy());
    };
    expect(await submitTo(listener)).toEqual({ kind: 'unavailable', cause: 'reset' });
  });

  it('times out when it does not answer', async () => {
    const agency = await startAgency(() => undefined);
    expect(await submitAt({ ...agency, timeoutMs: 50 })).toEqual({ kind: 'unavailable', cause: 'timeout' });
  });

  it('times out over the whole call, not between bytes', async () => {
    const agency = await startAgency((_request, response) => {
      const drip = setInterval(() => response.write(' '), 10);
      response.on('close', () => clearInterval(drip));
    });
    expect(await submitAt({ ...agency, timeoutMs: 100 })).toEqual({ kind: 'unavailable', cause: 'timeout' });
  });

  it('is not found when its name is unknown', async () => {
    expect(await submitAt(createEndpoint('http://agency.invalid'))).toEqual({ kind: 'unavailable', cause: 'name' });
  });

  it('has no TLS although its address requires it', async () => {
    const agency = await startAgency(answer(202));
    const secure = { ...agency, baseUrl: agency.baseUrl.replace('http:', 'https:') };
    expect(await submitAt(secure)).toEqual({ kind: 'unavailable', cause: 'tls' });
  });

  it('speaks no HTTP', async () => {
    const server = createTcpServer((socket) => {
      socket.on('error', () => undefined);
      socket.end('SSH-2.0-OpenSSH_9.6\r\n');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    closers.push(() => server.close());
    const { port } = server.address() as AddressInfo;
    expect(await submitAt(createEndpoint(`http://127.0.0.1:${port}`))).toEqual({
      kind: 'unavailable',
      cause: 'protocol',
    });
  });

  it.each([
    ['http://127.0.0.1:8080', 'URL_SCHEME'],
    ['https://127.0.0.1:8443', 'ADDRESS_FORBIDDEN'],
    ['https://localhost:8443', 'ADDRESS_FORBIDDEN'],
    ['nonsense', 'URL_UNREADABLE'],
  ])('is not called at %s unless it may be private', async (baseUrl, detail) => {
    expect(await submitAt(createEndpoint(baseUrl, { allowPrivate: false }))).toEqual({ kind: 'misconfigured', detail });
  });
});

describe('enquiring about a request', () => {
  const { requestId } = stepRequest();

  it.each<[number, unknown, object]>([
    [200, { decision: 'refused', reason: 'r' }, { kind: 'decided', decision: { decision: 'refused', reason: 'r' } }],
    [202, '', { kind: 'accepted' }],
    [404, '', { kind: 'unknown' }],
    [410, '', { kind: 'withdrawn' }],
    [401, '', { kind: 'misconfigured', status: 401 }],
    [503, '', { kind: 'unavailable', cause: 'status', status: 503 }],
  ])('understands %i', async (status, body, expected) => {
    const agency = await startAgency(answer(status, body));
    expect(await newClient().enquire(agency, requestId)).toMatchObject(expected);
  });

  it('is a signed GET of the request’s own address', async () => {
    const seen: IncomingMessage[] = [];
    const agency = await startAgency((request, response) => {
      seen.push(request);
      response.writeHead(202).end();
    });
    await newClient().enquire(agency, requestId);
    expect(seen[0]).toMatchObject({ method: 'GET', url: `/steps/${requestId}` });
    expect(seen[0]!.headers['webhook-id']).toBe(`one-matter:${requestId}:enquiry`);
    expect(verify([SECRET], seen[0]!.headers, Buffer.alloc(0), NOW)).toBe('ok');
  });

  it('stays at the address of the agency, for any content of the id', async () => {
    const seen: (string | undefined)[] = [];
    const agency = await startAgency((request, response) => {
      seen.push(request.url);
      response.writeHead(404).end();
    });
    await newClient().enquire(agency, '../../admin?x=1#y');
    expect(seen).toEqual(['/steps/..%2F..%2Fadmin%3Fx=1%23y'.replace('=', '%3D')]);
  });
});

describe('undoing a request', () => {
  const undo = { requestId: stepRequest().requestId, class: 'withdraw' } as const;

  it.each<[number, unknown, object]>([
    [200, { undone: true }, { kind: 'undone' }],
    [200, { undone: false }, { kind: 'unreadable', detail: 'WRONG_SHAPE undone' }],
    [409, '', { kind: 'stands' }],
    [404, '', { kind: 'misconfigured', status: 404, detail: 'HTTP_404' }],
    [422, { code: 'CLASS_UNKNOWN' }, { kind: 'rejected', detail: 'HTTP_422 CLASS_UNKNOWN' }],
    [503, '', { kind: 'unavailable', cause: 'status', status: 503 }],
  ])('understands %i %j', async (status, body, expected) => {
    expect(await newClient().undo(await startAgency(answer(status, body)), undo)).toEqual(expected);
  });

  it('is a signed POST with its own id', async () => {
    const seen: IncomingMessage[] = [];
    const agency = await startAgency((request, response) => {
      seen.push(request);
      answer(200, { undone: true })(request, response);
    });
    await newClient().undo(agency, undo);
    expect(seen[0]).toMatchObject({ method: 'POST', url: `/steps/${undo.requestId}/undo` });
    expect(seen[0]!.headers['webhook-id']).toBe(`one-matter:${undo.requestId}:undo`);
  });
});

describe('Retry-After', () => {
  it.each<[string | undefined, number | undefined]>([
    ['0', 0],
    ['120', 120_000],
    ['86400', 3_600_000],
    ['1000000000', 3_600_000],
    ['9'.repeat(400), 3_600_000],
    [new Date(NOW + 5000).toUTCString(), 5000],
    [new Date(NOW - 5000).toUTCString(), 0],
    [new Date(NOW + 86_400_000).toUTCString(), 3_600_000],
    ['-1', undefined],
    ['soon', undefined],
    ['1e9', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%j means %s ms', (value, ms) => {
    expect(parseRetryAfter(value, NOW)).toBe(ms);
  });
});
