import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { ReviewAnswerDetail, ReviewQueue } from '../../contract/review-queue.ts';
import { verifyLedger } from '../../db/cases/ledger-verification.ts';
import { allowedOf } from '../../domain/actions.ts';
import { openFrontDoor, type FrontDoor } from '../support/front-door.ts';
import { install, type Installation } from '../support/product.ts';
import { sampleForm } from '../support/matters.ts';

/**
 * Answers of agencies in any order, through the API, the relay and the workflow on a real Temporal.
 */

const WAIT = { timeout: 30_000 };
const STEP = 'marriage-check';

let installation: Installation;
let door: FrontDoor;
beforeAll(async () => {
  installation = await install(inject('servers'));
  await installation.behaveAll({ mode: 'hold' });
  await installation.work();
  door = await openFrontDoor(installation);
});
afterAll(async () => {
  await door.close();
  await installation.close();
});

const submit = async () => (await installation.submit(sampleForm('certificates-only'))).caseId;
const reaches = (caseId: string, status: string) =>
  vi.waitFor(async () => expect(await installation.step(caseId, STEP)).toMatchObject({ status }), WAIT);
const startAccepted = async () => {
  const caseId = await submit();
  await reaches(caseId, 'accepted');
  return caseId;
};
const callBack = (caseId: string, body: Record<string, unknown>) =>
  door.agency('civil-affairs', `/agency/v1/tasks/${caseId}:${STEP}:1/decision`, body);
const reviewQueue = async (caseId: string) =>
  ReviewQueue.parse((await door.supervisor('GET', `/api/v1/cases/${caseId}/review-queue`)).body).answers;
const readQueue = async (caseId: string) =>
  Promise.all(
    (await reviewQueue(caseId)).map(async ({ messageId }) => {
      const path = `/api/v1/cases/${caseId}/review-queue/${encodeURIComponent(messageId)}`;
      return ReviewAnswerDetail.parse((await door.supervisor('GET', path)).body);
    }),
  );
const decide = (caseId: string, messageId: string, verdict: 'adopt' | 'dismiss') =>
  door.supervisor('POST', `/api/v1/cases/${caseId}/review-queue/${encodeURIComponent(messageId)}`, {
    verdict,
    reason: '已与部门核实',
  });

describe('a callback that is earlier than the reply', () => {
  beforeAll(() => installation.behave('civil-affairs', { mode: 'slow', delayMs: 3_000 }));
  afterAll(() => installation.behave('civil-affairs', { mode: 'hold' }));

  it.concurrent('counts; the reply decides the same, has a number, and is kept beside it', async () => {
    const caseId = await submit();
    await reaches(caseId, 'submitted');
    expect(await callBack(caseId, { messageId: 'early', decision: 'approved' })).toMatchObject({ status: 200 });
    expect(await installation.step(caseId, STEP)).toMatchObject({ status: 'done', decision: 'approved' });
    await vi.waitFor(
      async () =>
        expect(await readQueue(caseId)).toMatchObject([
          {
            source: 'reply',
            decision: 'approved',
            state: 'open',
            result: { referenceNo: expect.any(String) as string },
          },
        ]),
      WAIT,
    );
    expect(await installation.step(caseId, STEP)).toMatchObject({ status: 'done', decision: 'approved' });
    expect(await verifyLedger(installation.db, caseId)).toEqual([]);
  });

  it.concurrent('and decides differently leaves the reply in the review queue', async () => {
    const caseId = await submit();
    await reaches(caseId, 'submitted');
    const early = { messageId: 'early', decision: 'supplement', supplements: [{ reason: '请出示结婚证' }] };
    expect(await callBack(caseId, early)).toMatchObject({ status: 200 });
    await vi.waitFor(
      async () =>
        expect(await reviewQueue(caseId)).toMatchObject([
          {
            source: 'reply',
            decision: 'approved',
            state: 'open',
            why: { code: 'STEP_ALREADY_DECIDED' },
            record: { decision: 'supplement' },
          },
        ]),
      WAIT,
    );
  });
});

describe('a callback', () => {
  it.concurrent('that comes after the withdrawal is kept: 409, and a person decides about it', async () => {
    const caseId = await startAccepted();
    const by = { role: 'applicant', id: 'applicant' } as const;
    await installation.send(caseId, { kind: 'withdrawal', id: 'w1', by });
    await vi.waitFor(async () => expect(await installation.status(caseId)).toBe('withdrawn'), WAIT);
    const late = { messageId: 'late', decision: 'approved' };
    for (const _time of [1, 2]) {
      expect(await callBack(caseId, late)).toMatchObject({ status: 409, body: { code: 'CASE_ENDED' } });
    }
    const [kept, ...others] = await reviewQueue(caseId);
    expect(others).toEqual([]);
    expect(kept).toMatchObject({ messageId: 'agency:civil-affairs:late', state: 'open' });
    expect(allowedOf(kept!.actions)).toEqual(['dismiss']);
    expect(await decide(caseId, 'agency:civil-affairs:late', 'dismiss')).toMatchObject({ status: 200 });
    expect(await reviewQueue(caseId)).toMatchObject([
      { state: 'dismissed', settled: { by: { id: 'supervisor-1' }, reason: '已与部门核实' } },
    ]);
    expect(await installation.status(caseId)).toBe('withdrawn');
  });

  it.concurrent(
    'that is repeated with the same content gets the same 2xx, also when the case has moved on',
    async () => {
      const caseId = await startAccepted();
      const body = { messageId: 'm1', decision: 'approved', result: { certificateNo: 'C-1' } };
      const first = await callBack(caseId, body);
      expect(first).toMatchObject({ status: 200, body: { outcome: 'applied' } });
      expect(await callBack(caseId, body)).toEqual(first);
      expect(await callBack(caseId, { ...body, messageId: 'm2' })).toMatchObject({
        status: 200,
        body: { outcome: 'repeated' },
      });
      expect(await reviewQueue(caseId)).toEqual([]);
    },
  );

  it.concurrent(
    'that repeats the decision in other words is kept beside the first: the number of another certificate is no repetition',
    async () => {
      const caseId = await startAccepted();
      await callBack(caseId, { messageId: 'm1', decision: 'approved', result: { certificateNo: 'C-1' } });
      const other = { messageId: 'm2', decision: 'approved', result: { certificateNo: 'C-2' } };
      for (const _time of [1, 2]) {
        expect(await callBack(caseId, other)).toMatchObject({
          status: 409,
          body: { code: 'STEP_ALREADY_DECIDED', first: { decision: 'approved', by: { id: 'civil-affairs' } } },
        });
      }
      expect(await readQueue(caseId)).toMatchObject([{ state: 'open', result: { certificateNo: 'C-2' } }]);
    },
  );

  it.concurrent('that is repeated with other content is kept beside the first: 409 with who was first', async () => {
    const caseId = await startAccepted();
    await callBack(caseId, { messageId: 'm1', decision: 'approved' });
    const underTheSameId = await callBack(caseId, { messageId: 'm1', decision: 'refused', reason: '一' });
    expect(underTheSameId).toMatchObject({ status: 409, body: { code: 'MESSAGE_ID_REUSED' } });
    const underItsOwn = await callBack(caseId, { messageId: 'm2', decision: 'refused', reason: '二' });
    expect(underItsOwn).toMatchObject({
      status: 409,
      body: { code: 'STEP_ALREADY_DECIDED', first: { decision: 'approved', by: { id: 'civil-affairs' } } },
    });
    expect((await readQueue(caseId)).map(({ reason, state }) => ({ reason, state }))).toEqual([
      { reason: '二', state: 'open' },
      { reason: '一', state: 'open' },
    ]);
    expect(await installation.step(caseId, STEP)).toMatchObject({ status: 'done', decision: 'approved' });
  });

  it.concurrent('for a step that has ended is kept, and counts in a new round when a person adopts it', async () => {
    const caseId = await startAccepted();
    const ground = [{ reference: '函〔2025〕1号' }];
    const onBehalf = { decision: 'approved', reason: '部门来函', evidence: ground };
    const decided = await door.supervisor('POST', `/api/v1/cases/${caseId}/steps/${STEP}/decide`, onBehalf);
    expect(decided).toMatchObject({ status: 200 });
    expect(await callBack(caseId, { messageId: 'm1', decision: 'approved' })).toMatchObject({ status: 409 });
    const [kept] = await reviewQueue(caseId);
    expect(kept).toMatchObject({ state: 'open' });
    expect(allowedOf(kept!.actions)).toEqual(['adopt', 'dismiss']);
    expect(await decide(caseId, 'agency:civil-affairs:m1', 'adopt')).toMatchObject({ status: 200 });
    expect(await installation.step(caseId, STEP)).toMatchObject({ status: 'done', round: 2, decision: 'approved' });
    expect(await reviewQueue(caseId)).toMatchObject([{ state: 'adopted', settled: { by: { id: 'supervisor-1' } } }]);
    expect(await verifyLedger(installation.db, caseId)).toEqual([]);
  });
});
