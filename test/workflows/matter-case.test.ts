import { ApplicationFailure } from '@temporalio/common';
import { afterEach, describe, expect, it } from 'vitest';
import type { Actor, Message } from '../../matters/engine/messages.ts';
import { approved, createRig, plan, type Rig, type Script } from './rig.ts';

const AGENCY: Actor = { role: 'agency', id: 'register-agency' };
const CLERK: Actor = { role: 'clerk', id: 'clerk-1' };
const APPLICANT: Actor = { role: 'applicant', id: 'applicant' };

let rig: Rig;
afterEach(() => rig.close());
const setUp = async (script: Script = {}) => (rig = await createRig(script));

const decision = (id: string, stepId: string, what: 'approved' | 'refused' | 'supplement', round = 1): Message => ({
  kind: 'decision',
  id,
  stepId,
  round,
  decision: what,
  by: AGENCY,
});
const kinds = () => rig.ledger.map((entry) => ('stepId' in entry ? `${entry.kind} ${entry.stepId}` : entry.kind));
/** Answers like an agency that has it on its desk. */
const holds = (stepId: string) => async (call: { stepId: string; round: number }) =>
  call.stepId === stepId ? ({ kind: 'accepted' } as const) : approved(call);
const reaches = (stepId: string, status: string) =>
  expect.poll(async () => (await rig.state()).steps[stepId]?.status, { timeout: 20_000 }).toBe(status);

describe('a case in Temporal', () => {
  it('runs its steps in the order of their needs and ends completed', async () => {
    await setUp();
    await rig.start(plan());
    expect(await rig.result()).toBe('completed');
    expect(kinds()).toEqual([
      'case-accepted',
      'step-submitted check',
      'step-decided check',
      'step-submitted register',
      'step-decided register',
      'step-submitted card',
      'step-submitted enrol',
      'step-decided card',
      'step-decided enrol',
      'case-ended',
    ]);
  });

  it('spends few history events on agencies that decide at once', async () => {
    await setUp();
    await rig.start(plan());
    await rig.result();
    const { historyLength } = await rig.client.workflow.getHandle(`case:${rig.caseId}`).describe();
    expect(historyLength).toBeLessThan(20);
  });

  it('leaves a step to the queue of its agency when the first attempt fails', async () => {
    await setUp({
      trySubmitStep: async (call) => {
        if (call.stepId === 'card') throw new Error('lost inside the workflow task');
        return call.stepId === 'register' ? { kind: 'later' } : approved(call);
      },
    });
    await rig.start(plan());
    expect(await rig.result()).toBe('completed');
    const queued = rig.calls.filter((call) => call.activity === 'submitStep').map((call) => call.stepId);
    expect(queued.sort()).toEqual(['card', 'register']);
  });

  it('tries an agency again until it answers', async () => {
    let attempts = 0;
    await setUp({
      trySubmitStep: async () => ({ kind: 'later' }),
      submitStep: async (call) => {
        attempts += 1;
        if (attempts < 3) {
          throw ApplicationFailure.create({ message: 'CONNECTION_REFUSED', nextRetryDelay: '10ms' });
        }
        return approved(call);
      },
    });
    await rig.start(plan());
    expect(await rig.result()).toBe('completed');
  });

  it('takes a callback, once, however often it comes', async () => {
    await setUp({ trySubmitStep: holds('register') });
    await rig.start(plan());
    await reaches('register', 'accepted');
    expect(await rig.deliver(decision('m1', 'register', 'approved'))).toEqual({ kind: 'applied' });
    await rig.result();
    expect(kinds().filter((kind) => kind === 'step-decided register')).toHaveLength(1);
    // With the same update id Temporal gives the first answer again, also after the end.
    expect(await rig.deliver(decision('m1', 'register', 'approved'))).toEqual({ kind: 'applied' });
  });

  it('tells who was first to the one who was second', async () => {
    await setUp({
      trySubmitStep: async (call) => (call.stepId === 'enrol' ? { kind: 'accepted' } : holds('register')(call)),
    });
    await rig.start(plan());
    await reaches('register', 'accepted');
    await rig.deliver(decision('m1', 'register', 'approved'));
    const second = await rig.deliver(decision('m2', 'register', 'refused'));
    expect(second).toMatchObject({ kind: 'refused', code: 'STEP_ALREADY_DECIDED', first: { messageId: 'm1' } });
    expect(rig.ledger.at(-1)).toMatchObject({ kind: 'message-refused', messageId: 'm2' });
  });

  it('answers an update only when its effect is recorded', async () => {
    await setUp({ trySubmitStep: holds('register') });
    await rig.start(plan());
    await reaches('register', 'accepted');
    await rig.deliver(decision('m1', 'register', 'refused'));
    expect(kinds()).toContain('step-decided register');
  });

  it('stops sending when the decision comes by another way', async () => {
    await setUp({
      trySubmitStep: async (call) => (call.stepId === 'register' ? { kind: 'later' } : approved(call)),
      submitStep: async () => {
        throw ApplicationFailure.create({ message: 'CONNECTION_REFUSED', nextRetryDelay: '10m' });
      },
    });
    await rig.start(plan());
    await reaches('register', 'submitted');
    await rig.deliver(decision('m1', 'register', 'approved'));
    expect(await rig.result()).toBe('completed');
  });

  it('asks again in a new round when the supplement arrives', async () => {
    await setUp({
      trySubmitStep: async (call) =>
        call.stepId === 'register' && call.round === 1
          ? { kind: 'decided', decision: 'supplement', messageId: 'reply:1' }
          : approved(call),
    });
    await rig.start(plan());
    await reaches('register', 'supplement');
    await rig.deliver({
      kind: 'supplement-answer',
      id: 's1',
      noticeId: '1',
      items: ['register:1:1'],
      affected: [],
      by: CLERK,
    });
    expect(await rig.result()).toBe('completed');
    expect(rig.calls.filter((call) => call.stepId === 'register').map((call) => call.round)).toEqual([1, 2]);
  });

  it('withdraws: what is unsent stops, what was done is undone in reverse', async () => {
    await setUp({ trySubmitStep: holds('enrol') });
    await rig.start(plan());
    await reaches('enrol', 'accepted');
    await rig.deliver({ kind: 'withdrawal', id: 'w1', by: APPLICANT });
    expect(await rig.result()).toBe('withdrawn');
    const undone = rig.calls.filter((call) => call.activity === 'undoStep').map((call) => call.stepId);
    expect(undone.at(-1)).toBe('register');
    expect([...undone].sort()).toEqual(['card', 'enrol', 'register']);
  });

  it('tells an agency that nobody waits for it any more, also one that cannot be reached when the case ends', async () => {
    let attempts = 0;
    await setUp({
      trySubmitStep: holds('enrol'),
      undoStep: async ({ stepId }) => {
        attempts += stepId === 'enrol' ? 1 : 0;
        if (stepId === 'enrol' && attempts < 3) {
          throw ApplicationFailure.create({ message: 'CONNECTION_REFUSED', nextRetryDelay: '50ms' });
        }
        return { kind: 'undone' };
      },
    });
    await rig.start(plan({ enrol: { undo: { class: 'none' } } }));
    await reaches('enrol', 'accepted');
    await rig.deliver({ kind: 'withdrawal', id: 'w1', by: APPLICANT });
    expect(await rig.result()).toBe('withdrawn');
    expect(attempts).toBe(3);
  });

  it('waits for a person when no retry can help', async () => {
    await setUp({
      trySubmitStep: async (call) => (call.stepId === 'register' ? { kind: 'later' } : approved(call)),
      submitStep: async () => {
        throw ApplicationFailure.nonRetryable('no such step');
      },
    });
    await rig.start(plan());
    await reaches('register', 'attention');
    expect((await rig.state()).steps['register']?.attention).toBe('STEP_FAULT');
    await rig.deliver(decision('m1', 'register', 'refused'));
    expect(await rig.result()).toBe('refused');
  });

  it('goes on in another worker where the first one left off', async () => {
    await setUp({ trySubmitStep: holds('register') });
    await rig.start(plan());
    await reaches('register', 'accepted');
    const before = rig.calls.length;
    await rig.restart();
    await rig.deliver(decision('m1', 'register', 'approved'));
    expect(await rig.result()).toBe('completed');
    expect(rig.calls.slice(before).map((call) => call.stepId)).toEqual(['card', 'enrol']);
  });

  it('waits while Postgres is away, and records each entry once', async () => {
    let failures = 0;
    const entries: string[] = [];
    await setUp({
      trySubmitStep: async (call) => (call.stepId === 'enrol' ? { kind: 'later' } : approved(call)),
      recordProgress: async ({ prevSeq, entries: more }) => {
        failures += 1;
        if (failures < 4) throw new Error('connection refused');
        entries.push(...more.map((entry) => entry.kind));
        return { seq: prevSeq + more.length, hash: 'cd'.repeat(32) };
      },
    });
    await rig.start(plan());
    expect(await rig.result()).toBe('completed');
    expect(entries.filter((kind) => kind === 'case-ended')).toHaveLength(1);
    expect(entries).toHaveLength(10);
  });

  it('is not abandoned when somebody cancels the workflow', async () => {
    await setUp({ trySubmitStep: holds('register') });
    await rig.start(plan());
    await reaches('register', 'accepted');
    await rig.client.workflow.getHandle(`case:${rig.caseId}`).cancel();
    await rig.deliver(decision('m1', 'register', 'approved'));
    expect(await rig.result()).toBe('completed');
  });
});
