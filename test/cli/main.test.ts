import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import type { CaseView } from '../../api/contract.ts';

const MAIN = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));
const BIN = fileURLToPath(new URL('../../bin/one-matter.js', import.meta.url));
const CASE_ID = '0193f1a0-0000-7000-8000-000000000001';

// Every test starts a process, which takes its time on a busy machine.
vi.setConfig({ testTimeout: 30_000 });

const folder = mkdtempSync(join(tmpdir(), 'one-matter-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));
let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

const cli = async (args: string[], env: Record<string, string> = {}) => {
  const { ONE_MATTER_API: _api, ONE_MATTER_TOKEN: _token, ...inherited } = process.env;
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN, ...args], {
    env: { ...inherited, ONE_MATTER_HOME: folder, LC_ALL: 'C', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  return { code, out, err };
};

/** An API that answers as `handler` says; returns what the CLI needs to reach it. */
const api = async (handler: (request: IncomingMessage, response: ServerResponse) => void) => {
  server = createServer(handler);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { ONE_MATTER_API: `http://127.0.0.1:${port}`, ONE_MATTER_TOKEN: 'om_test' };
};

const json = (response: ServerResponse, status: number, body: unknown) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

const view = (status: CaseView['status']): CaseView => ({
  caseId: CASE_ID,
  caseNo: '33041120241120000018',
  matter: { code: 'newborn-registration', version: 1, name: { zh: '出生一件事', en: 'Newborn' } },
  region: '330411',
  channel: 'window',
  status,
  notices: [],
  refusals: [],
  dues: [],
  light: 'green',
  submittedAt: '2024-11-20T01:00:00.000Z',
  provisional: false,
  items: [],
  steps: [],
  disclosures: [],
  actions: [],
  ledgerSeq: 1,
});

test('without an API the CLI says how to start one', async () => {
  const { code, err } = await cli(['case', 'show', CASE_ID]);
  expect(code).toBe(2);
  expect(err).toContain('npm start');
});

test('an API that does not answer is named, with how to start it', async () => {
  const { code, err } = await cli(['case', 'show', CASE_ID], {
    ONE_MATTER_API: 'http://127.0.0.1:9',
    ONE_MATTER_TOKEN: 'om_test',
  });
  expect(code).toBe(2);
  expect(err).toBe('Nothing answers at http://127.0.0.1:9. Start it with: npm start\n');
});

test('a form that is refused shows every wrong field and its message', async () => {
  const file = join(folder, 'sample.json');
  writeFileSync(file, JSON.stringify({ request: { matter: 'newborn-registration' } }));
  const env = await api((_request, response) =>
    json(response, 422, {
      title: 'The form has mistakes',
      code: 'FORM_INVALID',
      errors: [
        { path: 'form.mother.idNo', message: 'check digit' },
        { path: 'form.consent', message: 'required' },
      ],
    }),
  );
  const { code, err } = await cli(['case', 'start', file], env);
  expect(code).toBe(2);
  expect(err).toBe('The form has mistakes (FORM_INVALID)\n  form.mother.idNo: check digit\n  form.consent: required\n');
});

test('a sample is sent as its request, with the token and an idempotency key', async () => {
  const file = join(folder, 'sample.json');
  writeFileSync(file, JSON.stringify({ title: {}, request: { matter: 'newborn-registration' }, expect: {} }));
  const seen: unknown[] = [];
  const env = await api((request, response) => {
    request.on('data', (chunk: Buffer) => seen.push(JSON.parse(chunk.toString())));
    request.on('end', () => {
      seen.push(request.headers.authorization, typeof request.headers['idempotency-key']);
      json(response, 201, {
        caseId: CASE_ID,
        caseNo: '33041120241120000018',
        queryCode: '123456',
        status: 'submitted',
      });
    });
  });
  const { code, out } = await cli(['case', 'start', file], env);
  expect(seen).toEqual([{ matter: 'newborn-registration' }, 'Bearer om_test', 'string']);
  expect({ code, out }).toEqual({ code: 0, out: `case 33041120241120000018, query code 123456, id ${CASE_ID}\n` });
});

test('watching goes on after a broken stream, from the last event, until the case ends', async () => {
  const streams: (string | undefined)[] = [];
  const env = await api((request, response) => {
    if (!request.url?.endsWith('/events')) {
      json(response, 200, view(streams.length < 2 ? 'accepted' : 'completed'));
      return;
    }
    streams.push(request.headers['last-event-id'] as string | undefined);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.end(`id: ${streams.length}\nevent: changed\ndata: {}\n\n`);
  });
  const { code, out } = await cli(['case', 'watch', CASE_ID], env);
  expect(streams).toEqual([undefined, '1']);
  expect({ code, lines: out.trim().split('\n') }).toEqual({
    code: 0,
    lines: ['Newborn  33041120241120000018  accepted', 'Newborn  33041120241120000018  completed'],
  });
});

test('the installed command runs, from the sources or from what was built', async () => {
  const [code] = (await once(spawn(process.execPath, [BIN, '--help'], { stdio: 'ignore' }), 'close')) as [number];
  expect(code).toBe(0);
});

test('an unknown command is an error with the help', async () => {
  const { code, err } = await cli(['nonsense']);
  expect(code).not.toBe(0);
  expect(err).toContain('Usage: one-matter');
});

test('the definitions that the repository ships are in order', async () => {
  const { code, out } = await cli(['matters', 'lint']);
  expect(out).toMatch(/newborn-registration version \d+: in order/);
  expect(code).toBe(0);
});

test('a definition with mistakes is told with line and column, and the exit code is 1', async () => {
  writeFileSync(join(folder, 'agencies.yaml'), 'agencies:\n  - { id: police, name: { zh: 公安, en: Police } }\n');
  mkdirSync(join(folder, 'broken'));
  writeFileSync(join(folder, 'broken/matter.yaml'), 'code: broken\nversion: zero\n');
  const { code, err } = await cli(['matters', 'lint', folder]);
  expect(code).toBe(1);
  expect(err).toMatch(/broken\/matter\.yaml:2:\d+/);
});

test('what is no folder of definitions is said to be none', async () => {
  for (const path of ['catalog/agencies.yaml', 'no-such-folder']) {
    const { code, err } = await cli(['matters', 'lint', path]);
    expect([code, err]).toEqual([2, expect.stringContaining(`${path} is no folder`)]);
  }
});

test('a list is saved as a file, its filters sent as they are given', async () => {
  let asked: unknown;
  const env = await api((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      asked = JSON.parse(text);
      response.writeHead(200, { 'content-type': 'text/csv' }).end('清单\r\n');
    });
  });
  const file = join(folder, 'cases.csv');
  const args = ['--format', 'csv', '--region', '3304', '--persons', 'absent', '--out', file];
  const { code, out } = await cli(['export', 'cases', ...args], env);
  expect({ code, out }).toEqual({ code: 0, out: `${file}, 8 bytes\n` });
  expect(readFileSync(file, 'utf8')).toBe('清单\r\n');
  expect(asked).toEqual({ subject: 'cases', format: 'csv', persons: 'absent', filter: { region: '3304' } });
});

test('of a file that breaks off nothing is left, and the exit code says so', async () => {
  const env = await api((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/csv' }).write('half');
    setImmediate(() => response.destroy());
  });
  const file = join(folder, 'half.csv');
  const { code, err } = await cli(['export', 'stalls', '--format', 'csv', '--out', file], env);
  expect(code).toBe(2);
  expect(err).toContain('broke off');
  expect(existsSync(file)).toBe(false);
});
