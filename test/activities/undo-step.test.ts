import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { formatRequestId } from '../../agencies/contract.ts';
import type { Behaviour } from '../../sandbox/agencies/behaviour.ts';
import { sampleForm } from '../support/matters.ts';
import { createRig, failureOf, type Rig, type RigActivities } from './rig.ts';

let rig: Rig;
let activities: RigActivities;
beforeAll(async () => {
  rig = await createRig();
});
beforeEach(() => {
  activities = rig.activities();
});
afterAll(() => rig.close());
afterEach(() => rig.setAgency('police'));

const prepare = async () => {
  const { caseId } = await rig.submit(sampleForm('certificates-only'));
  const call = rig.firstCall(caseId, 'household-registration', 'police');
  return { call, undo: { ...call, class: 'withdraw' as const } };
};
const behave = (behaviour: Partial<Behaviour>) => rig.behave('police', behaviour);

describe('undoing a step', () => {
  it('is left to a person where no office serves its division', async () => {
    const { call, undo } = await prepare();
    await rig.setAgency('police', { divisions: ['3301'] });
    expect(await activities.undoStep(undo)).toEqual({ kind: 'failed', code: 'UNDO_BY_PERSON' });
    expect(rig.sentAbout(call)).toEqual([]);
  });

  it.each(['decide', 'hold'] as const)(
    'undoes the request once, however often the call is repeated (%s)',
    async (mode) => {
      await behave({ mode });
      const { call, undo } = await prepare();
      await activities.submitStep(call);
      expect(await activities.undoStep(undo)).toEqual({ kind: 'undone' });
      expect(await activities.undoStep(undo, 2)).toEqual({ kind: 'undone' });
      const effects = await rig.effects(formatRequestId(call));
      expect(effects.filter((effect) => effect === 'undone')).toHaveLength(1);
    },
  );

  it('is stored as a tombstone when it comes before the step itself', async () => {
    await behave({ mode: 'decide' });
    const { call, undo } = await prepare();
    expect(await activities.undoStep(undo)).toEqual({ kind: 'undone' });
    await activities.submitStep(call);
    expect(await rig.effects(formatRequestId(call))).toEqual(['undone']);
  });

  it('sends the agency the request and the kind of undo, and nothing of the form', async () => {
    await behave({ mode: 'decide' });
    const { call, undo } = await prepare();
    await activities.undoStep(undo);
    const [sent] = rig.sentTo(`/steps/${formatRequestId(call)}/undo`);
    expect(JSON.parse(sent!.body)).toEqual({ requestId: formatRequestId(call), class: 'withdraw' });
  });

  it('is left to a person if the agency answers that the result stands', async () => {
    await behave({ mode: 'stands' });
    const { call, undo } = await prepare();
    await activities.submitStep(call);
    expect(await activities.undoStep(undo)).toEqual({ kind: 'failed', code: 'UNDO_REJECTED' });
    expect(await rig.step(call.caseId, call.stepId)).toMatchObject({ lastError: 'HTTP_409' });
  });

  it.each(['worklist', 'rules'] as const)('is done by hand for an agency without a system (%s)', async (connection) => {
    await rig.setAgency('police', { connection });
    const { call, undo } = await prepare();
    expect(await activities.undoStep(undo)).toEqual({ kind: 'failed', code: 'UNDO_BY_PERSON' });
    expect(rig.sentAbout(call)).toEqual([]);
  });

  it('is tried again while the agency cannot be reached, with cause and next attempt in the row', async () => {
    await behave({ mode: 'error', delayMs: 60_000 });
    const { call, undo } = await prepare();
    const failure = await failureOf(activities.undoStep(undo));
    expect(failure.type).toBe('AGENCY_UNAVAILABLE');
    expect(failure.nextRetryDelay).toBeGreaterThanOrEqual(60_000);
    expect(await rig.step(call.caseId, call.stepId)).toMatchObject({
      attempts: 1,
      lastError: 'HTTP_503',
      nextAttemptAt: rig.now + Number(failure.nextRetryDelay),
    });
  });

  it('is undone once when the reply to it was lost', async () => {
    await behave({ mode: 'decide' });
    const { call, undo } = await prepare();
    await activities.submitStep(call);
    await behave({ mode: 'lost-reply' });
    await failureOf(activities.undoStep(undo));
    expect(await activities.undoStep(undo, 2)).toEqual({ kind: 'undone' });
    expect(await rig.effects(formatRequestId(call))).toEqual(['decided:approved', 'undone']);
  });

  it('is left to a person if the agency’s answer is unreadable', async () => {
    await behave({ mode: 'garbage' });
    const { undo } = await prepare();
    expect(await activities.undoStep(undo)).toEqual({ kind: 'failed', code: 'AGENCY_UNREADABLE' });
  });
});
