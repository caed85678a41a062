import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Actor, Message } from '../../domain/case/messages.ts';
import type { BatchResult } from '../../workflows/messages.ts';
import { approve, createGate, openRig, type Rig, type Script, type TestCase } from './rig.ts';
import { branchingPlan } from '../support/matters.ts';

/**
 * The ways of a case's entries to Postgres: with the answer to the start or to a message, or by an
 * activity.
 */

const AGENCY: Actor = { role: 'agency', id: 'register-agency' };
const SUPERVISOR: Actor = { role: 'supervisor', id: 'supervisor-1' };
const WAIT = { timeout: 20_000 };
const APPLIED = { kind: 'applied' };

let rig: Rig;
beforeAll(async () => {
  rig = await openRig();
});
afterAll(() => rig.close());

const decision = (id: string, stepId: string, what: 'approved' | 'refused' = 'approved', round = 1): Message => ({
  kind: 'decision',
  id,
  stepId,
  round,
  decision: what,
  by: AGENCY,
});
const urge = (id: string, stepId = 'register'): Message => ({ kind: 'urge', id, stepId, by: SUPERVISOR });

/** A case whose steps of these ids are with their agencies. */
const caseHeldAt = async (stepIds: string[], script: Script = {}, under = rig): Promise<TestCase> => {
  const one = under.open({
    trySubmitStep: async (call) => (stepIds.includes(call.stepId) ? { kind: 'accepted' } : approve(call)),
    ...script,
  });
  await one.start(branchingPlan());
  await one.begun();
  expect((await one.state()).steps[stepIds[0]!]?.status).toBe('accepted');
  return one;
};
const listKinds = ({ ledger }: TestCase) =>
  ledger.map((entry) => ('stepId' in entry ? `${entry.kind} ${entry.stepId}` : entry.kind));
const entriesOf = ({ changes }: BatchResult) => changes?.entries.map(({ kind }) => kind);
const messageIds = ({ ledger }: TestCase) => ledger.flatMap((entry) => ('messageId' in entry ? [entry.messageId] : []));

describe.concurrent('what follows from a message', () => {
  it('is handed over with the answer, and costs one workflow task and no activity', async () => {
    const one = await caseHeldAt(['register', 'card', 'enrol']);
    const { handle } = one;
    const before = (await handle.fetchHistory()).events!.length;
    await one.dispatch(decision('m1', 'register'));
    const events = (await handle.fetchHistory()).events!.slice(before);
    expect(events.filter((event) => event.activityTaskScheduledEventAttributes)).toEqual([]);
    expect(events.filter((event) => event.workflowTaskCompletedEventAttributes)).toHaveLength(1);
    // The other is of the start.
    expect(one.writes).toEqual({ activity: 0, relay: 2 });
    expect(listKinds(one).slice(-5)).toEqual([
      'step-decided register',
      'step-submitted card',
      'step-submitted enrol',
      'step-accepted card',
      'step-accepted enrol',
    ]);
  });

  it('is returned unchanged to a caller with the same update id', async () => {
    const one = await caseHeldAt(['register', 'card']);
    const lost = await one.deliverAndDie(decision('m1', 'register'));
    expect(entriesOf(lost)).toContain('step-decided');
    expect(listKinds(one)).not.toContain('step-decided register');
    expect(await one.deliverAndDie(decision('m1', 'register'))).toEqual(lost);
    await one.dispatch(decision('m1', 'register'));
    expect(listKinds(one)).toContain('step-decided register');
  });

  it('is returned again with the next answer if no relay wrote it', async () => {
    const one = await caseHeldAt(['register', 'card']);
    await one.deliverAndDie(urge('m1'));
    expect(messageIds(one)).not.toContain('m1');
    await one.dispatch(urge('m2'));
    expect(messageIds(one)).toEqual(expect.arrayContaining(['m1', 'm2']));
  });

  it('is written before the case says that the same decision is a repetition', async () => {
    const one = await caseHeldAt(['register', 'card', 'enrol']);
    await one.deliverAndDie(decision('m1', 'register'));
    expect(await one.dispatch(decision('m2', 'register'))).toEqual({ kind: 'repeated' });
    expect(messageIds(one)).toContain('m1');
  });

  it('is complete for a query after the end of the case, even if no relay wrote it', async () => {
    const one = await caseHeldAt(['register', 'card', 'enrol']);
    await one.deliverAndDie(urge('m1'));
    await one.deliverAndDie(decision('m2', 'register'));
    await one.deliverAndDie(decision('m3', 'card'));
    await one.deliverAndDie(decision('m4', 'enrol'));
    expect(await one.result()).toBe('completed');
    expect(one.writes).toEqual({ activity: 0, relay: 1 });
    one.write((await one.listUnwritten())!);
    expect(messageIds(one).filter((id) => id.startsWith('m'))).toEqual(['m1', 'm2', 'm3', 'm4']);
    expect(listKinds(one).at(-1)).toBe('case-ended');
  });

  it('is handed over in any order: a late relay has nothing to write', async () => {
    const one = await caseHeldAt(['register', 'card']);
    const messages = ['m1', 'm2', 'm3', 'm4'].map((id) => urge(id));
    for (const message of messages) await one.deliverAndDie(message);
    for (const message of messages.toReversed()) await one.dispatch(message);
    expect(messageIds(one)).toEqual(['reply:check:1', 'm1', 'm2', 'm3', 'm4']);
  });

  it('is whole in each answer when several messages arrive together', async () => {
    const one = await caseHeldAt(['register', 'card', 'enrol']);
    const ids = ['m1', 'm2', 'm3', 'm4', 'm5'];
    const outcomes = await Promise.all([
      ...ids.map((id) => one.dispatch(urge(id))),
      one.dispatch(decision('d', 'register')),
    ]);
    expect(outcomes.filter(({ kind }) => kind === 'applied').length).toBeGreaterThanOrEqual(1);
    expect(messageIds(one)).toEqual(expect.arrayContaining([...ids, 'd']));
    expect(one.writes.activity).toBe(0);
  });

  it('is one answer for several messages in one update, each with its outcome', async () => {
    const one = await caseHeldAt(['register', 'card', 'enrol']);
    const early = decision('early', 'register', 'approved', 2);
    const together = [urge('m1'), early, decision('m2', 'register'), decision('m3', 'register', 'refused')];
    expect(await one.deliverTogether(together)).toMatchObject([
      { kind: 'applied' },
      { kind: 'too-early' },
      { kind: 'applied' },
      { kind: 'refused', code: 'STEP_ALREADY_DECIDED', first: { messageId: 'm2' } },
    ]);
    expect(messageIds(one)).toEqual(['reply:check:1', 'm1', 'm2', 'm3']);
    await expect(one.dispatch(early)).rejects.toMatchObject({ cause: { type: 'TOO_EARLY' } });
    // A message that comes again with others is known by its own id.
    expect(await one.deliverTogether([urge('m4', 'card'), decision('m2', 'register')])).toEqual([APPLIED, APPLIED]);
    expect(messageIds(one)).toEqual(['reply:check:1', 'm1', 'm2', 'm3', 'm4']);
  });

  it('omits what the ledger has if its last entry is the case’s own', async () => {
    const one = await caseHeldAt(['register']);
    const tip = one.tip();
    const { changes } = await one.deliverAndDie(urge('m1'), tip);
    expect(changes).toMatchObject({ prevSeq: tip.seq, entries: [{ messageId: 'm1' }] });
    const foreign = { ...tip, seq: tip.seq + 1, entry: { ...tip.entry, at: 1 } };
    const beyond = { ...tip, seq: tip.seq + 9 };
    for (const [id, wrong] of [['m2', foreign] as const, ['m3', beyond] as const]) {
      expect((await one.deliverAndDie(urge(id), wrong)).changes?.prevSeq).toBe(tip.seq);
    }
    expect((await one.deliverAndDie(urge('m4'), tip)).changes?.entries).toHaveLength(4);
  });

  it('is confirmed from time to time, so that no answer grows without limit', async () => {
    const one = await caseHeldAt(['register']);
    const longest = { entries: 0 };
    for (let count = 1; count <= 80; count += 1) {
      const { changes } = await one.deliverAndDie(urge(`m${count}`));
      longest.entries = Math.max(longest.entries, changes?.entries.length ?? 0);
    }
    expect(longest.entries).toBeGreaterThan(20);
    expect(longest.entries).toBeLessThan(40);
    await one.dispatch(urge('last'));
    expect(messageIds(one).at(-1)).toBe('last');
    expect(messageIds(one)).toHaveLength(82);
  });
});

describe.concurrent('a worker that replays a case', () => {
  it('produces exactly the entries that the previous one handed over', async ({ onTestFinished }) => {
    const own = await openRig();
    onTestFinished(() => own.close());
    // In one workflow task an agency decides, and two that were asked together answer one after the
    // other.
    const answerAfterMs: Record<string, number> = { register: 15, enrol: 5, card: 40 };
    const trySubmitStep: Script['trySubmitStep'] = async (call) => {
      await new Promise((resolve) => setTimeout(resolve, answerAfterMs[call.stepId]));
      return call.stepId === 'register' ? approve(call) : { kind: 'accepted' };
    };
    const one = await caseHeldAt(['check'], { trySubmitStep }, own);
    await one.dispatch(decision('m1', 'check'));
    const handedOver = [...one.ledger];
    expect(new Set(handedOver.map(({ at }) => at)).size).toBeGreaterThan(3);
    await own.restart();
    await one.dispatch(urge('m2', 'card'));
    expect(one.ledger.slice(0, handedOver.length)).toEqual(handedOver);
    expect(messageIds(one).at(-1)).toBe('m2');
  });
});

describe.concurrent('what an activity writes', () => {
  it('may have been written by a relay meanwhile', async () => {
    const [reached, goOn] = [createGate(), createGate()];
    const one: TestCase = rig.open({
      trySubmitStep: async (call) => {
        if (call.stepId === 'card') return { kind: 'accepted' };
        return call.stepId === 'enrol' ? { kind: 'later' } : approve(call);
      },
      writeProjection: async (changes) => {
        reached.open();
        await goOn.opened;
        return one.write(changes);
      },
    });
    await one.start(branchingPlan());
    await reached.opened;
    await one.dispatch(urge('m1', 'card'));
    expect(listKinds(one)[0]).toBe('case-accepted');
    expect(messageIds(one)).toContain('m1');
    goOn.open();
    await one.dispatch(decision('m2', 'card'));
    expect(await one.result()).toBe('completed');
    expect(listKinds(one).at(-1)).toBe('case-ended');
  });
});

describe.concurrent('a case that is reopened while its end is being written', () => {
  it('continues to another end', async () => {
    const [reached, goOn] = [createGate(), createGate()];
    const one: TestCase = rig.open({
      trySubmitStep: async (call) => {
        if (call.stepId === 'card') return { kind: 'accepted' };
        return call.stepId === 'register' ? { kind: 'later' } : approve(call);
      },
      submitStep: async () => ({ kind: 'decided', decision: 'refused', messageId: 'm0' }),
      writeProjection: async (changes) => {
        if (changes.entries.at(-1)?.kind === 'case-ended') {
          reached.open();
          await goOn.opened;
        }
        return one.write(changes);
      },
    });
    await one.start(branchingPlan());
    await reached.opened;
    const adoption = one.dispatch({
      kind: 'adoption',
      id: 'a1',
      stepId: 'register',
      adopts: 'm9',
      decision: 'approved',
      by: SUPERVISOR,
    });
    await vi.waitFor(async () => expect((await one.state()).steps['card']?.status).toBe('accepted'), WAIT);
    goOn.open();
    expect(await adoption).toEqual(APPLIED);
    await one.dispatch(decision('m2', 'card', 'approved', (await one.state()).steps['card']?.round));
    expect(await one.result()).toBe('completed');
    expect(listKinds(one).filter((kind) => kind === 'case-ended')).toHaveLength(2);
  });
});
