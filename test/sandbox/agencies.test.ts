import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { verify } from '../../agencies/signature.ts';
import { SECRET } from '../agencies/requests.ts';
import { startRig } from './agencies-rig.ts';

let rig: Awaited<ReturnType<typeof startRig>>;
beforeEach(async () => {
  rig = await startRig();
});
afterEach(() => rig.close());

const APPROVED = { kind: 'decided', decision: { decision: 'approved' } };

describe('an agency by default', () => {
  it('verifies at once', async () => {
    const sent = rig.request({ step: { id: 'identity', kind: 'verify', name: { zh: '核验', en: 'Verify' } } });
    expect(await rig.client.submit(rig.agency(), sent)).toMatchObject(APPROVED);
  });

  it('has officers approve the rest within seconds, mostly after 202', async () => {
    const sent = Array.from({ length: 20 }, () => rig.request());
    const answers = await Promise.all(sent.map((each) => rig.client.submit(rig.agency(), each)));
    expect(answers.filter(({ kind }) => kind === 'accepted').length).toBeGreaterThan(5);
    await expect
      .poll(async () => Promise.all(sent.map((each) => rig.effectsOf(each.requestId))), { timeout: 10_000 })
      .toEqual(sent.map(() => ['decided:approved']));
  });

  it('never gives a certificate number twice', async () => {
    await rig.behave({ mode: 'decide' }, 'real-estate');
    const sent = Array.from({ length: 50 }, () => rig.request());
    const answers = await Promise.all(sent.map((each) => rig.client.submit(rig.agency('real-estate'), each)));
    const numbers = answers.map((answer) => answer.kind === 'decided' && answer.decision.result?.['certificateNo']);
    expect(new Set(numbers).size).toBe(50);
    expect(numbers.every((number) => /^浙（\d{4}）.+不动产权第\d{7}号$/.test(String(number)))).toBe(true);
  });

  it('refuses what is not signed with its secret', async () => {
    const other = `whsec_${Buffer.alloc(32, 'other').toString('base64')}`;
    const sent = rig.request();
    expect(await rig.client.submit({ ...rig.agency(), secrets: [other] }, sent)).toMatchObject({ status: 401 });
    expect(await rig.effectsOf(sent.requestId)).toEqual([]);
  });
});

describe('the request id as key', () => {
  it('gives 50 simultaneous repetitions one effect and one answer', async () => {
    await rig.behave({ mode: 'decide' });
    const sent = rig.request();
    const answers = await Promise.all(Array.from({ length: 50 }, () => rig.client.submit(rig.agency(), sent)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await rig.effectsOf(sent.requestId)).toEqual(['decided:approved']);
  });

  it('is answered 409 while it is pending and 200 once it is decided', async () => {
    await rig.behave({ mode: 'hold' });
    const sent = rig.request();
    const statuses = [await rig.client.submit(rig.agency(), sent), await rig.client.submit(rig.agency(), sent)];
    expect(statuses).toEqual([{ kind: 'accepted' }, { kind: 'accepted' }]);
    await rig.control('POST', `agencies/police/requests/${sent.requestId}/answer`, { decision: 'approved' });
    expect(await rig.client.submit(rig.agency(), sent)).toMatchObject(APPROVED);
    expect(await rig.effectsOf(sent.requestId)).toEqual(['decided:approved']);
  });

  it('is ignored by an agency without keys, the negative control', async () => {
    await rig.behave({ mode: 'decide', keyless: true });
    const sent = rig.request();
    await rig.client.submit(rig.agency(), sent);
    await rig.client.submit(rig.agency(), sent);
    expect(await rig.effectsOf(sent.requestId)).toEqual(['decided:approved', 'decided:approved']);
  });
});

describe('an agency in mode', () => {
  it('decide answers 200', async () => {
    await rig.behave({ mode: 'decide' });
    expect(await rig.client.submit(rig.agency(), rig.request())).toMatchObject(APPROVED);
  });

  it('callback answers 202 and calls back, signed', async () => {
    await rig.behave({ mode: 'callback', delayMs: 20 });
    const sent = rig.request();
    expect(await rig.client.submit(rig.agency(), sent)).toEqual({ kind: 'accepted' });
    const { headers, raw, decision } = await rig.callbackTo(sent);
    expect(verify([SECRET], headers, raw, Date.now())).toBe('ok');
    expect(headers).toMatchObject({ 'x-one-matter-agency': 'police', 'webhook-id': decision.messageId });
    expect(decision.decision).toBe('approved');
  });

  it('hold is silent until a person answers for it', async () => {
    await rig.behave({ mode: 'hold' });
    const sent = rig.request();
    await rig.client.submit(rig.agency(), sent);
    expect(await rig.client.enquire(rig.agency(), sent.requestId)).toEqual({ kind: 'accepted' });
    const { body } = await rig.control('GET', 'agencies/police/requests');
    expect(body).toMatchObject({ requests: [{ requestId: sent.requestId }] });
    const answer = { decision: 'refused', reason: '不符合条件' };
    expect(await rig.control('POST', `agencies/police/requests/${sent.requestId}/answer`, answer)).toMatchObject({
      status: 200,
    });
    expect((await rig.callbackTo(sent)).decision).toMatchObject(answer);
    expect(await rig.control('GET', 'agencies/police/requests')).toMatchObject({ body: { requests: [] } });
  });

  it('refuse answers with a reason', async () => {
    await rig.behave({ mode: 'refuse' });
    expect(await rig.client.submit(rig.agency(), rig.request())).toMatchObject({
      decision: { decision: 'refused', reason: expect.any(String) as string },
    });
  });

  it('refuse with a delay calls back', async () => {
    await rig.behave({ mode: 'refuse', delayMs: 10 });
    const sent = rig.request();
    expect(await rig.client.submit(rig.agency(), sent)).toEqual({ kind: 'accepted' });
    expect((await rig.callbackTo(sent)).decision.decision).toBe('refused');
  });

  it('supplement asks once and approves the next round', async () => {
    await rig.behave({ mode: 'supplement' });
    const sent = rig.request();
    expect(await rig.client.submit(rig.agency(), sent)).toMatchObject({ decision: { decision: 'supplement' } });
    expect(await rig.client.submit(rig.agency(), rig.request({ caseId: sent.caseId, round: 2 }))).toMatchObject(
      APPROVED,
    );
  });

  it('reject answers 422 and keeps nothing', async () => {
    await rig.behave({ mode: 'reject' });
    const sent = rig.request();
    expect(await rig.client.submit(rig.agency(), sent)).toEqual({
      kind: 'rejected',
      detail: 'HTTP_422 FORM_INCOMPLETE',
    });
    await rig.behave({ mode: 'decide' });
    expect(await rig.client.submit(rig.agency(), sent)).toMatchObject(APPROVED);
  });

  it('slow has the effect although the caller gave up', async () => {
    await rig.behave({ mode: 'slow', delayMs: 60_000 });
    const sent = rig.request();
    expect(await rig.client.submit(rig.agency('police', 100), sent)).toEqual({ kind: 'unavailable', cause: 'timeout' });
    expect(await rig.effectsOf(sent.requestId)).toEqual(['decided:approved']);
  });

  it('down refuses every connection until it is up again', async () => {
    await rig.behave({ mode: 'down' });
    const sent = rig.request();
    const refused = { kind: 'unavailable', cause: 'refused' };
    expect(await rig.client.submit(rig.agency(), sent)).toEqual(refused);
    expect(await rig.client.enquire(rig.agency(), sent.requestId)).toEqual(refused);
    expect(await rig.client.undo(rig.agency(), { requestId: sent.requestId, class: 'void' })).toEqual(refused);
    expect(await rig.effectsOf(sent.requestId)).toEqual([]);
    await rig.behave({ mode: 'decide' });
    expect(await rig.client.submit(rig.agency(), sent)).toMatchObject(APPROVED);
  });

  it('down stays so when the agencies are started again', async () => {
    await rig.behave({ mode: 'down' });
    await rig.restart();
    expect(await rig.client.submit(rig.agency(), rig.request())).toMatchObject({ cause: 'refused' });
  });

  it('down for some steps cuts the calls about these and no others', async () => {
    await rig.behave({ mode: 'down', steps: ['elsewhere'] });
    expect(await rig.client.submit(rig.agency(), rig.request())).not.toMatchObject({ kind: 'unavailable' });
    await rig.behave({ mode: 'down', probability: 1 });
    expect(await rig.client.submit(rig.agency(), rig.request())).toEqual({ kind: 'unavailable', cause: 'reset' });
  });

  it('down leaves the other agencies up', async () => {
    await rig.behave({ mode: 'down' });
    await rig.behave({ mode: 'decide' }, 'hospital');
    expect(await rig.client.submit(rig.agency('hospital'), rig.request())).toMatchObject(APPROVED);
  });

  it('error answers 503 with Retry-After', async () => {
    await rig.behave({ mode: 'error', delayMs: 3000 });
    expect(await rig.client.submit(rig.agency(), rig.request())).toEqual({
      kind: 'unavailable',
      cause: 'status',
      status: 503,
      retryAfterMs: 3000,
    });
  });

  it('lost-reply has the effect, loses the first answer and gives it to the next', async () => {
    await rig.behave({ mode: 'lost-reply' });
    const sent = rig.request();
    expect(await rig.client.submit(rig.agency(), sent)).toEqual({ kind: 'unavailable', cause: 'reset' });
    expect(await rig.client.submit(rig.agency(), sent)).toMatchObject(APPROVED);
    expect(await rig.effectsOf(sent.requestId)).toEqual(['decided:approved']);
  });

  it('duplicate calls back several times, once under another id', async () => {
    await rig.behave({ mode: 'duplicate', delayMs: 10 });
    const sent = rig.request();
    await rig.client.submit(rig.agency(), sent);
    await expect.poll(() => rig.callbacksTo(sent).length).toBe(4);
    const ids = rig.callbacksTo(sent).map(({ decision }) => decision.messageId);
    const contents = rig.callbacksTo(sent).map(({ decision }) => JSON.stringify({ ...decision, messageId: '' }));
    expect([new Set(ids).size, new Set(contents).size]).toEqual([2, 1]);
    expect(await rig.effectsOf(sent.requestId)).toEqual(['decided:approved']);
  });

  it('garbage answers 200 with an unreadable body', async () => {
    await rig.behave({ mode: 'garbage' });
    const sent = Array.from({ length: 20 }, () => rig.request());
    const answers = await Promise.all(sent.map((each) => rig.client.submit(rig.agency(), each)));
    expect(new Set(answers.map(({ kind }) => kind))).toEqual(new Set(['unreadable']));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBeGreaterThan(1);
  });

  it('stands does not undo', async () => {
    await rig.behave({ mode: 'stands' });
    const sent = rig.request();
    await rig.client.submit(rig.agency(), sent);
    expect(await rig.client.undo(rig.agency(), { requestId: sent.requestId, class: 'revoke' })).toEqual({
      kind: 'stands',
    });
  });
});

describe('an undo', () => {
  it('is done once, also when it is requested several times', async () => {
    await rig.behave({ mode: 'decide' });
    const sent = rig.request();
    await rig.client.submit(rig.agency(), sent);
    const undo = { requestId: sent.requestId, class: 'withdraw' } as const;
    expect(await Promise.all([1, 2, 3].map(() => rig.client.undo(rig.agency(), undo)))).toEqual([
      { kind: 'undone' },
      { kind: 'undone' },
      { kind: 'undone' },
    ]);
    expect(await rig.effectsOf(sent.requestId)).toEqual(['decided:approved', 'undone']);
  });

  it('of a request that never came prevents its later effect', async () => {
    const sent = rig.request();
    const undo = { requestId: sent.requestId, class: 'withdraw' } as const;
    expect(await rig.client.undo(rig.agency(), undo)).toEqual({ kind: 'undone' });
    await rig.restart();
    expect(await rig.client.submit(rig.agency(), sent)).toEqual({ kind: 'withdrawn' });
    expect(await rig.effectsOf(sent.requestId)).toEqual(['undone']);
  });

  it('of what is pending stops it', async () => {
    await rig.behave({ mode: 'callback', delayMs: 300 });
    const [stopped, control] = [rig.request(), rig.request()];
    await rig.client.submit(rig.agency(), stopped);
    await rig.client.undo(rig.agency(), { requestId: stopped.requestId, class: 'withdraw' });
    await rig.client.submit(rig.agency(), control);
    await rig.callbackTo(control);
    expect(rig.callbacksTo(stopped)).toEqual([]);
    expect(await rig.effectsOf(stopped.requestId)).toEqual(['undone']);
  });
});

describe('a behaviour', () => {
  it.each(['household-registration', 'household-registration.2'])(
    'is limited to the steps named by %s',
    async (step) => {
      await rig.behave({ mode: 'reject', steps: [step] });
      const meant = { id: 'household-registration.2', kind: 'verify', name: { zh: '甲', en: 'A' } } as const;
      const other = { ...meant, id: 'household-move' };
      expect(await rig.client.submit(rig.agency(), rig.request({ step: meant }))).toMatchObject({ kind: 'rejected' });
      expect(await rig.client.submit(rig.agency(), rig.request({ step: other }))).toMatchObject(APPROVED);
    },
  );

  it('applies to its share of calls, and a repeated call may pass', async () => {
    await rig.behave({ mode: 'error', probability: 0.3, seed: 7 });
    const caseId = (index: number) => `00000000-0000-7000-8000-${String(index).padStart(12, '0')}`;
    const sent = Array.from({ length: 100 }, (_, index) => rig.request({ caseId: caseId(index) }));
    const kinds = (await Promise.all(sent.map((each) => rig.client.submit(rig.agency(), each)))).map(
      ({ kind }) => kind,
    );
    const failed = kinds.filter((kind) => kind === 'unavailable').length;
    expect(failed).toBeGreaterThan(10);
    expect(failed).toBeLessThan(50);
    const again = await Promise.all(
      sent.filter((_, index) => kinds[index] === 'unavailable').map((each) => rig.client.submit(rig.agency(), each)),
    );
    expect(again.some(({ kind }) => kind !== 'unavailable')).toBe(true);
  });

  it('applies to the same calls under the same seed', async () => {
    const sent = Array.from({ length: 30 }, () => rig.request());
    const run = async () => {
      await rig.behave({ mode: 'garbage', probability: 0.5, seed: 42 });
      const answers = await Promise.all(sent.map((each) => rig.client.submit(rig.agency(), each)));
      return answers.map(({ kind }) => kind === 'unreadable');
    };
    const first = await run();
    await rig.restart();
    expect(await run()).toEqual(first);
  });

  it('outlives a restart, and is gone when it is reset', async () => {
    await rig.behave({ mode: 'error' });
    await rig.restart();
    expect(await rig.control('GET', 'agencies/police/behaviour')).toMatchObject({ body: { mode: 'error' } });
    await rig.control('DELETE', 'agencies/police/behaviour');
    expect(await rig.control('GET', 'agencies/police/behaviour')).toMatchObject({ body: { mode: 'mix' } });
  });

  it.each([{ mode: 'dance' }, { mode: 'slow', delay: 5 }, { probability: 2 }, 'nonsense'])(
    'is refused when it is %j',
    async (behaviour) => {
      expect(await rig.control('PUT', 'agencies/police/behaviour', behaviour)).toMatchObject({ status: 422 });
    },
  );

  it('needs a simulated agency', async () => {
    expect(await rig.control('PUT', 'agencies/nobody/behaviour', { mode: 'down' })).toMatchObject({ status: 404 });
  });
});
