import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { settleStalls } from '../../db/supervision/stalls.ts';
import { MOST_KEPT_ANSWERS, MOST_WITHOUT_EFFECT } from '../../domain/case/without-effect.ts';
import { createQueueWatch } from '../../watcher/review-queues.ts';
import { openApi, type Api } from './harness.ts';

let api: Api;
beforeAll(async () => {
  api = await openApi({ outcomeWaitMs: 5_000 });
});
afterAll(() => api.close());
beforeEach(() => api.driver.run());
afterEach(() => api.driver.pause());

const decide = (caseId: string, stepId: string, agency: string, body: Record<string, unknown>) =>
  api.call('POST', `/agency/v1/tasks/${caseId}:${stepId}:1/decision`, { agency, body });
const get = async (path: string) => api.call('GET', path, { token: api.tokens.supervisor });
const stepOf = async (caseId: string, stepId: string) =>
  (await get(`/api/v1/cases/${caseId}`)).body.steps.find(({ id }) => id === stepId);
const countRows = async (caseId: string) => {
  const { rows } = await api.pool.query<{ inbox: number; ledger: number; updates: number; words: number }>(
    `select (select count(*) from inbox where case_id = $1) as inbox, (select count(*) from ledger where case_id = $1) as ledger,
      (select coalesce(sum(attempts), 0) from inbox where case_id = $1) as updates,
      (select coalesce(sum(length(body)), 0) from inbox where case_id = $1) as words`,
    [caseId],
  );
  return rows[0]!;
};
/** A case whose police have approved, before others send anything. */
const startDecided = async () => {
  const { caseId } = await api.start();
  expect(await decide(caseId, 'register', 'police', { messageId: 'first', decision: 'approved' })).toMatchObject({
    status: 200,
  });
  return caseId;
};

describe('messages that change nothing', () => {
  it('are settled without their case, and refused after some; whatever can change something still counts', async () => {
    const caseId = await startDecided();
    const before = await countRows(caseId);
    const answers = [];
    for (let index = 0; index < 300; index += 1) {
      answers.push(
        await decide(caseId, 'register', 'police', {
          messageId: `again-${index}`,
          decision: 'refused',
          reason: '重复',
        }),
      );
    }
    const codes = answers.map(({ status, body }) => `${status} ${body.code}`);
    expect(codes.slice(0, MOST_KEPT_ANSWERS)).toEqual(Array(MOST_KEPT_ANSWERS).fill('409 STEP_ALREADY_DECIDED'));
    expect(new Set(codes.slice(MOST_KEPT_ANSWERS, MOST_WITHOUT_EFFECT))).toEqual(new Set(['409 REVIEW_QUEUE_FULL']));
    expect(new Set(codes.slice(MOST_WITHOUT_EFFECT))).toEqual(new Set(['429 TOO_MANY_WITHOUT_EFFECT']));
    expect(answers.at(-1)!.headers.get('retry-after')).toBe('3600');

    const after = await countRows(caseId);
    expect(after.inbox - before.inbox).toBe(MOST_WITHOUT_EFFECT);
    expect([after.ledger, after.updates]).toEqual([before.ledger, before.updates]);
    // A message of before gets its outcome, and the same one again.
    expect(await decide(caseId, 'register', 'police', { messageId: 'first', decision: 'approved' })).toMatchObject({
      status: 200,
    });
    expect(
      await decide(caseId, 'register', 'police', { messageId: 'again-30', decision: 'refused', reason: '重复' }),
    ).toMatchObject({
      status: 409,
      body: { code: 'REVIEW_QUEUE_FULL', first: { decision: 'approved' } },
    });
    // The officer of the same agency, another agency, and the applicant are not affected.
    expect(
      await api.call('POST', `/agency/v1/tasks/${caseId}:register:1/decision`, {
        token: api.tokens.police,
        body: { decision: 'refused', reason: '误批' },
      }),
    ).toMatchObject({ status: 409, body: { code: 'STEP_ALREADY_DECIDED' } });
    expect(await decide(caseId, 'meter', 'utilities', { messageId: 'ok', decision: 'approved' })).toMatchObject({
      status: 200,
    });
    const withdrawal = await api.call('POST', `/api/v1/cases/${caseId}/withdrawal`, {
      token: api.tokens.clerk,
      body: { reason: '不办了' },
    });
    expect(withdrawal).toMatchObject({ status: 200, body: { outcome: 'applied' } });
  });

  it('about an open step count too, and the first decision is taken all the same', async () => {
    const { caseId } = await api.start();
    const resume = async (index: number) => {
      const path = `/agency/v1/tasks/${caseId}:register:1/resumption`;
      return api.call('POST', path, { agency: 'police', body: { messageId: `r-${index}`, reason: '恢复' } });
    };
    const statuses = [];
    for (let index = 0; index < MOST_WITHOUT_EFFECT + 3; index += 1) statuses.push((await resume(index)).status);
    expect(statuses).toEqual([...Array<number>(MOST_WITHOUT_EFFECT).fill(409), 429, 429, 429]);
    const suspension = { messageId: 's', procedure: 'inspection', reason: '现场核查', expectedDays: 3 };
    const path = `/agency/v1/tasks/${caseId}:register:1/suspension`;
    expect(await api.call('POST', path, { agency: 'police', body: suspension })).toMatchObject({ status: 200 });
    expect(await decide(caseId, 'register', 'police', { messageId: 'first', decision: 'approved' })).toMatchObject({
      status: 200,
    });
    expect(await stepOf(caseId, 'register')).toMatchObject({ status: 'done' });
  });

  it('that repeat the decision are repeated, and their words are kept once', async () => {
    const { caseId } = await api.start();
    const decision = { decision: 'approved', reason: '合格'.repeat(500) };
    await decide(caseId, 'register', 'police', { messageId: 'first', ...decision });
    const { words } = await countRows(caseId);
    for (const messageId of ['b', 'c', 'b']) {
      expect(await decide(caseId, 'register', 'police', { messageId, ...decision })).toMatchObject({
        status: 200,
        body: { outcome: 'repeated' },
      });
    }
    expect((await countRows(caseId)).words).toBe(words);
  });
});

describe('late answers of an agency', () => {
  it('are kept up to a number for each step; views stay small, and the full queue is one stall', async () => {
    const caseId = await startDecided();
    const result = Object.fromEntries(Array.from({ length: 26 }, (_, index) => [`n${index}`, '字'.repeat(2_000)]));
    const sent = [];
    for (let index = 0; index < 150; index += 1) {
      sent.push(
        await decide(caseId, 'register', 'police', { messageId: `late-${index}`, decision: 'refused', result }),
      );
    }
    expect(sent.filter(({ body }) => body.code === 'STEP_ALREADY_DECIDED')).toHaveLength(MOST_KEPT_ANSWERS);
    for (const path of ['', '/ledger', '/review-queue?limit=100']) {
      const { status, text } = await get(`/api/v1/cases/${caseId}${path}`);
      expect([path, status, text.length < 64_000, text.includes('字字')]).toEqual([path, 200, true, false]);
    }
    expect((await get(`/api/v1/review-queue?limit=100`)).text.length).toBeLessThan(128_000);
    expect(
      (await get(`/api/v1/cases/${caseId}/review-queue/${encodeURIComponent('agency:police:late-0')}`)).text,
    ).toContain('字字');

    const look = async (at: number) => {
      await settleStalls(api.pool, await createQueueWatch(api.pool)(at));
      const stalls = (await get('/api/v1/stalls')).body.stalls as { caseId: string }[];
      return stalls.filter((stall) => stall.caseId === caseId);
    };
    const stall = {
      caseId,
      agency: 'police',
      cause: 'system',
      detail: 'REVIEW_QUEUE_FULL',
      subject: 'review-queue:register',
    };
    expect(await look(Date.now())).toMatchObject([stall]);
    expect(await look(Date.now())).toMatchObject([stall]);
    // The case itself does not wait for it.
    expect(await stepOf(caseId, 'meter')).toMatchObject({ waiting: { stalled: false } });

    const dismiss = { token: api.tokens.supervisor, body: { verdict: 'dismiss', reason: '重复' } };
    const path = `/api/v1/cases/${caseId}/review-queue/${encodeURIComponent('agency:police:late-0')}`;
    expect((await api.call('POST', path, dismiss)).status).toBe(200);
    expect(await look(Date.now())).toEqual([]);
  });

  it('under an id that has another content are bounded too', async () => {
    const { caseId } = await api.start();
    await decide(caseId, 'register', 'police', {
      messageId: 'x',
      decision: 'supplement',
      supplements: [{ field: 'applicant.name', reason: '不清' }],
    });
    for (let index = 0; index < MOST_KEPT_ANSWERS + 10; index += 1) {
      const answer = await decide(caseId, 'register', 'police', {
        messageId: 'x',
        decision: 'refused',
        reason: `第${index}次`,
      });
      expect(answer).toMatchObject({ status: 409, body: { code: 'MESSAGE_ID_REUSED' } });
    }
    expect((await countRows(caseId)).inbox).toBe(1 + MOST_KEPT_ANSWERS);
  });
});
