import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { byOption } from '../../cli/options.ts';
import { CASE_ID, CASE_NO, caseView, json, penIn, runCli, startApi } from './in-process.ts';

vi.mock('node:os', { spy: true });

const BIN = fileURLToPath(new URL('../../bin/one-matter.js', import.meta.url));

const folder = mkdtempSync(join(tmpdir(), 'one-matter-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));
let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

const cli = (args: string[], env: Record<string, string | undefined> = {}) =>
  runCli(args, { env: { ONE_MATTER_HOME: folder, XDG_CONFIG_HOME: folder, LC_ALL: 'C', ...env } });

const api = async (handler: Parameters<typeof startApi>[0]) => {
  const started = await startApi(handler);
  server = started.server;
  return started.env;
};

const fileWith = (name: string, content: string | Uint8Array): string => {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
};

test('without an API the CLI says how to start one', async () => {
  const { code, err } = await cli(['case', 'show', CASE_ID]);
  expect(code).toBe(2);
  expect(err).toContain('npm start');
});

test('an API that does not answer is named, with where its address comes from', async () => {
  const { code, err } = await cli(['case', 'show', CASE_ID], {
    ONE_MATTER_API: 'http://127.0.0.1:9',
    ONE_MATTER_TOKEN: 'om_test',
  });
  expect(code).toBe(2);
  expect(err).toBe('Nothing answers at http://127.0.0.1:9. Check ONE_MATTER_API.\n');
  const wrong = await cli(['case', 'show', CASE_ID], { ONE_MATTER_API: 'nowhere', ONE_MATTER_TOKEN: 'om_test' });
  expect(wrong).toMatchObject({ code: 2, err: 'nowhere is not a valid address. Check ONE_MATTER_API.\n' });
});

test('another program at the address of the API is recognised', async () => {
  const env = await api((_request, response) => json(response, 200, { hello: 'world' }));
  const { code, err } = await cli(['case', 'show', CASE_ID], env);
  expect(code).toBe(2);
  expect(err).toContain('does not understand');
});

test('a form that is refused shows every wrong field and its message', async () => {
  const file = fileWith('sample.json', JSON.stringify({ request: { matter: 'newborn-registration' } }));
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

test('unusual parts of a form are shown, and confirmed with a reason', async () => {
  const submitted = { caseId: CASE_ID, caseNo: CASE_NO, queryCode: '123456', status: 'submitted' };
  const sent: unknown[] = [];
  const file = fileWith('sample.json', JSON.stringify({ request: { matter: 'newborn-registration' } }));
  const env = await api((_request, response, body) => {
    sent.push(body);
    if (sent.length % 2 === 0) {
      json(response, 201, submitted);
      return;
    }
    json(response, 409, {
      title: 'Parts of the form are unusual',
      code: 'FORM_UNCONFIRMED',
      warnings: [{ path: 'mother.name', rule: 'person-name', message: 'One character only' }],
    });
  });
  const confirmed = await cli(['case', 'start', file, '--confirm', 'compared with the card'], env);
  expect(confirmed.code).toBe(0);
  expect(confirmed.out).toContain('Confirmed: mother.name: One character only');
  expect(sent[1]).toEqual({
    matter: 'newborn-registration',
    confirm: [{ field: 'mother.name', rule: 'person-name', reason: 'compared with the card' }],
  });
  const refused = await cli(['case', 'start', file], env);
  expect(refused.code).toBe(2);
  expect(refused.err).toBe(
    'Parts of the form are unusual (FORM_UNCONFIRMED)\n  compare and confirm mother.name: One character only\n',
  );
});

test('a refusal says how many findings the API left out', async () => {
  const file = fileWith('sample.json', JSON.stringify({ request: { matter: 'newborn-registration' } }));
  const env = await api((_request, response) =>
    json(response, 400, {
      title: 'The request is not valid',
      code: 'REQUEST_INVALID',
      errors: [{ path: 'body.k0', message: 'This field is not supported' }],
      omitted: 1_234,
    }),
  );
  const { err } = await cli(['case', 'start', file], env);
  expect(err).toBe(
    'The request is not valid (REQUEST_INVALID)\n  body.k0: This field is not supported\n  … and 1234 more, not shown\n',
  );
});

test('a sample is sent as its request, with the token and an idempotency key', async () => {
  const file = fileWith(
    'sample.json',
    JSON.stringify({ title: {}, request: { matter: 'newborn-registration' }, expect: {} }),
  );
  const seen: unknown[] = [];
  const env = await api(({ headers }, response, body) => {
    seen.push(body, headers.authorization, typeof headers['idempotency-key']);
    const message = { zh: '期限已过', en: 'The limit is over' };
    const warnings = [{ code: 'APPLICANT_LIMIT_OVER', limit: 'declare-birth', message }];
    json(response, 201, { caseId: CASE_ID, caseNo: CASE_NO, queryCode: '123456', status: 'submitted', warnings });
  });
  const { code, out } = await cli(['case', 'start', file], env);
  expect(seen).toEqual([{ matter: 'newborn-registration' }, 'Bearer om_test', 'string']);
  expect({ code, out }).toEqual({
    code: 0,
    out: `case ${CASE_NO}, query code 123456, id ${CASE_ID}\n!  The limit is over (APPLICANT_LIMIT_OVER)\n`,
  });
});

test('watching continues after a broken stream, from the last event, until the case ends', async () => {
  const streams: (string | undefined)[] = [];
  const env = await api((request, response) => {
    if (!request.url?.endsWith('/events')) {
      json(response, 200, caseView({ status: streams.length < 2 ? 'accepted' : 'completed' }));
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
    lines: [`Newborn  ${CASE_NO}  Accepted`, `Newborn  ${CASE_NO}  Completed`],
  });
});

/** For the two tests that start a process. Everything else about commands runs in this one. */
const spawnCli = async (args: string[], env: NodeJS.ProcessEnv = {}) => {
  const child = spawn(process.execPath, [BIN, ...args], { env: { ...process.env, ...env }, stdio: 'pipe' });
  const written = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (written.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (written.err += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  return { code, ...written };
};

test('the installed command runs, from the sources or from what was built', async () => {
  const { code, out } = await spawnCli(['--version']);
  expect(code).toBe(0);
  expect(out).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test('a connection that is closed before the request was sent is an error', async () => {
  const closing = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
  await once(closing, 'listening');
  const { port } = closing.address() as AddressInfo;
  const address = `http://127.0.0.1:${port}`;
  const { code, err } = await spawnCli(['case', 'show', CASE_ID], {
    ONE_MATTER_API: address,
    ONE_MATTER_TOKEN: 'om_test',
    LC_ALL: 'C',
  });
  closing.close();
  expect({ code, err }).toEqual({ code: 2, err: `Nothing answers at ${address}. Check ONE_MATTER_API.\n` });
});

test('a user of the operating system without a name has to name the account that publishes', () => {
  vi.mocked(userInfo).mockImplementationOnce(() => {
    throw new Error('uv_os_get_passwd returned ENOENT');
  });
  expect(byOption(penIn('en'), 'the account')).toMatchObject({ mandatory: true });
  expect(byOption(penIn('en'), 'the account')).toMatchObject({ mandatory: false });
});

test('an unknown command is an error with the help', async () => {
  const { code, err } = await cli(['nonsense']);
  expect(code).toBe(2);
  expect(err).toContain('Usage: one-matter');
});

test('the definitions that the repository ships are in order', async () => {
  const { code, out } = await cli(['matters', 'lint']);
  expect(out).toMatch(/newborn-registration version \d+: in order/);
  expect(code).toBe(0);
});

test('mistakes in a definition are reported with line and column, and the exit code is 1', async () => {
  fileWith('agencies.yaml', 'agencies:\n  - { id: police, nature: organ, name: { zh: 公安, en: Police } }\n');
  mkdirSync(join(folder, 'broken'));
  fileWith('broken/matter.yaml', 'code: broken\nversion: zero\n');
  const { code, err } = await cli(['matters', 'lint', folder]);
  expect(code).toBe(1);
  expect(err).toMatch(/broken\/matter\.yaml:2:\d+/);
  expect(err).toContain('The file has no “name”');
  const chinese = await cli(['--lang', 'zh', 'matters', 'lint', folder]);
  expect(chinese.err).toContain('文件缺少“name”');
  expect(chinese.err).not.toContain('The file');
  rmSync(join(folder, 'agencies.yaml'));
});

test('a folder without definitions is reported as such', async () => {
  for (const path of ['catalog/agencies.yaml', 'no-such-folder']) {
    const { code, err } = await cli(['matters', 'lint', path]);
    expect([code, err]).toEqual([2, expect.stringContaining(`${path} is not a folder`)]);
  }
  const { code, err } = await cli(['matters', 'lint', 'docs']);
  expect([code, err]).toEqual([2, expect.stringContaining('docs has no agencies.yaml')]);
});

test('a list is saved as a file for its owner only, its filters sent as they are given', async () => {
  let asked: unknown;
  const env = await api((_request, response, body) => {
    asked = body;
    response.writeHead(200, { 'content-type': 'text/csv' }).end('清单\r\n');
  });
  const file = join(folder, 'cases.csv');
  const args = ['--format', 'csv', '--region', '3304', '--persons', 'absent', '--out', file];
  const { code, out } = await cli(['export', 'cases', ...args], env);
  expect({ code, out }).toEqual({ code: 0, out: `${file}, 8 bytes\n` });
  expect(readFileSync(file, 'utf8')).toBe('清单\r\n');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(asked).toEqual({ subject: 'cases', format: 'csv', persons: 'absent', filter: { region: '3304' } });
});

test('without a file a list goes to standard output, but not to a terminal', async () => {
  const env = await api((_request, response) =>
    response.writeHead(200, { 'content-type': 'text/csv' }).end('清单\r\n'),
  );
  expect(await cli(['export', 'cases', '--format', 'csv'], env)).toEqual({ code: 0, out: '清单\r\n', err: '' });
  const onTerminal = await runCli(['export', 'cases'], { env, terminal: { isTTY: true } });
  expect(onTerminal).toMatchObject({ code: 2, out: '', err: expect.stringContaining('--out') as string });
});

test('an incomplete file is removed, and the exit code is not 0', async () => {
  const env = await api((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/csv' }).write('half');
    setImmediate(() => response.destroy());
  });
  const file = join(folder, 'half.csv');
  const { code, err } = await cli(['export', 'stalls', '--format', 'csv', '--out', file], env);
  expect(code).toBe(2);
  expect(err).toContain('was interrupted');
  expect(existsSync(file)).toBe(false);
});
