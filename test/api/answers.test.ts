import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { publishMatter } from '../../db/registry/matters.ts';
import { DECISION_KINDS, type DecisionKind } from '../../domain/case/messages.ts';
import { STEP_KINDS, type StepKind } from '../../domain/case/plan.ts';
import { EVERY_KIND } from '../support/matters.ts';
import { openApi, submission, type Answer, type Api } from './harness.ts';

/** What a kind of step may answer, over the API: a case has one step of every kind. */

let api: Api;
beforeAll(async () => {
  api = await openApi({ outcomeWaitMs: 5_000 });
  await publishMatter(api.pool, { matter: EVERY_KIND, hash: 'e'.repeat(64), by: 'test' });
});
afterAll(() => api.close());
beforeEach(() => api.driver.run());
afterEach(() => api.driver.pause());

type Sender = 'system' | 'officer';

/** The decisions of each kind: by the system of the agency and by its officers, or by officers only. */
const POSSIBLE: Record<StepKind, Partial<Record<DecisionKind, 'both' | 'officer'>>> = {
  verify: { approved: 'both', missed: 'both', supplement: 'both' },
  // It accepts the case, so only a person refuses it (不予受理).
  review: { approved: 'both', refused: 'officer', supplement: 'both' },
  approve: { approved: 'both', refused: 'both', supplement: 'both' },
  instant: { approved: 'both', refused: 'officer', supplement: 'both' },
  register: { approved: 'both', refused: 'both', supplement: 'both' },
  issue: { approved: 'both', supplement: 'both' },
  pay: { approved: 'both', exempt: 'both', lapsed: 'both', supplement: 'both' },
  deliver: { approved: 'both', returned: 'both', lapsed: 'officer' },
  notify: { approved: 'both' },
  consult: { approved: 'both', refused: 'both', supplement: 'both' },
};

const STATUS_AFTER = {
  approved: 'done',
  exempt: 'done',
  refused: 'refused',
  lapsed: 'lapsed',
  missed: 'attention',
  returned: 'attention',
  supplement: 'supplement',
} as const satisfies Record<DecisionKind, string>;

const PAID = { amount: 120.5, paidOn: '2026-11-27', receiptNo: '3326000017' };

const start = async (): Promise<string> => {
  const { status, body } = await api.call(
    'POST',
    '/api/v1/cases',
    submission(api.tokens.clerk, { matter: EVERY_KIND.code, form: { name: '林晓雨' } }),
  );
  expect(status, JSON.stringify(body)).toBe(201);
  await api.driver.takeTurn();
  return body.caseId;
};

const send = (caseId: string, stepId: string, by: Sender, body: Record<string, unknown>, language = 'zh') =>
  api.call('POST', `/agency/v1/tasks/${caseId}:${stepId}:1/decision`, {
    ...(by === 'system' ? { agency: 'police' } : { token: api.tokens.police }),
    headers: { 'accept-language': language },
    body: { messageId: uuidv7(), ...body },
  });
const caseOf = async (caseId: string, token = api.tokens.supervisor): Promise<Answer['body']> =>
  (await api.call('GET', `/api/v1/cases/${caseId}`, { token })).body;
const stepOf = async (caseId: string, stepId: string) => (await caseOf(caseId)).steps.find(({ id }) => id === stepId)!;
const queueOf = async (caseId: string): Promise<unknown> =>
  (await api.call('GET', `/api/v1/cases/${caseId}/review-queue`, { token: api.tokens.supervisor })).body;
const act = (caseId: string, path: string, token: string, body: Record<string, unknown>) =>
  api.call('POST', `/api/v1/cases/${caseId}/steps/${path}`, { token, body });

describe.each(['system', 'officer'] as const)('the %s of an agency', (by) => {
  it.each(DECISION_KINDS)('says %s only where the kind of the step allows it', async (decision) => {
    const caseId = await start();
    for (const kind of STEP_KINDS) {
      const possible = POSSIBLE[kind][decision];
      const isAllowed = possible === 'both' || possible === by;
      const answer = await send(caseId, kind, by, { decision, reason: '材料不符', result: PAID });
      if (isAllowed) {
        expect(answer, kind).toMatchObject({ status: 200, body: { outcome: 'applied' } });
        expect(await stepOf(caseId, kind), kind).toMatchObject({ status: STATUS_AFTER[decision] });
        continue;
      }
      const code = possible === undefined ? 'DECISION_NOT_OF_KIND' : 'DECISION_BY_PERSON';
      expect(answer, kind).toMatchObject({ status: 409, body: { code } });
      expect(await stepOf(caseId, kind), kind).toMatchObject(
        by === 'officer' ? { status: 'accepted' } : { status: 'attention', attention: code },
      );
    }
    const kept = STEP_KINDS.filter((kind) => {
      const possible = POSSIBLE[kind][decision];
      return by === 'system' && possible !== 'both';
    });
    // Nothing that a system said is lost; an officer says something else.
    const { answers } = (await queueOf(caseId)) as { answers: { step: { id: string } }[] };
    expect(answers.map(({ step }) => step.id).sort()).toEqual([...kept].sort());
  });

  it('is told what it can decide about a task', async () => {
    const caseId = await start();
    for (const kind of STEP_KINDS) {
      const { body } = await api.call('GET', `/agency/v1/tasks/${caseId}:${kind}:1`, {
        ...(by === 'system' ? { agency: 'police' } : { token: api.tokens.police }),
      });
      const expected = Object.entries(POSSIBLE[kind]).filter(([, who]) => who === 'both' || who === by);
      expect((body as unknown as { decisions: string[] }).decisions.toSorted(), kind).toEqual(
        expected.map(([decision]) => decision).sort(),
      );
    }
  });
});

it('a refusal of these decisions has words in both languages', async () => {
  const caseId = await start();
  const titles = await Promise.all(
    ['zh', 'en'].map(async (language) => {
      const { text } = await send(caseId, 'issue', 'officer', { decision: 'refused', reason: '不符' }, language);
      return (JSON.parse(text) as { title: string }).title;
    }),
  );
  expect(titles).toEqual([
    '该类环节不能作出此决定，可作出的决定见协议说明',
    expect.stringContaining('This kind of step'),
  ]);
});

it('only a supervisor’s person decides in its place as the kind allows', async () => {
  const caseId = await start();
  const letter = { reason: '部门来函', evidence: [{ reference: '函〔2026〕1号' }] };
  const decide = (kind: StepKind, more: Record<string, unknown>) =>
    act(caseId, `${kind}/decide`, api.tokens.supervisor, { ...letter, ...more });
  expect(await stepOf(caseId, 'issue')).toMatchObject({ decisions: ['approved', 'supplement'] });
  expect(await decide('issue', { decision: 'refused' })).toMatchObject({
    status: 409,
    body: { code: 'DECISION_NOT_OF_KIND' },
  });
  expect(await decide('pay', { decision: 'approved' })).toMatchObject({
    status: 400,
    body: { errors: ['amount', 'paidOn', 'receiptNo'].map((field) => ({ path: `body.result.${field}` })) },
  });
  expect((await decide('pay', { decision: 'approved', result: PAID })).status).toBe(200);
  expect((await decide('deliver', { decision: 'lapsed' })).status).toBe(200);
  expect(await caseOf(caseId)).toMatchObject({ refusals: [], lapses: [{ step: { id: 'deliver' } }] });
  expect(await stepOf(caseId, 'pay')).toMatchObject({ status: 'done', result: PAID });
});

describe('a register without a record', () => {
  const miss = async (): Promise<string> => {
    const caseId = await start();
    expect((await send(caseId, 'verify', 'system', { decision: 'missed' })).status).toBe(200);
    expect(await stepOf(caseId, 'verify')).toMatchObject({
      status: 'attention',
      attention: 'RECORD_MISSED',
      decision: 'missed',
      waiting: { cause: 'officer-idle', detail: 'RECORD_MISSED' },
    });
    return caseId;
  };

  it('is confirmed by papers at the window: it counts as found, and the record says so', async () => {
    const caseId = await miss();
    const step = (await caseOf(caseId, api.tokens.clerk)).steps.find(({ id }) => id === 'verify')!;
    expect(step.actions).toContainEqual({ action: 'confirm', allowed: true });
    const shown = { reason: '核对结婚证原件' };
    expect((await act(caseId, 'verify/confirm', api.tokens.clerk, shown)).status).toBe(200);
    expect(await stepOf(caseId, 'verify')).toMatchObject({ status: 'done', decision: 'approved', ...shown });
    const { text } = await api.call('GET', `/api/v1/cases/${caseId}/ledger`, { token: api.tokens.clerk });
    expect(text).toContain('"byPapers":true');
  });

  it('is decided by an officer, who says which papers were shown', async () => {
    const caseId = await miss();
    expect(await send(caseId, 'verify', 'officer', { decision: 'approved' })).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'body.reason', rule: 'required' }] },
    });
    const approved = { decision: 'approved', reason: '核对结婚证原件' };
    expect((await send(caseId, 'verify', 'officer', approved)).status).toBe(200);
    expect(await stepOf(caseId, 'verify')).toMatchObject({ status: 'done' });
  });

  it('is asked for from the applicant, or found later by the register', async () => {
    const asked = await miss();
    const supplements = [{ reason: '请出示结婚证' }];
    expect((await send(asked, 'verify', 'officer', { decision: 'supplement', supplements })).status).toBe(200);
    expect(await stepOf(asked, 'verify')).toMatchObject({ status: 'supplement' });
    const found = await miss();
    expect((await send(found, 'verify', 'system', { decision: 'approved' })).status).toBe(200);
    const { text } = await api.call('GET', `/api/v1/cases/${found}/ledger`, { token: api.tokens.clerk });
    expect(text).not.toContain('byPapers');
  });

  it('misses once: the same again is late, and a step that was found is not confirmed', async () => {
    const caseId = await miss();
    const again = await send(caseId, 'verify', 'system', { decision: 'missed', reason: '仍未查到' });
    expect(again).toMatchObject({ status: 409, body: { code: 'STEP_ALREADY_DECIDED' } });
    expect(await act(caseId, 'approve/confirm', api.tokens.clerk, { reason: '原件' })).toMatchObject({
      status: 409,
      body: { code: 'ACTION_NOT_ALLOWED' },
    });
  });
});

describe('a payment', () => {
  const WRONG = [
    [{ ...PAID, amount: 12.345 }, 'amount', 'too-many-decimals'],
    [{ ...PAID, amount: -1 }, 'amount', 'too-small'],
    [{ ...PAID, amount: '120.50' }, 'amount', 'wrong-type'],
    [{ ...PAID, paidOn: '2026-02-30' }, 'paidOn', 'date'],
    [{ amount: 1, paidOn: '2026-11-27' }, 'receiptNo', 'required'],
  ] as const;
  it.each(WRONG)('without amount, day and receipt does not count: %o', async (result, field, rule) => {
    const errors = [{ path: `body.result.${field}`, rule }];
    const caseId = await start();
    expect(await send(caseId, 'pay', 'officer', { decision: 'approved', result })).toMatchObject({
      status: 400,
      body: { code: 'REQUEST_INVALID', errors },
    });
    expect(await send(caseId, 'pay', 'system', { decision: 'exempt', result })).toMatchObject({
      status: 409,
      body: { code: 'RESULT_INVALID', errors },
    });
    expect(await stepOf(caseId, 'pay')).toMatchObject({ status: 'attention', attention: 'RESULT_INVALID' });
    const queue = (await queueOf(caseId)) as { answers: { messageId: string; actions: unknown }[] };
    const [kept] = queue.answers;
    const path = `/api/v1/cases/${caseId}/review-queue/${encodeURIComponent(kept!.messageId)}`;
    const body = { verdict: 'adopt', reason: '电话确认' };
    expect(await api.call('POST', path, { token: api.tokens.supervisor, body })).toMatchObject({
      status: 400,
      body: { code: 'REQUEST_INVALID', errors },
    });
    expect((await send(caseId, 'pay', 'system', { decision: 'exempt', result: { ...PAID, amount: 0 } })).status).toBe(
      200,
    );
    expect(await stepOf(caseId, 'pay')).toMatchObject({ status: 'done', decision: 'exempt' });
  });
});

describe('a refusal', () => {
  it.each(['without-basis', 'unknown'])('for a ground without a provision (%s) does not count', async (ground) => {
    const caseId = await start();
    const refused = { decision: 'refused', reason: '存在欠费', ground };
    expect(await send(caseId, 'register', 'officer', refused)).toMatchObject({
      status: 400,
      body: { errors: [{ path: 'body.basis', rule: 'required' }] },
    });
    expect(await send(caseId, 'register', 'system', refused)).toMatchObject({
      status: 409,
      body: { code: 'REASON_MISSING' },
    });
    expect((await send(caseId, 'register', 'system', { ...refused, basis: '供水条例第三条' })).status).toBe(200);
    expect(await caseOf(caseId)).toMatchObject({ refusals: [{ basis: ['供水条例第三条'] }] });
  });

  it('for a ground of the definition has its provision', async () => {
    const caseId = await start();
    await send(caseId, 'register', 'system', { decision: 'refused', reason: '已登记', ground: 'with-basis' });
    expect(await caseOf(caseId)).toMatchObject({ refusals: [{ basis: ['示例条例第六条'] }] });
  });
});
