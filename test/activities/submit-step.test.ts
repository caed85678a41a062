import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { formatRequestId, StepRequest } from '../../agencies/contract.ts';
import { addDossierRevision, getDossier } from '../../db/cases/dossiers.ts';
import { openBodies } from '../support/bodies.ts';
import { listRuleTraces } from '../../db/cases/rule-traces.ts';
import type { StepCall } from '../../exchange/step-call.ts';
import type { Behaviour } from '../../sandbox/agencies/behaviour.ts';
import { sampleForm } from '../support/matters.ts';
import { createRig, failureOf, type Rig, type RigActivities } from './rig.ts';

let rig: Rig;
let submitStep: RigActivities['submitStep'];
beforeAll(async () => {
  rig = await createRig();
});
beforeEach(() => {
  ({ submitStep } = rig.activities());
});
afterAll(() => rig.close());
afterEach(() => rig.setAgency('police'));

/** A step of a new case, sent to police, which behaves so. */
const prepare = async (behaviour: Partial<Behaviour>): Promise<StepCall> => {
  await rig.behave('police', behaviour);
  const { caseId } = await rig.submit(sampleForm('certificates-only'));
  return rig.firstCall(caseId, 'household-registration', 'police');
};
const row = ({ caseId, stepId }: StepCall) => rig.step(caseId, stepId);
const effects = (call: StepCall) => rig.effects(formatRequestId(call));

describe('a step of a division that no office serves', () => {
  it('is not sent until an office serves it', async () => {
    const call = await prepare({ mode: 'decide' });
    await rig.setAgency('police', { divisions: ['3301'] });
    expect(await rig.activities().trySubmitStep(call)).toEqual({ kind: 'later' });
    expect(await failureOf(submitStep(call))).toMatchObject({ message: 'NO_OFFICE' });
    expect(rig.sentAbout(call)).toEqual([]);
    expect(await row(call)).toMatchObject({ division: '330411', unserved: true, attempts: 1, lastError: 'NO_OFFICE' });
    await rig.setAgency('police', { divisions: ['3301', '3304'] });
    expect(await submitStep(call)).toMatchObject({ kind: 'decided' });
    expect(await row(call)).not.toHaveProperty('unserved');
  });
});

describe('a step that its agency answers', () => {
  it.each([
    ['decide', 'approved'],
    ['refuse', 'refused'],
    ['supplement', 'supplement'],
  ] as const)('in mode %s is decided at once: %s', async (mode, decision) => {
    const call = await prepare({ mode });
    const answer = await submitStep(call);
    expect(answer).toMatchObject({ kind: 'decided', decision, messageId: expect.any(String) as string });
    expect(await effects(call)).toEqual([`decided:${decision}`]);
    expect(await row(call)).toMatchObject({ attempts: 0 });
  });

  it.each(['callback', 'hold', 'duplicate'] as const)('in mode %s is accepted, and decided later', async (mode) => {
    const call = await prepare({ mode, delayMs: 600_000 });
    expect(await submitStep(call)).toEqual({ kind: 'accepted' });
    expect(await effects(call)).toEqual([]);
    expect(await rig.inbox(call.caseId)).toEqual([]);
  });

  it('leaves the words of the answer in the inbox, under the id of its message', async () => {
    const call = await prepare({ mode: 'refuse' });
    const answer = await submitStep(call);
    const messageId = answer.kind === 'decided' ? answer.messageId : '';
    expect(JSON.stringify(answer)).not.toMatch(/reason/);
    expect(await rig.inbox(call.caseId)).toEqual([{ messageId, source: 'reply', outcome: { kind: 'applied' } }]);
    const bodies = await openBodies(rig.db, rig.cipher, call.caseId);
    expect(bodies.get(messageId)).toEqual({ reason: expect.stringMatching(/沙箱示例/) as string });
  });

  it('gets in the next round the answer to each item that it asked for', async () => {
    const call = await prepare({ mode: 'supplement' });
    const answer = await submitStep(call);
    const { caseId, stepId } = call;
    const messageId = answer.kind === 'decided' ? answer.messageId : '';
    const items = [{ id: 'a', stepId, messageId, place: 0, holds: [], answered: true }];
    await rig.db.query(
      `insert into notices (case_id, id, status, since, items) values ($1, '1', 'answered', now(), $2)`,
      [caseId, JSON.stringify(items)],
    );
    const [{ body: sent } = { body: '' }] = rig.sentAbout(call);
    const [{ id: material } = { id: '' }] = StepRequest.parse(JSON.parse(sent)).materials;
    const { form, materials, revision: previous } = await getDossier(rig.db, rig.cipher, caseId);
    const added = [...materials.filter(({ id }) => id !== material), { id: material, reference: 'U-7' }];
    await addDossierRevision(rig.db, rig.cipher, { caseId, previous, form, materials: added });
    const again = { ...call, round: 2 };
    await submitStep(again);
    const [first, second] = [call, again].map((sent) => StepRequest.parse(JSON.parse(rig.sentAbout(sent)[0]!.body)));
    expect(first).not.toHaveProperty('supplement');
    expect(second!.supplement).toEqual([
      { material, reference: 'U-7', reason: expect.stringMatching(/沙箱示例/) as string },
    ]);
  });

  it('has a supplement decided in its second round', async () => {
    const call = await prepare({ mode: 'supplement' });
    await submitStep(call);
    const second = await submitStep({ ...call, round: 2 });
    expect(second).toMatchObject({ kind: 'decided', decision: 'approved' });
    expect(await rig.effects(`${call.caseId}:${call.stepId}:`)).toEqual(['decided:supplement', 'decided:approved']);
  });
});

describe('a step that is sent again', () => {
  it.each(['decide', 'refuse', 'supplement', 'lost-reply'] as const)(
    'has one effect and one message in mode %s',
    async (mode) => {
      const call = await prepare({ mode });
      await submitStep(call).catch(() => undefined);
      const second = await submitStep(call, 2);
      const third = await submitStep(call, 3);
      expect(third).toEqual(second);
      expect(await effects(call)).toHaveLength(1);
      expect(await rig.inbox(call.caseId)).toHaveLength(1);
    },
  );

  it('is still accepted if the agency has it', async () => {
    const call = await prepare({ mode: 'hold' });
    await submitStep(call);
    expect(await submitStep(call, 2)).toEqual({ kind: 'accepted' });
  });

  it('takes the decision that its agency has made meanwhile', async () => {
    const call = await prepare({ mode: 'hold' });
    await submitStep(call);
    rig.platform.deaf.add(call.caseId);
    await rig.answer('police', formatRequestId(call), { decision: 'refused', reason: '不符合条件' });
    expect(await submitStep(call, 2)).toMatchObject({ kind: 'decided', decision: 'refused' });
  });

  it('distinguishes two answers for which an agency uses one message id', async () => {
    const call = await prepare({ mode: 'hold' });
    const other = { ...call, stepId: 'marriage-check' };
    const decide = async (of: StepCall, reason: string) => {
      await submitStep(of);
      await rig.answer('police', formatRequestId(of), { messageId: 'same', decision: 'refused', reason });
      return submitStep(of, 2);
    };
    rig.platform.deaf.add(call.caseId);
    const answers = [await decide(call, 'one'), await decide(other, 'two')];
    expect(answers[0]).toMatchObject({ decision: 'refused', messageId: 'agency:police:same' });
    expect(answers[1]).toMatchObject({
      decision: 'refused',
      messageId: expect.stringMatching(/^agency:police:reply:/) as string,
    });
    expect(await rig.inbox(call.caseId)).toHaveLength(2);
  });
});

describe('an agency that cannot be reached', () => {
  it.each([
    ['down', { mode: 'down' }, 'CONNECTION_REFUSED'],
    ['lost-reply', { mode: 'lost-reply' }, 'CONNECTION_RESET'],
    ['slow', { mode: 'slow', delayMs: 1_500 }, 'CONNECTION_TIMEOUT'],
    ['error', { mode: 'error' }, 'HTTP_503'],
  ] as const)(
    'in mode %s fails the attempt, with cause and next attempt in the row',
    async (_name, behaviour, cause) => {
      await rig.setAgency('police', { timeoutMs: 300 });
      const call = await prepare(behaviour);
      const failure = await failureOf(submitStep(call));
      expect(failure).toMatchObject({ message: cause, type: 'AGENCY_UNAVAILABLE', nonRetryable: false });
      expect(await row(call)).toMatchObject({
        attempts: 1,
        lastError: cause,
        nextAttemptAt: rig.now + Number(failure.nextRetryDelay),
      });
    },
  );

  it('is tried later each time, and the row counts the attempts', async () => {
    const call = await prepare({ mode: 'down' });
    const delays: number[] = [];
    for (const attempt of [1, 2, 3, 4]) {
      const failure = await failureOf(submitStep(call, attempt));
      delays.push(Number(failure.nextRetryDelay));
    }
    expect(delays).toEqual([...delays].sort((a, b) => a - b));
    expect(await row(call)).toMatchObject({ attempts: 4, nextAttemptAt: rig.now + delays.at(-1)! });
  });

  it('is not tried before the time that it asked for', async () => {
    const call = await prepare({ mode: 'error', delayMs: 90_000 });
    const failure = await failureOf(submitStep(call));
    expect(failure.nextRetryDelay).toBeGreaterThanOrEqual(90_000);
    expect(failure.nextRetryDelay).toBeLessThanOrEqual(108_000);
    expect(await row(call)).toMatchObject({ nextAttemptAt: rig.now + Number(failure.nextRetryDelay) });
  });

  it.each(['error', 'busy'] as const)('in mode %s gets none of our other steps before that time', async (mode) => {
    let now = rig.now;
    const activities = rig.activities(() => now);
    await failureOf(activities.submitStep(await prepare({ mode, delayMs: 30_000 })));
    const other = await prepare({ mode: 'decide' });
    expect(await activities.trySubmitStep(other)).toEqual({ kind: 'later' });
    now += 10_000;
    const failure = await failureOf(activities.submitStep(other));
    expect(failure).toMatchObject({ message: 'AGENCY_BUSY', type: 'AGENCY_UNAVAILABLE' });
    expect(failure.nextRetryDelay).toBeGreaterThanOrEqual(20_000);
    expect(rig.sentAbout(other)).toEqual([]);
    now += 20_000;
    expect(await activities.submitStep(other)).toMatchObject({ kind: 'decided' });
  });

  it('lets no officer wait who has a worklist by then', async () => {
    await failureOf(submitStep(await prepare({ mode: 'busy', delayMs: 30_000 })));
    const other = await prepare({ mode: 'decide' });
    await rig.setAgency('police', { connection: 'worklist' });
    expect(await submitStep(other)).toEqual({ kind: 'accepted' });
  });

  it('counts from zero in another round', async () => {
    const call = await prepare({ mode: 'down' });
    await failureOf(submitStep(call));
    await failureOf(submitStep({ ...call, round: 2 }));
    expect(await row(call)).toMatchObject({ attempts: 1 });
  });

  it('is not said to have a message when nothing came of the attempt', async () => {
    const call = await prepare({ mode: 'down' });
    await failureOf(submitStep(call));
    expect(await rig.inbox(call.caseId)).toEqual([]);
  });
});

describe('an answer that no retry can fix', () => {
  it.each([
    ['reject', 'AGENCY_REJECTED', 'HTTP_422 FORM_INCOMPLETE'],
    ['garbage', 'AGENCY_UNREADABLE', /^(NOT_JSON|WRONG_SHAPE .*)$/],
  ] as const)('in mode %s is given to a person, with its cause in the row', async (mode, code, error) => {
    const call = await prepare({ mode });
    expect(await submitStep(call)).toEqual({ kind: 'failed', code });
    const { attempts, lastError, nextAttemptAt } = await row(call);
    expect({ attempts, nextAttemptAt }).toEqual({ attempts: 1, nextAttemptAt: undefined });
    expect(lastError).toMatch(error);
  });

  it('is reported if our address or secret for the agency is wrong', async () => {
    const call = await prepare({ mode: 'decide' });
    await rig.setAgency('police', { secrets: [`whsec_${Buffer.alloc(32, 'wrong').toString('base64')}`] });
    expect(await submitStep(call)).toEqual({ kind: 'failed', code: 'AGENCY_SETUP' });
    expect(await row(call)).toMatchObject({ lastError: 'HTTP_401' });
  });

  it('is given to a person if the agency has an undo of the same request', async () => {
    const call = await prepare({ mode: 'decide' });
    await rig.activities().undoStep({ ...call, class: 'withdraw' as const });
    expect(await submitStep(call)).toEqual({ kind: 'failed', code: 'AGENCY_REJECTED' });
    expect(await row(call)).toMatchObject({ lastError: 'HTTP_410' });
    expect(await effects(call)).toEqual(['undone']);
  });
});

describe('an agency that is not called', () => {
  it('finds the step on its worklist', async () => {
    await rig.setAgency('police', { connection: 'worklist' });
    const call = await prepare({ mode: 'decide' });
    expect(await submitStep(call)).toEqual({ kind: 'accepted' });
    expect(rig.sentAbout(call)).toEqual([]);
  });

  it('has its rules approve at once, with the trace', async () => {
    await rig.setAgency('health', { connection: 'rules' });
    const { caseId } = await rig.submit(sampleForm('married-single-child'));
    const call = rig.firstCall(caseId, 'fertility-registration', 'health');
    const answer = await submitStep(call);
    expect(answer).toMatchObject({ kind: 'decided', decision: 'approved' });
    expect(await submitStep(call, 2)).toEqual(answer);
    const traces = await listRuleTraces(rig.db, caseId);
    expect(traces).toMatchObject([{ stepId: 'fertility-registration', round: 1, approved: true }]);
    expect(traces[0]?.trace.map(({ held }) => held)).toEqual([true, true, true, true]);
    expect(await rig.inbox(caseId)).toMatchObject([{ source: 'rules', outcome: { kind: 'applied' } }]);
    expect(rig.sentAbout(call)).toEqual([]);
  });

  it('lets a person decide if a rule does not hold, and never refuses', async () => {
    await rig.setAgency('health', { connection: 'rules' });
    const form = { ...sampleForm('foreign-mother'), fertilityRegistered: false };
    const { caseId } = await rig.submit(form);
    const call = rig.firstCall(caseId, 'fertility-registration', 'health');
    expect(await submitStep(call)).toEqual({ kind: 'accepted' });
    expect(await submitStep(call, 2)).toEqual({ kind: 'accepted' });
    const traces = await listRuleTraces(rig.db, caseId);
    expect(traces).toMatchObject([{ approved: false }]);
    expect(traces[0]?.trace).toContainEqual(expect.objectContaining({ id: 'mother-identified', held: false }));
    expect(await rig.inbox(caseId)).toEqual([]);
  });
});

describe('the rules of an instant step', () => {
  const judged = async (sample: string): Promise<StepCall> => {
    const form = { ...sampleForm(sample), fertilityRegistered: false };
    const { caseId } = await rig.submit(form);
    return rig.firstCall(caseId, 'fertility-registration', 'health');
  };

  it.each(['push', 'worklist'] as const)('are judged too where the agency is connected by %s', async (connection) => {
    await rig.setAgency('health', { connection });
    await rig.behave('health', { mode: 'decide' });
    const call = await judged('married-single-child');
    expect(await submitStep(call)).toMatchObject({ kind: connection === 'push' ? 'decided' : 'accepted' });
    expect(await listRuleTraces(rig.db, call.caseId)).toMatchObject([{ approved: true }]);
  });

  it('keep a step from the system of its agency where they do not hold, and the first trace stays', async () => {
    await rig.setAgency('health');
    await rig.behave('health', { mode: 'decide' });
    const call = await judged('foreign-mother');
    for (const attempt of [1, 2]) {
      expect(await submitStep(call, attempt)).toEqual({ kind: 'failed', code: 'RULES_NOT_MET' });
    }
    expect(rig.sentAbout(call)).toEqual([]);
    expect(await listRuleTraces(rig.db, call.caseId)).toMatchObject([{ approved: false }]);
    expect(await rig.inbox(call.caseId)).toEqual([]);
  });
});

describe('an unknown step', () => {
  it('is our own fault, and no agency is called', async () => {
    const call = await prepare({ mode: 'decide' });
    const unknown = { ...call, stepId: 'no-such-step' };
    await expect(submitStep(unknown)).rejects.toThrow(/no-such-step/);
    expect(rig.sentAbout(unknown)).toEqual([]);
  });
});
