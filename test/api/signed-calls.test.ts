import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from 'vitest';
import { formatCallId, formatOurCallId } from '../../agencies/call-id.ts';
import { createCipher, generateKeys, readKeys } from '../../db/sql/sealing.ts';
import { rememberCall } from '../../db/agencies/signed-calls.ts';
import { signAs } from '../support/sign.ts';
import { openApi, type Answer, type Api } from './harness.ts';

let api: Api;
beforeAll(async () => {
  api = await openApi({ outcomeWaitMs: 5_000 });
});
afterAll(() => api.close());
beforeEach(() => api.driver.run());
afterEach(() => api.driver.pause());

const NOTHING = Buffer.alloc(0);

interface Signed {
  raw: Buffer;
  headers: Record<string, string>;
}

/** What an agency has signed, so that a test can send it elsewhere. */
const sign = (id: string, body?: object, agency = 'police'): Signed => {
  const raw = body === undefined ? NOTHING : Buffer.from(JSON.stringify(body));
  return { raw, headers: signAs(agency, api.secrets[agency]!, id, raw) };
};
const signBody = (body: { messageId: string } & Record<string, unknown>): Signed => sign(body.messageId, body);

const sendTo = (method: string, path: string, signed: Signed): Promise<Answer> => api.call(method, path, signed);

const startTask = async () => {
  const { caseId } = await api.start();
  const requestId = `${caseId}:register:1`;
  const statusOf = async () => {
    const { body } = await api.call('GET', `/api/v1/cases/${caseId}`, { token: api.tokens.clerk });
    return body.steps.find(({ id }) => id === 'register')!.status;
  };
  return { caseId, requestId, path: `/agency/v1/tasks/${requestId}`, statusOf };
};

const refusal = (status: number, code: string) => ({ status, body: { code } });

/** A body for each route about a task that takes one. */
const BODIES: Record<string, object> = {
  decision: { decision: 'refused', reason: '不符合条件' },
  suspension: { procedure: 'inspection', reason: '现场勘验', expectedDays: 3 },
  resumption: { reason: '勘验结束' },
  progress: { note: 'half way' },
  draft: { reason: '材料' },
};

/** Every route that an agency may call without a body. */
const BODYLESS: readonly [string, string][] = [
  ['GET', '/agency/v1/tasks'],
  ['GET', '/agency/v1/tasks?limit=1'],
  ['GET', '/agency/v1/tasks/{requestId}'],
  ['POST', '/agency/v1/tasks/{requestId}/claim'],
  ['POST', '/agency/v1/tasks/{requestId}/release'],
  ['GET', '/agency/v1/decisions'],
  ['GET', '/api/v1/supervision-orders'],
];

describe('the list of routes in this file', () => {
  it('has every route that the description names for agencies', async () => {
    const { body } = await api.call('GET', '/api/openapi.json');
    const described = Object.entries(body.paths)
      .filter(([path]) => path.startsWith('/agency/v1/'))
      .flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`));
    const tested = [
      ...BODYLESS.map(([method, path]) => `${method} ${path}`),
      ...Object.keys(BODIES).map((name) => `POST /agency/v1/tasks/{requestId}/${name}`),
    ];
    expect(described.filter((route) => !tested.includes(route))).toEqual([]);
  });
});

describe.each(Object.entries(BODIES))('a signed %s', (name, words) => {
  it('of one task is refused at another task, with and without the id of its task', async () => {
    const [own, other] = [await startTask(), await startTask()];
    const named = signBody({ messageId: uuidv7(), requestId: own.requestId, ...words });
    expect(await sendTo('POST', `${other.path}/${name}`, named)).toMatchObject(refusal(400, 'REQUEST_ID_MISMATCH'));
    const unnamed = signBody({ messageId: uuidv7(), ...words });
    for (const { path } of [own, other]) {
      expect(await sendTo('POST', `${path}/${name}`, unnamed)).toMatchObject(refusal(400, 'REQUEST_ID_MISMATCH'));
    }
    expect(await other.statusOf()).toBe('accepted');
  });

  it('is refused under a webhook-id that is not its messageId', async () => {
    const { path, requestId, statusOf } = await startTask();
    const body = { messageId: 'inner-1', requestId, ...words };
    expect(await sendTo('POST', `${path}/${name}`, sign('outer-9', body))).toMatchObject(
      refusal(400, 'MESSAGE_ID_MISMATCH'),
    );
    const without = { requestId, ...words };
    expect(await sendTo('POST', `${path}/${name}`, sign(uuidv7(), without))).toMatchObject(
      refusal(400, 'MESSAGE_ID_MISMATCH'),
    );
    expect(await statusOf()).toBe('accepted');
  });

  it('is refused with an id of ours', async () => {
    const { path, requestId } = await startTask();
    const signed = signBody({ messageId: formatOurCallId(requestId), requestId, ...words });
    expect(await sendTo('POST', `${path}/${name}`, signed)).toMatchObject(refusal(401, 'SIGNATURE_NOT_FOR_CALL'));
  });

  it('is refused by any other route after it was used', async () => {
    const { path, requestId } = await startTask();
    const signed = signBody({ messageId: uuidv7(), requestId, ...words });
    await sendTo('POST', `${path}/${name}`, signed);
    const elsewhere = [...Object.keys(BODIES), 'claim', 'release'].filter((other) => other !== name);
    for (const other of elsewhere) {
      const { status, body } = await sendTo('POST', `${path}/${other}`, signed);
      expect([status, body.code], other).toEqual([400, expect.stringMatching(/^(REQUEST_INVALID|WEBHOOK_ID_REUSED)$/)]);
    }
    const query = await sendTo('POST', `${path}/${name}?again=1`, signed);
    expect(query.status).toBe(400);
  });
});

describe.each(BODYLESS)('a signed %s %s without a body', (method, template) => {
  const addressOf = (requestId: string) => template.replace('{requestId}', requestId);

  it(`is accepted for its own address, ${method === 'GET' ? 'again too' : 'once'}`, async () => {
    const { path, requestId } = await startTask();
    if (template.endsWith('/release')) {
      await sendTo('POST', `${path}/claim`, sign(formatCallId('POST', `${path}/claim`, uuidv7())));
    }
    const signed = sign(formatCallId(method, addressOf(requestId), uuidv7()));
    expect((await sendTo(method, addressOf(requestId), signed)).status).toBeLessThan(300);
    const again = await sendTo(method, addressOf(requestId), signed);
    if (method === 'GET') expect(again.status).toBe(200);
    else expect(again).toMatchObject(refusal(400, 'WEBHOOK_ID_REUSED'));
  });

  it('opens no other address', async () => {
    const { path, requestId, statusOf } = await startTask();
    const signed = sign(formatCallId(method, addressOf(requestId), uuidv7()));
    for (const [otherMethod, other] of [...BODYLESS, ['GET', '/agency/v1/tasks/{requestId}?x=1'] as const]) {
      if (otherMethod === method && other === template) continue;
      const answer = await sendTo(otherMethod, other.replace('{requestId}', requestId), signed);
      expect(answer, `${otherMethod} ${other}`).toMatchObject(refusal(401, 'SIGNATURE_NOT_FOR_CALL'));
    }
    for (const name of Object.keys(BODIES)) {
      const answer = await sendTo('POST', `${path}/${name}`, signed);
      expect(answer, name).toMatchObject(refusal(401, 'SIGNATURE_NOT_FOR_CALL'));
    }
    expect(await statusOf()).toBe('accepted');
  });

  it('is refused with the id of a call of ours, reflected', async () => {
    const { requestId } = await startTask();
    for (const id of [formatOurCallId(requestId), formatOurCallId(requestId, 'enquiry'), `${requestId}:enquiry`]) {
      expect(await sendTo(method, addressOf(requestId), sign(id))).toMatchObject(
        refusal(401, 'SIGNATURE_NOT_FOR_CALL'),
      );
    }
  });

  it.each(['short', 'with a blank', 'n'.repeat(101)])('is refused with the nonce %j', async (nonce) => {
    const { requestId } = await startTask();
    const signed = sign(formatCallId(method, addressOf(requestId), nonce));
    expect(await sendTo(method, addressOf(requestId), signed)).toMatchObject(refusal(401, 'SIGNATURE_NOT_FOR_CALL'));
  });
});

describe('a recorded claim', () => {
  it('does not take a task again that was given back, and another one does', async () => {
    const { path, requestId } = await startTask();
    const claim = () => sign(formatCallId('POST', `${path}/claim`, uuidv7()));
    const recorded = claim();
    expect((await sendTo('POST', `${path}/claim`, recorded)).status).toBe(200);
    const release = sign(formatCallId('POST', `${path}/release`, uuidv7()));
    expect((await sendTo('POST', `${path}/release`, release)).status).toBe(204);
    expect(await sendTo('POST', `${path}/claim`, recorded)).toMatchObject(refusal(400, 'WEBHOOK_ID_REUSED'));
    const { body } = await api.call('GET', '/agency/v1/tasks?limit=100', { token: api.tokens.police });
    const task = body.tasks.find((found) => found.requestId === requestId);
    expect(task?.requestId).toBe(requestId);
    expect(task).not.toHaveProperty('claimedBy');
    expect((await sendTo('POST', `${path}/claim`, claim())).status).toBe(200);
  });
});

describe('a repeated call', () => {
  it('is answered as before, by every process', async () => {
    const { path, requestId } = await startTask();
    const signed = signBody({ messageId: uuidv7(), requestId, decision: 'approved' });
    const first = await sendTo('POST', `${path}/decision`, signed);
    expect(first).toMatchObject({ status: 200, body: { outcome: 'applied' } });
    expect(await sendTo('POST', `${path}/decision`, signed)).toMatchObject({
      status: 200,
      body: { outcome: 'applied' },
    });
  });

  it('is refused with other content where nothing keeps the first content', async () => {
    const { path, requestId } = await startTask();
    const messageId = uuidv7();
    const note = (text: string) => sendTo('POST', `${path}/progress`, signBody({ messageId, requestId, note: text }));
    expect((await note('half way')).status).toBe(204);
    expect((await note('half way')).status).toBe(204);
    expect(await note('all the way')).toMatchObject(refusal(400, 'WEBHOOK_ID_REUSED'));
  });

  it('does not count while its first try was not valid', async () => {
    const { path, requestId } = await startTask();
    const messageId = uuidv7();
    const wrong = signBody({ messageId, requestId, decision: 'maybe' });
    expect((await sendTo('POST', `${path}/decision`, wrong)).status).toBe(400);
    const right = signBody({ messageId, requestId, decision: 'approved' });
    expect((await sendTo('POST', `${path}/decision`, right)).status).toBe(200);
  });
});

describe('remembered calls', () => {
  const cipher = createCipher(readKeys({ env: generateKeys() }));
  const remember = (id: string, target: string, agency = 'police') =>
    rememberCall(api.pool, cipher, { agency, id, target, body: { a: 1, b: 2 } });
  const count = async () => (await api.pool.query('select from signed_calls')).rowCount;
  const age = (seconds: number) =>
    api.pool.query('update signed_calls set at = now() - make_interval(secs => $1)', [seconds]);

  it('are kept for each agency, by content and not by the order of keys', async () => {
    expect(await remember('m', 'POST /a')).toBe('new');
    expect(await remember('m', 'POST /b', 'utilities')).toBe('new');
    const call = { agency: 'police', id: 'm', target: 'POST /a' };
    expect(await rememberCall(api.pool, cipher, { ...call, body: { b: 2, a: 1 } })).toBe('repeated');
    expect(await rememberCall(api.pool, cipher, { ...call, body: { a: 2 } })).toBe('other-content');
    expect(await remember('m', 'POST /b')).toBe('other-target');
  });

  it('agree when many processes get one id at once', async () => {
    const seen = await Promise.all(Array.from({ length: 8 }, (_, n) => remember('at once', `POST /${n}`)));
    expect(seen.filter((one) => one === 'new')).toHaveLength(1);
  });

  it('are forgotten after ten minutes, and deleted by later calls', async () => {
    await remember('old', 'POST /a');
    await age(590);
    expect(await remember('old', 'POST /b')).toBe('other-target');
    await age(610);
    expect(await remember('old', 'POST /b')).toBe('new');
    await api.pool.query('delete from signed_calls');
    for (let n = 0; n < 30; n += 1) await remember(`old-${n}`, 'POST /a');
    await age(610);
    for (let n = 0; n < 5; n += 1) await remember(`new-${n}`, 'POST /a');
    expect(await count()).toBe(5);
  });

  it('keep neither id nor content in clear', async () => {
    await remember('330106199001011234', 'POST /a');
    const { rows } = await api.pool.query('select signed_calls::text as row from signed_calls');
    expect(JSON.stringify(rows)).not.toContain('330106199001011234');
  });
});

describe('a signed body', () => {
  // {"messageId":"g","decision":"refused","reason":"林"} in GBK
  const gbk = Buffer.concat([
    Buffer.from('{"messageId":"g","decision":"refused","reason":"'),
    Buffer.from([0xc1, 0xd6]),
    Buffer.from('"}'),
  ]);

  it.each(['application/json', 'application/json; charset=GBK', 'application/json; charset=utf-8'])(
    'in GBK sent as %s is told about its encoding and not about its signature',
    async (type) => {
      const { path } = await startTask();
      const headers = { ...signAs('police', api.secrets['police']!, 'g', gbk), 'content-type': type };
      expect(await api.call('POST', `${path}/decision`, { raw: gbk, headers })).toMatchObject(
        refusal(400, 'BODY_NOT_UTF8'),
      );
      const forged = { ...headers, 'webhook-id': 'h' };
      expect(await api.call('POST', `${path}/decision`, { raw: gbk, headers: forged })).toMatchObject(
        refusal(401, 'SIGNATURE_INVALID'),
      );
    },
  );

  it('keeps a number of papers to its last digit or is refused with its path', async () => {
    const { path, requestId } = await startTask();
    const messageId = uuidv7();
    const text = `{"requestId":"${requestId}","messageId":"${messageId}","decision":"approved","result":{"certificateNo":33990020261128000121}}`;
    const raw = Buffer.from(text);
    const headers = signAs('police', api.secrets['police']!, messageId, raw);
    expect(await api.call('POST', `${path}/decision`, { raw, headers })).toMatchObject({
      status: 400,
      body: { code: 'NUMBER_NOT_EXACT', errors: [{ path: 'body.result.certificateNo', rule: 'number-not-exact' }] },
    });
  });

  it('that says two decisions is refused', async () => {
    const { path, requestId, statusOf } = await startTask();
    const messageId = uuidv7();
    const raw = Buffer.from(
      `{"requestId":"${requestId}","messageId":"${messageId}","decision":"refused","decision":"approved"}`,
    );
    const headers = signAs('police', api.secrets['police']!, messageId, raw);
    expect(await api.call('POST', `${path}/decision`, { raw, headers })).toMatchObject({
      status: 400,
      body: { code: 'KEY_REPEATED', errors: [{ path: 'body.decision', rule: 'key-repeated' }] },
    });
    expect(await statusOf()).toBe('accepted');
  });
});
