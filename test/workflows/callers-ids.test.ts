import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { formatRequestId } from '../../agencies/contract.ts';
import { signedHeaders } from '../../agencies/signature.ts';
import { createToken } from '../../db/registry/tokens.ts';
import { serveApp } from '../support/api.ts';
import { readEveryColumn } from '../support/every-column.ts';
import { sampleForm } from '../support/matters.ts';
import { install, sdkLog, type Installation } from '../support/product.ts';
import { readHistory } from './history.ts';
import { occurs } from './planted.ts';

/**
 * Callers who number by ID number, or put a name where a code belongs: every id that a caller
 * chooses, through the API, the relay and the workflow on a real Temporal.
 */

const WAIT = { timeout: 30_000 };
const IDS = {
  reply: '339900198802290101',
  callback: '33990019880229020X',
  command: 'urge:339900198802290303',
  answer: '339900198802290404',
  item: '339900198802290505',
  key: 'case-339900198802290606',
  call: '339900198802290707',
  order: '339900198802290808',
};
const NAME = 'LIN_XIAOYU';
const CANARIES = [...Object.values(IDS), NAME];

const lines: string[] = [];
const log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) });
let installation: Installation;
let agency: Server;
let api: Awaited<ReturnType<typeof serveApp>>;
let tokens: Record<'admin' | 'officer', string>;
let cases: [decided: string, rejected: string];

const send = async (path: string, headers: Record<string, string>, body: unknown) => {
  const response = await fetch(`${api.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-request-id': IDS.call, ...headers },
    body: JSON.stringify(body),
  });
  const correlationId = response.headers.get('x-request-id');
  return { status: response.status, body: (await response.json()) as Record<string, unknown>, correlationId };
};
const asPerson = (token: string, path: string, body: unknown, headers: Record<string, string> = {}) =>
  send(path, { authorization: `Bearer ${token}`, ...headers }, body);
const asAgency = (id: string, path: string, body: { messageId: string }) => {
  const raw = Buffer.from(JSON.stringify(body));
  const signed = signedHeaders([installation.secret], body.messageId, Math.floor(Date.now() / 1_000), raw);
  return send(path, { 'x-one-matter-agency': id, ...signed }, body);
};
const reaches = (caseId: string, stepId: string, status: string) =>
  vi.waitFor(async () => expect(await installation.step(caseId, stepId)).toMatchObject({ status }), WAIT);

/** Decides the first request under an ID number, and rejects the second one with a name. */
const openAgency = async (): Promise<Server> => {
  const decided = { messageId: IDS.reply, decision: 'approved' };
  let first: string | undefined;
  const server = createServer((request, response) => {
    const id = String(request.headers['webhook-id']);
    first ??= id;
    const [status, body] = id === first ? [200, decided] : [422, { code: NAME }];
    request.resume().on('end', () => response.writeHead(status).end(JSON.stringify(body)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
};

beforeAll(async () => {
  installation = await install(inject('servers'));
  await installation.behaveAll({ mode: 'hold' });
  agency = await openAgency();
  await installation.setAgency('civil-affairs', {
    baseUrl: `http://127.0.0.1:${(agency.address() as AddressInfo).port}`,
  });
  await installation.work(log);
  const { db, cipher, config } = installation;
  api = await serveApp({ pool: db, cipher, databaseUrl: config.databaseUrl, config: { outcomeWaitMs: 15_000 }, log });
  tokens = {
    admin: await createToken(db, cipher, { role: 'admin', account: 'admin-1' }),
    officer: await createToken(db, cipher, { role: 'officer', account: 'officer-1', agency: 'hospital' }),
  };
  const decided = (await installation.submit(sampleForm('married-single-child'))).caseId;
  await reaches(decided, 'marriage-check', 'done');
  cases = [decided, (await installation.submit(sampleForm('married-single-child'))).caseId];
  await reaches(cases[1], 'marriage-check', 'attention');
});
afterAll(async () => {
  agency.closeAllConnections();
  agency.close();
  await api.close();
  await installation.close();
});

describe('an id that may hold an ID number', () => {
  it('counts once like any other, and its sender gets it back', async () => {
    const [caseId] = cases;
    const step = 'birth-certificate';
    const path = `/api/v1/cases/${caseId}`;
    await reaches(caseId, step, 'accepted');
    for (const _time of [1, 2]) {
      const body = { messageId: IDS.command, reason: '催办' };
      expect(await asPerson(tokens.admin, `${path}/steps/${step}/urge`, body)).toMatchObject({
        status: 200,
        body: { messageId: IDS.command, outcome: 'applied' },
      });
    }

    const ordered = await asPerson(
      tokens.admin,
      `${path}/steps/${step}/supervision-orders`,
      { reason: '无回应' },
      {
        'idempotency-key': IDS.key,
      },
    );
    const { orderId } = ordered.body as { orderId: string };
    for (const _time of [1, 2]) {
      const body = { messageId: IDS.order, text: '今日办结' };
      expect(await asPerson(tokens.officer, `/api/v1/supervision-orders/${orderId}/answer`, body)).toMatchObject({
        status: 200,
      });
    }

    const requestId = formatRequestId({ caseId, stepId: step, round: 1 });
    const task = `/agency/v1/tasks/${requestId}`;
    const wanted = { requestId, messageId: IDS.callback, decision: 'supplement', reason: '缺失' };
    for (const _time of [1, 2]) {
      expect(await asAgency('hospital', `${task}/decision`, wanted)).toMatchObject({
        status: 200,
        body: { messageId: IDS.callback },
      });
    }

    const answer = `${path}/supplements/1/answer`;
    const given = { messageId: IDS.answer, changes: { 'applicant.mobile': '13900000003' } };
    expect((await asPerson(tokens.admin, answer, { ...given, items: [IDS.item] })).status).toBe(400);
    for (const _time of [1, 2]) {
      expect(await asPerson(tokens.admin, answer, given)).toMatchObject({
        status: 200,
        body: { messageId: IDS.answer, outcome: 'applied' },
      });
    }
  });

  it('and an idempotency key give the same answer to a repetition, and 422 to another request', async () => {
    const key = { 'idempotency-key': IDS.key };
    const overrideDuplicates = { reason: '另一个孩子' };
    const request = {
      matter: 'newborn-registration',
      form: sampleForm('certificates-only'),
      region: '330411',
      overrideDuplicates,
      confirm: [{ rule: 'declared-long-ago', field: 'declaredOn', reason: '样例日期' }],
    };
    const clerk = await createToken(installation.db, installation.cipher, { role: 'clerk', account: 'clerk-1' });
    const file = (body: object) => asPerson(clerk, '/api/v1/cases', body, key);
    const first = await file(request);
    expect(first.status).toBe(201);
    expect((await file(request)).body).toEqual(first.body);
    expect((await file({ ...request, region: '330402' })).status).toBe(422);
  });

  it('is in no table, no log and nothing that Temporal keeps; its hash is', async () => {
    const everything = await readEveryColumn(installation.ownerUrl);
    const histories = Buffer.concat(await Promise.all(cases.map((caseId) => readHistory(installation, caseId))));
    const logs = [...lines, ...sdkLog.map((entry) => inspect(entry, { depth: Infinity }))].join('\n');
    expect(lines.length).toBeGreaterThan(10);
    expect(CANARIES.filter((canary) => everything.includes(canary))).toEqual([]);
    expect(CANARIES.filter((canary) => occurs(histories, canary))).toEqual([]);
    expect(CANARIES.filter((canary) => logs.includes(canary))).toEqual([]);
    for (const sender of ['agency:civil-affairs', 'agency:hospital', 'admin:admin-1']) {
      expect(everything).toMatch(new RegExp(`${sender}:~[\\w-]{22}`));
      expect(occurs(histories, `${sender}:~`)).toBe(true);
    }
    expect(everything).toContain('HTTP_422');
  });
});

describe('a correlation id', () => {
  it.each([IDS.call, 'a/b', 'a'.repeat(101), 'a b'])('that does not fit is replaced: %j', async (given) => {
    const headers = { 'x-request-id': given };
    const { correlationId } = await asPerson(tokens.admin, '/api/v1/cases/search', { text: '林晓雨' }, headers);
    expect(correlationId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('that fits is kept', async () => {
    const headers = { 'x-request-id': 'trace:1.2_3-4' };
    const { correlationId } = await asPerson(tokens.admin, '/api/v1/cases/search', { text: '林晓雨' }, headers);
    expect(correlationId).toBe('trace:1.2_3-4');
  });
});
