import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Actor, Message } from '../../domain/case/messages.ts';
import { approve, openRig, type Rig, type TestCase } from './rig.ts';
import { branchingPlan } from '../support/matters.ts';

const AGENCY: Actor = { role: 'agency', id: 'register-agency' };
const CLERK: Actor = { role: 'clerk', id: 'clerk-1' };
const APPLICANT: Actor = { role: 'applicant', id: 'applicant' };

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig.close());

const decision = (id: string, stepId: string, what: 'approved' | 'refused' | 'supplement', round = 1): Message => ({
  kind: 'decision',
  id,
  stepId,
  round,
  decision: what,
  by: AGENCY,
});
const listKinds = ({ ledger }: TestCase) =>
  ledger.map((entry) => ('stepId' in entry ? `${entry.kind} ${entry.stepId}` : entry.kind));
/** Answers like an agency that works on it. */
const acceptOnly = (stepId: string) => async (call: { stepId: string; round: number }) =>
  call.stepId === stepId ? ({ kind: 'accepted' } as const) : approve(call);
const reaches = (one: TestCase, stepId: string, status: string) =>
  vi.waitFor(async () => expect((await one.state()).steps[stepId]?.status).toBe(status), { timeout: 20_000 });

describe.concurrent('a case in Temporal', () => {
  it('runs its steps in the order of their needs and ends completed', async () => {
    const one = rig.open();
    await one.start(branchingPlan());
    expect(await one.result()).toBe('completed');
    expect(listKinds(one)).toEqual([
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
    const one = rig.open();
    await one.start(branchingPlan());
    await one.result();
    const { historyLength } = await one.handle.describe();
    expect(historyLength).toBeLessThan(20);
  });

  it('leaves a step to the queue of its agency when the first attempt fails', async () => {
    const one = rig.open({
      trySubmitStep: async (call) => {
        if (call.stepId === 'card') throw new Error('lost inside the workflow task');
        return call.stepId === 'register' ? { kind: 'later' } : approve(call);
      },
    });
    await one.start(branchingPlan());
    expect(await one.result()).toBe('completed');
    const queued = one.calls.filter((call) => call.activity === 'submitStep').map((call) => call.stepId);
    expect(queued.sort()).toEqual(['card', 'register']);
  });

  it('has at most as many open requests at an agency as its registration allows', async () => {
    let [running, most] = [0, 0];
    let meet: () => void;
    const met = new Promise<void>((resolve) => (meet = resolve));
    const one = rig.open({
      trySubmitStep: async (call) => {
        running += 1;
        most = Math.max(most, running);
        // The first three wait for each other, so three are in flight at the same time.
        if (running === 3) meet();
        await met;
        running -= 1;
        return approve(call);
      },
    });
    const [check] = branchingPlan().steps;
    const steps = Array.from({ length: 20 }, (_, index) => ({ ...check!, id: `check-${index}` }));
    await one.start({ ...branchingPlan(), steps }, { maxInFlight: { [check!.agency]: 3 } });
    expect(await one.result()).toBe('completed');
    expect(most).toBe(3);
    expect(one.calls).toHaveLength(20);
  });

  it('tries an agency again until it answers', async () => {
    let attempts = 0;
    const one = rig.open({
      trySubmitStep: async () => ({ kind: 'later' }),
      submitStep: async (call) => {
        attempts += 1;
        if (attempts < 3) {
          throw ApplicationFailure.create({ message: 'CONNECTION_REFUSED', nextRetryDelay: '10ms' });
        }
        return approve(call);
      },
    });
    await one.start(branchingPlan());
    expect(await one.result()).toBe('completed');
  });

  it('applies a callback once, also when it comes several times', async () => {
    const one = rig.open({ trySubmitStep: acceptOnly('register') });
    await one.start(branchingPlan());
    await reaches(one, 'register', 'accepted');
    expect(await one.dispatch(decision('m1', 'register', 'approved'))).toEqual({ kind: 'applied' });
    await one.result();
    expect(listKinds(one).filter((kind) => kind === 'step-decided register')).toHaveLength(1);
    // With the same update id Temporal gives the first answer again, also after the end.
    expect(await one.dispatch(decision('m1', 'register', 'approved'))).toEqual({ kind: 'applied' });
  });

  it('names the first decider to the second', async () => {
    const one = rig.open({
      trySubmitStep: async (call) => (call.stepId === 'enrol' ? { kind: 'accepted' } : acceptOnly('register')(call)),
    });
    await one.start(branchingPlan());
    await reaches(one, 'register', 'accepted');
    await one.dispatch(decision('m1', 'register', 'approved'));
    const second = await one.dispatch(decision('m2', 'register', 'refused'));
    expect(second).toMatchObject({ kind: 'refused', code: 'STEP_ALREADY_DECIDED', first: { messageId: 'm1' } });
    expect(one.ledger.at(-1)).toMatchObject({ kind: 'message-refused', messageId: 'm2' });
  });

  it('answers an update only when its effect is recorded', async () => {
    const one = rig.open({ trySubmitStep: acceptOnly('register') });
    await one.start(branchingPlan());
    await reaches(one, 'register', 'accepted');
    await one.dispatch(decision('m1', 'register', 'refused'));
    expect(listKinds(one)).toContain('step-decided register');
  });

  it('stops sending when the decision comes by another way', async () => {
    const one = rig.open({
      trySubmitStep: async (call) => (call.stepId === 'register' ? { kind: 'later' } : approve(call)),
      submitStep: async () => {
        throw ApplicationFailure.create({ message: 'CONNECTION_REFUSED', nextRetryDelay: '10m' });
      },
    });
    await one.start(branchingPlan());
    await reaches(one, 'register', 'submitted');
    await one.dispatch(decision('m1', 'register', 'approved'));
    expect(await one.result()).toBe('completed');
  });

  it('asks again in a new round when the supplement arrives', async () => {
    const one = rig.open({
      trySubmitStep: async (call) =>
        call.stepId === 'register' && call.round === 1
          ? { kind: 'decided', decision: 'supplement', messageId: 'reply:1' }
          : approve(call),
    });
    await one.start(branchingPlan());
    await reaches(one, 'register', 'supplement');
    await one.dispatch({
      kind: 'supplement-answer',
      id: 's1',
      noticeId: '1',
      items: ['register:1:1'],
      affected: [],
      by: CLERK,
    });
    expect(await one.result()).toBe('completed');
    // A workflow task that is lost on a busy machine repeats the first attempts of its steps.
    const rounds = one.calls.filter((call) => call.stepId === 'register').map((call) => call.round);
    expect([...new Set(rounds)]).toEqual([1, 2]);
  });

  it('withdraws: what is unsent stops, what was done is undone in reverse', async () => {
    const one = rig.open({ trySubmitStep: acceptOnly('enrol') });
    await one.start(branchingPlan());
    await reaches(one, 'enrol', 'accepted');
    await one.dispatch({ kind: 'withdrawal', id: 'w1', by: APPLICANT });
    expect(await one.result()).toBe('withdrawn');
    const undone = one.calls.filter((call) => call.activity === 'undoStep').map((call) => call.stepId);
    expect(undone.at(-1)).toBe('register');
    expect([...undone].sort()).toEqual(['card', 'enrol', 'register']);
  });

  it('withdraws the request at an agency, also one that is unavailable when the case ends', async () => {
    let attempts = 0;
    const one = rig.open({
      trySubmitStep: acceptOnly('enrol'),
      undoStep: async ({ stepId }) => {
        attempts += stepId === 'enrol' ? 1 : 0;
        if (stepId === 'enrol' && attempts < 3) {
          throw ApplicationFailure.create({ message: 'CONNECTION_REFUSED', nextRetryDelay: '50ms' });
        }
        return { kind: 'undone' };
      },
    });
    await one.start(branchingPlan({ enrol: { undo: { class: 'none' } } }));
    await reaches(one, 'enrol', 'accepted');
    await one.dispatch({ kind: 'withdrawal', id: 'w1', by: APPLICANT });
    expect(await one.result()).toBe('withdrawn');
    expect(attempts).toBe(3);
  });

  it('waits for a person when no retry can help', async () => {
    const one = rig.open({
      trySubmitStep: async (call) => (call.stepId === 'register' ? { kind: 'later' } : approve(call)),
      submitStep: async () => {
        throw ApplicationFailure.nonRetryable('no such step');
      },
    });
    await one.start(branchingPlan());
    await reaches(one, 'register', 'attention');
    expect((await one.state()).steps['register']?.attention).toBe('STEP_FAULT');
    await one.dispatch(decision('m1', 'register', 'refused'));
    expect(await one.result()).toBe('refused');
  });

  it('continues in another worker where the first one stopped', async ({ onTestFinished }) => {
    const own = await openRig();
    onTestFinished(() => own.close());
    const one = own.open({ trySubmitStep: acceptOnly('register') });
    await one.start(branchingPlan());
    await reaches(one, 'register', 'accepted');
    const before = one.calls.length;
    await own.restart();
    await one.dispatch(decision('m1', 'register', 'approved'));
    expect(await one.result()).toBe('completed');
    expect(one.calls.slice(before).map((call) => call.stepId)).toEqual(['card', 'enrol']);
  });

  it('waits while Postgres is unavailable, and records each entry once', async () => {
    let failures = 0;
    const entries: string[] = [];
    const one = rig.open({
      trySubmitStep: async (call) => (call.stepId === 'enrol' ? { kind: 'later' } : approve(call)),
      writeProjection: async ({ prevSeq, entries: more }) => {
        failures += 1;
        if (failures < 4) throw new Error('connection refused');
        entries.push(...more.map((entry) => entry.kind));
        return { seq: prevSeq + more.length, hash: 'cd'.repeat(32) };
      },
    });
    await one.start(branchingPlan());
    expect(await one.result()).toBe('completed');
    expect(entries.filter((kind) => kind === 'case-ended')).toHaveLength(1);
    expect(entries).toHaveLength(10);
  });

  it('continues when the workflow is cancelled', async () => {
    const one = rig.open({ trySubmitStep: acceptOnly('register') });
    await one.start(branchingPlan());
    await reaches(one, 'register', 'accepted');
    await one.handle.cancel();
    await one.dispatch(decision('m1', 'register', 'approved'));
    expect(await one.result()).toBe('completed');
  });
});
