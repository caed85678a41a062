import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../api/config.ts';
import { serveApi } from '../../api/serve.ts';
import { publishMatter } from '../../db/registry/matters.ts';
import { createCipher, generateKeys, readKeys } from '../../db/sql/sealing.ts';
import { createPool } from '../../db/sql/pool.ts';
import { createToken } from '../../db/registry/tokens.ts';
import { withClient } from '../../sandbox/database.ts';
import { freshDatabase, type FreshDatabase } from '../support/database.ts';
import { send, submission } from './harness.ts';
import { SMALL_MOVE } from '../support/matters.ts';

let database: FreshDatabase;
let folder: string;
let env: Record<string, string>;
let token: string;

beforeAll(async () => {
  database = await freshDatabase();
  folder = await mkdtemp(join(tmpdir(), 'one-matter-serve-'));
  const keyFile = join(folder, 'keys.json');
  await writeFile(keyFile, generateKeys());
  env = { DATABASE_URL: database.serviceUrl, ONE_MATTER_KEY_FILE: keyFile, PORT: '0', LOG_LEVEL: 'silent' };
  const pool = createPool({ url: database.serviceUrl, max: 1, name: 'test' });
  await publishMatter(pool, { matter: SMALL_MOVE, hash: 'a'.repeat(64), by: 'test' });
  token = await createToken(pool, createCipher(readKeys({ file: keyFile })), { role: 'admin', account: 'admin' });
  await pool.end();
});
afterAll(async () => {
  await database.drop();
  await rm(folder, { recursive: true });
});

describe('the process of the API', () => {
  it('finishes running requests when it stops, ends its streams, and stops listening', async () => {
    const api = await serveApi(readConfig({ ...env, OUTCOME_WAIT_MS: '60000' }));
    const { body } = await send(`${api.url}/api/v1/cases`, 'POST', submission(token));
    const stream = await fetch(`${api.url}/api/v1/cases/${body.caseId}/events`, {
      headers: { authorization: `Bearer ${token}` },
    });
    const path = `${api.url}/api/v1/cases/${body.caseId}/withdrawal`;
    const waiting = send(path, 'POST', { token, body: { messageId: 'w-1', reason: 'x' } });
    await expect
      .poll(async () => (await send(api.metricsUrl, 'GET', {})).text)
      .toContain('one_matter_waiting_messages 1');
    const before = performance.now();
    await api.close();
    expect(performance.now() - before, 'connections that were kept alive hold nothing up').toBeLessThan(5_000);
    expect(await waiting).toMatchObject({ status: 202, body: { recorded: true, messageId: 'w-1' } });
    expect(await stream.text()).toContain('case-submitted');
    await expect(fetch(`${api.url}/healthz`)).rejects.toThrow();
  });

  it.each(['PORT', 'METRICS_PORT'])('leaves nothing open when the port of %s is taken', async (name) => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const taken = String((holder.address() as AddressInfo).port);
    const listeners = () => process.getActiveResourcesInfo().filter((kind) => kind === 'TCPServerWrap').length;
    await expect(serveApi(readConfig({ ...env, [name]: taken }))).rejects.toThrow('EADDRINUSE');
    // Only the one that has taken the port.
    await expect.poll(listeners).toBe(1);
    const connections = async () => {
      const { rows } = await withClient(database.serviceUrl, (client) =>
        client.query(
          `select from pg_stat_activity where datname = current_database() and application_name in ('api', 'listen')`,
        ),
      );
      return rows.length;
    };
    await expect.poll(connections).toBe(0);
    const closed = once(holder, 'close');
    holder.close();
    await closed;
  });

  it('cuts what is not finished in time', async () => {
    const api = await serveApi(readConfig(env), { stopMs: 100 });
    const unfinished = connect(Number(new URL(api.url).port), '127.0.0.1');
    // The stream may end or be interrupted.
    unfinished.on('error', () => undefined);
    const closed = new Promise((resolve) => unfinished.once('close', resolve));
    const head = ['POST /api/v1/cases HTTP/1.1', 'Host: x', 'Content-Length: 100', 'Expect: 100-continue'];
    unfinished.write(`${head.join('\r\n')}\r\n\r\n`);
    await once(unfinished, 'data');
    await api.close();
    await closed;
  });

  it.each([
    ['headers', 'POST /api/v1/cases HTTP/1.1\r\nHost: x\r\n'],
    ['a body', 'POST /api/v1/cases HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{'],
  ])('closes the connection of a caller who does not finish %s', async (_what, part) => {
    const api = await serveApi(readConfig(env), { headersMs: 300, requestMs: 600 });
    const slow = connect(Number(new URL(api.url).port), '127.0.0.1');
    let answer = '';
    slow.on('data', (chunk: Buffer) => (answer += chunk.toString()));
    slow.write(part);
    await once(slow, 'close');
    expect(answer).toMatch(/^HTTP\/1.1 408 /);
    await api.close();
  });

  it('does not start without keys, nor on a port that is taken', async () => {
    await expect(serveApi(readConfig({ ...env, ONE_MATTER_KEY_FILE: join(folder, 'none') }))).rejects.toThrow();
    const api = await serveApi(readConfig(env));
    await expect(serveApi(readConfig({ ...env, PORT: new URL(api.url).port }))).rejects.toThrow('EADDRINUSE');
    await api.close();
  });
});
