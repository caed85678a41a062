import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { formatRequestId } from '../../agencies/contract.ts';
import { CLOSED } from '../../domain/agency/breaker.ts';
import type { Behaviour } from '../../sandbox/agencies/behaviour.ts';
import { sampleForm } from '../support/matters.ts';
import { createRig, failureOf, type Rig } from './rig.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await createRig();
});
afterAll(() => rig.close());
afterEach(() => rig.setAgency('police'));

const prepare = async (behaviour: Partial<Behaviour>) => {
  await rig.behave('police', behaviour);
  const { caseId } = await rig.submit(sampleForm('certificates-only'));
  return rig.firstCall(caseId, 'household-registration', 'police');
};
const LATER = { kind: 'later' };

describe('the first attempt', () => {
  it('returns the decision of an agency that answers', async () => {
    const call = await prepare({ mode: 'decide' });
    const { trySubmitStep } = rig.activities();
    const answer = await trySubmitStep(call);
    expect(answer).toMatchObject({ kind: 'decided', decision: 'approved' });
    expect(await trySubmitStep(call)).toEqual(answer);
    expect(await rig.effects(formatRequestId(call))).toEqual(['decided:approved']);
    expect(await rig.inbox(call.caseId)).toHaveLength(1);
  });

  it('leaves an error that no retry can fix to a person at once', async () => {
    const call = await prepare({ mode: 'reject' });
    expect(await rig.activities().trySubmitStep(call)).toEqual({ kind: 'failed', code: 'AGENCY_REJECTED' });
    expect(await rig.step(call.caseId, call.stepId)).toMatchObject({
      attempts: 1,
      lastError: 'HTTP_422 FORM_INCOMPLETE',
    });
  });

  it('leaves an agency that cannot be reached to its queue, which continues at once', async () => {
    const call = await prepare({ mode: 'down' });
    expect(await rig.activities().trySubmitStep(call)).toEqual(LATER);
    expect(await rig.step(call.caseId, call.stepId)).toMatchObject({
      attempts: 1,
      lastError: 'CONNECTION_REFUSED',
      nextAttemptAt: rig.now,
    });
  });

  it('ends before a slow agency answers; the queue waits for that reply, and nothing has failed', async () => {
    await rig.setAgency('police', { timeoutMs: 10_000 });
    const call = await prepare({ mode: 'slow', delayMs: 3_000 });
    const told: unknown[] = [];
    const { trySubmitStep, submitStep } = rig.activities(Date.now, () => {
      told.push('failed');
      return CLOSED;
    });
    expect(await trySubmitStep(call)).toEqual(LATER);
    expect(await rig.effects(formatRequestId(call))).toEqual(['decided:approved']);
    expect(await submitStep(call)).toMatchObject({ kind: 'decided', decision: 'approved' });
    expect(rig.sentAbout(call)).toHaveLength(1);
    expect(told).toEqual([]);
    const step = await rig.step(call.caseId, call.stepId);
    expect(step).toMatchObject({ attempts: 0 });
    expect(step).not.toHaveProperty('lastError');
  });

  it('counts against an agency that does not answer within its own time', async () => {
    await rig.setAgency('police', { timeoutMs: 2_500 });
    const call = await prepare({ mode: 'slow', delayMs: 4_000 });
    const { trySubmitStep, submitStep } = rig.activities();
    expect(await trySubmitStep(call)).toEqual(LATER);
    expect((await failureOf(submitStep(call))).message).toBe('CONNECTION_TIMEOUT');
    expect(rig.sentAbout(call)).toHaveLength(1);
    expect(await rig.step(call.caseId, call.stepId)).toMatchObject({ attempts: 1, lastError: 'CONNECTION_TIMEOUT' });
  });

  it('is found again by a repeated workflow task while it is under way', async () => {
    await rig.setAgency('police', { timeoutMs: 10_000 });
    const call = await prepare({ mode: 'slow', delayMs: 2_500 });
    const { trySubmitStep, submitStep } = rig.activities();
    const [first] = await Promise.all([trySubmitStep(call), trySubmitStep(call)]);
    expect(first).toEqual(LATER);
    expect(await submitStep(call)).toMatchObject({ kind: 'decided' });
    expect(rig.sentAbout(call)).toHaveLength(1);
  });

  it('is not made at an agency that has just failed, for any of its steps', async () => {
    const { trySubmitStep } = rig.activities();
    await trySubmitStep(await prepare({ mode: 'down' }));
    const next = await prepare({ mode: 'decide' });
    expect(await trySubmitStep(next)).toEqual(LATER);
    expect(rig.sentAbout(next)).toEqual([]);
  });

  it('is made at other agencies meanwhile', async () => {
    const { trySubmitStep } = rig.activities();
    const call = await prepare({ mode: 'down' });
    await trySubmitStep(call);
    await rig.behave('hospital', { mode: 'hold' });
    const other = { ...call, stepId: 'birth-certificate', agency: 'hospital' };
    expect(await trySubmitStep(other)).toEqual({ kind: 'accepted' });
  });

  it('is left to the queue if the rate of an agency is limited', async () => {
    await rig.setAgency('police', { maxPerSecond: 5 });
    const call = await prepare({ mode: 'decide' });
    expect(await rig.activities().trySubmitStep(call)).toEqual(LATER);
    expect(rig.sentAbout(call)).toEqual([]);
  });

  it('has its one effect when its reply was lost and the queue sends again', async () => {
    const call = await prepare({ mode: 'lost-reply' });
    const { trySubmitStep, submitStep } = rig.activities();
    expect(await trySubmitStep(call)).toEqual(LATER);
    expect(await submitStep(call)).toMatchObject({ kind: 'decided', decision: 'approved' });
    expect(await rig.effects(formatRequestId(call))).toEqual(['decided:approved']);
    expect(await rig.inbox(call.caseId)).toHaveLength(1);
  });
});
