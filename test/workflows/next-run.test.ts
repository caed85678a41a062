import { ServiceError, WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { callOffsOf } from '../../domain/case/effects.ts';
import { begin } from '../../domain/case/engine.ts';
import { fold } from '../../domain/case/fold.ts';
import type { Actor, Message, Outcome } from '../../domain/case/messages.ts';
import { dispatchUpdate, type CaseInput, type MessageBatch, type ResumedCase } from '../../workflows/messages.ts';
import { START_UPDATE_ID } from '../../workflows/names.ts';
import { branchingPlan } from '../support/matters.ts';
import { approve, createGate, openRig, type Rig, type Script, type TestCase } from './rig.ts';

const AGENCY: Actor = { role: 'agency', id: 'register-agency' };
const APPLIED = { kind: 'applied' };
const REFUSED = { kind: 'refused', code: 'STEP_ALREADY_DECIDED' };
const WAIT = { timeout: 20_000 };

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig.close());

const decide = (id: string, stepId: string, decision: 'approved' | 'refused' = 'approved', round = 1): Message => ({
  kind: 'decision',
  ...{ id, stepId, round, decision, by: AGENCY },
});
const WITHDRAWAL: Message = { kind: 'withdrawal', id: 'w1', by: { role: 'applicant', id: 'applicant' } };
/** Changes nothing: the step has been decided. */
const noise = (count: number): Message => decide(`again-${count}`, 'check', 'refused');

/** A case whose steps of these ids are with their agencies. */
const caseHeldAt = async (stepIds: string[], change: Partial<CaseInput> = {}, script: Script = {}) => {
  const one = rig.open({
    trySubmitStep: async (call) => (stepIds.includes(call.stepId) ? { kind: 'accepted' } : approve(call)),
    ...script,
  });
  await one.start(branchingPlan(), change);
  await one.begun();
  return one;
};

/** A run that ends does not answer what arrives at that moment. */
const UNANSWERED = [ServiceError, WorkflowNotFoundError, WorkflowUpdateFailedError];

/** As the relay does: until the case has answered. */
const dispatchUntilAnswered = async (one: TestCase, message: Message): Promise<Outcome | { kind: 'too-early' }> => {
  for (;;) {
    try {
      return await one.dispatch(message);
    } catch (error) {
      if (!UNANSWERED.some((kind) => error instanceof kind)) throw error;
    }
  }
};
const runOf = async ({ handle }: TestCase) => (await handle.describe()).runId;
const messageIds = ({ ledger }: TestCase) => ledger.flatMap((entry) => ('messageId' in entry ? [entry.messageId] : []));
const listKinds = ({ ledger }: TestCase) =>
  ledger.map((entry) => ('stepId' in entry ? `${entry.kind} ${entry.stepId}` : entry.kind));
const callsOf = ({ calls }: TestCase, activity: string) =>
  calls.filter((call) => call.activity === activity).map(({ stepId, round }) => `${stepId}:${round}`);

describe.concurrent('a case with very many messages', () => {
  it('continues in a new run, and takes the decision and the withdrawal that come then', async () => {
    const one = await caseHeldAt(['register', 'card', 'enrol'], { updatesPerRun: 10 });
    const runs = new Set([await runOf(one)]);
    for (let count = 0; count < 45; count += 1) {
      expect(await one.dispatch(noise(count))).toMatchObject(REFUSED);
      runs.add(await runOf(one));
    }
    expect(runs.size).toBeGreaterThanOrEqual(5);
    expect(await one.dispatch(decide('m1', 'register'))).toEqual(APPLIED);
    expect(await one.dispatch(WITHDRAWAL)).toEqual(APPLIED);
    await vi.waitFor(() => expect(listKinds(one)).toContain('step-undone register'), WAIT);
    expect(messageIds(one).filter((id) => id.startsWith('again'))).toEqual(
      Array.from({ length: 45 }, (_, count) => `again-${count}`),
    );
    // What an agency has confirmed is not sent again.
    expect(callsOf(one, 'trySubmitStep').filter((call) => call === 'register:1')).toHaveLength(1);
  });

  it('counts a message once that is repeated in a later run, with the same outcome', async () => {
    const one = await caseHeldAt(['register', 'card'], { updatesPerRun: 3 });
    expect(await one.dispatch(decide('m1', 'register'))).toEqual(APPLIED);
    for (let count = 0; count < 7; count += 1) await one.dispatch(noise(count));
    expect(await one.dispatch(decide('m1', 'register'))).toEqual(APPLIED);
    expect(await one.dispatch(noise(0))).toMatchObject(REFUSED);
    expect(messageIds(one).filter((id) => id === 'm1' || id === 'again-0')).toHaveLength(2);
  });

  it('loses and doubles nothing when messages arrive at any moment', async () => {
    const one = await caseHeldAt(['register', 'card'], { updatesPerRun: 4 });
    const messages = Array.from({ length: 12 }, (_, count) => noise(count));
    const outcomes = await Promise.all(messages.map((message) => dispatchUntilAnswered(one, message)));
    expect(outcomes.filter((outcome) => outcome.kind === 'refused')).toHaveLength(12);
    expect(await dispatchUntilAnswered(one, decide('m1', 'register'))).toEqual(APPLIED);
    const ids = messageIds(one);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter((id) => id.startsWith('again'))).toHaveLength(12);
  });

  it('writes in the next run what no relay wrote, and answers the starter and a query there', async () => {
    const one = await caseHeldAt(['register', 'card'], { updatesPerRun: 3 });
    const first = await runOf(one);
    await one.deliverAndDie(noise(1));
    await one.deliverAndDie(noise(2));
    await vi.waitFor(async () => expect(await runOf(one)).not.toBe(first), WAIT);
    await vi.waitFor(() => expect(messageIds(one)).toEqual(expect.arrayContaining(['again-1', 'again-2'])), WAIT);
    const { changes } = await one.deliverAndDie(decide('m1', 'register'));
    expect(changes?.entries.map(({ kind }) => kind)).toContain('step-decided');
    expect((await one.listUnwritten())?.entries).toEqual(changes?.entries);
    const asked: { args: [MessageBatch]; updateId: string } = {
      args: [{ messages: [], at: Date.now() }],
      updateId: START_UPDATE_ID,
    };
    expect((await one.handle.executeUpdate(dispatchUpdate, asked)).changes).toEqual(changes);
  });

  it('asks again, under the same key, what agencies have not answered', async () => {
    let isUp = false;
    const answered: string[] = [];
    const whenUp = async <Answer>({ stepId, round }: { stepId: string; round: number }, answer: Answer) => {
      if (!isUp) throw new Error('unavailable');
      answered.push(`${stepId}:${round}`);
      return answer;
    };
    const one = await caseHeldAt(
      ['enrol'],
      { updatesPerRun: 4 },
      {
        trySubmitStep: async (call) => {
          if (call.stepId === 'card' && !isUp) return { kind: 'later' };
          return call.stepId === 'enrol' ? { kind: 'accepted' } : approve(call);
        },
        submitStep: (call) => whenUp(call, approve(call)),
        undoStep: (call) => whenUp(call, { kind: 'undone' }),
      },
    );
    const first = await runOf(one);
    // Its agency is told that the first round is not wanted any more, and is unavailable.
    await one.dispatch({ kind: 'correction', id: 'c1', affected: ['enrol'], by: { role: 'clerk', id: 'clerk-1' } });
    for (let count = 0; count < 9; count += 1) await one.dispatch(noise(count));
    expect(await runOf(one)).not.toBe(first);
    isUp = true;
    expect(await one.dispatch(decide('m1', 'enrol', 'approved', 2))).toEqual(APPLIED);
    expect(await one.result()).toBe('completed');
    expect(listKinds(one).filter((kind) => kind.endsWith(' card'))).toEqual([
      'step-submitted card',
      'step-decided card',
    ]);
    expect(new Set(callsOf(one, 'undoStep'))).toEqual(new Set(['enrol:1']));
    expect(answered).toContain('enrol:1');
  });

  it('hears the answer of an agency in the next run, if it was on its way when the first run ended', async () => {
    const [sent, arrives] = [createGate(), createGate()];
    const one: TestCase = await caseHeldAt(
      [],
      { updatesPerRun: 3 },
      {
        trySubmitStep: async (call) =>
          call.stepId === 'card' && callsOf(one, 'trySubmitStep').filter((key) => key === 'card:1').length === 1
            ? { kind: 'later' }
            : approve(call),
        submitStep: async (call) => {
          sent.open();
          await arrives.opened;
          return approve(call);
        },
      },
    );
    await sent.opened;
    await one.dispatch(noise(1));
    await one.dispatch(noise(2));
    expect(await one.result()).toBe('completed');
    arrives.open();
    expect(listKinds(one).filter((kind) => kind === 'step-decided card')).toHaveLength(1);
  });

  it('tells the agencies of a case that has ended, also in a later run, and ends once', async () => {
    let isUp = false;
    const one = await caseHeldAt(
      ['check'],
      { updatesPerRun: 4 },
      {
        undoStep: async () => {
          if (!isUp) throw new Error('unavailable');
          return { kind: 'undone' };
        },
      },
    );
    await one.dispatch({ kind: 'termination', id: 't1', by: { role: 'supervisor', id: 'supervisor-1' } });
    const first = await runOf(one);
    for (let count = 0; count < 9; count += 1) await one.dispatch(noise(count));
    expect(await runOf(one)).not.toBe(first);
    expect((await one.handle.describe()).status.name).toBe('RUNNING');
    isUp = true;
    expect(await one.result()).toBe('returned');
    expect(listKinds(one).filter((kind) => kind === 'case-ended')).toHaveLength(1);
  });
});

describe.concurrent('a case whose workflow was terminated', () => {
  const continueFromLedger = async (one: TestCase): Promise<void> => {
    await one.handle.terminate();
    const plan = branchingPlan();
    const resumed: ResumedCase = { state: begin(plan, 0), at: one.tip().entry.at, callOffs: [] };
    for (const entry of one.ledger) {
      resumed.callOffs.push(...callOffsOf(resumed.state, entry));
      resumed.state = fold(resumed.state, entry);
    }
    await one.start(plan, { ledgerHash: one.tip().hash, resumed });
    await one.begun();
  };

  it('goes on from its ledger, with a decision that it lost being repeated', async () => {
    const one = await caseHeldAt(['register', 'card', 'enrol']);
    await one.deliverAndDie(decide('m1', 'register'));
    await continueFromLedger(one);
    expect(await one.dispatch(decide('m1', 'register'))).toEqual(APPLIED);
    await one.dispatch(decide('m2', 'card'));
    await one.dispatch(decide('m3', 'enrol'));
    expect(await one.result()).toBe('completed');
    expect(messageIds(one)).toEqual(['reply:check:1', 'm1', 'm2', 'm3']);
  });

  it('sends again, under the same key, what its agency has not answered', async () => {
    let isUp = false;
    const one = await caseHeldAt(
      [],
      {},
      {
        trySubmitStep: async (call) => (call.stepId === 'card' && !isUp ? { kind: 'later' } : approve(call)),
        submitStep: async (call) => {
          if (!isUp) throw new Error('unavailable');
          return approve(call);
        },
      },
    );
    await vi.waitFor(() => expect(callsOf(one, 'submitStep')).toContain('card:1'), WAIT);
    isUp = true;
    await continueFromLedger(one);
    expect(await one.result()).toBe('completed');
    expect(new Set(callsOf(one, 'trySubmitStep'))).toEqual(new Set(['check:1', 'register:1', 'card:1', 'enrol:1']));
  });
});
