import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { CaseView } from '../../contract/cases.ts';
import { allowedOf } from '../../domain/actions.ts';
import { hasEnded, openWindow, statusesOf, stepOf, type Decision, type Window } from './window.ts';

/**
 * Ten stories that windows know, each through the whole product: its API, its processes, agencies
 * over HTTP.
 */
let window: Window;
beforeAll(async () => {
  window = await openWindow();
});
afterAll(() => window.close());
beforeEach(() => window.installation.behave({ mode: 'decide' }));

/** Nothing is with an agency, but perhaps these steps. */
const isQuiet = ({ steps }: CaseView, ...but: string[]): boolean =>
  steps.every(({ id, status }) => but.includes(id) || (status !== 'submitted' && status !== 'accepted'));

const requestOf = (caseId: string, stepId: string, round = 1) => `/agency/v1/tasks/${caseId}:${stepId}:${round}`;

/** A day that lies so many days back, as forms have it. */
const daysAgo = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);

/** A renewal in which the driver was examined lately; `photoDays` is how old the photo is. */
const renewal =
  (photoDays: number) =>
  (request: Record<string, unknown>): void => {
    const form = request['form'] as { medical: Record<string, unknown>; photo: Record<string, unknown> };
    form.medical['examinedOn'] = daysAgo(2);
    form.photo['takenOn'] = daysAgo(photoDays);
  };

describe('the stories of the window', { timeout: 120_000 }, () => {
  it('1: a married couple, one child, all data hit: two fan-outs, in time, one parcel', async () => {
    const { caseId } = await window.start('newborn-registration/married-single-child');
    const ended = await window.when(caseId, 'the case ends', hasEnded);
    expect(ended).toMatchObject({ status: 'completed', light: 'green' });
    expect(
      new Set(ended.steps.filter(({ status }) => status === 'done').map(({ agency }) => agency.id)).size,
    ).toBeGreaterThan(5);
    const parcels = window.installation
      .journal()
      .filter((entry) => entry.kind === 'effect' && entry.agency === 'post' && entry.requestId.startsWith(caseId));
    expect(parcels).toHaveLength(1);
  });

  it('2: twins join two households, and the refusal of one does not stop the other', async () => {
    await window.installation.behave({ mode: 'refuse', steps: ['household-registration.2'] }, 'police');
    const { caseId } = await window.start('newborn-registration/twins-split-households');
    const ended = await window.when(caseId, 'the case ends', hasEnded);
    expect(ended.status).toBe('partially-completed');
    expect(statusesOf(ended)).toMatchObject({
      'household-registration.1': 'done',
      'household-registration.2': 'refused',
      delivery: 'done',
    });
    const [refusal, ...others] = ended.refusals;
    expect(others).toEqual([]);
    expect(refusal).toMatchObject({ step: { id: 'household-registration.2' }, agency: { id: 'police' } });
    expect(refusal!.remedy.zh).toContain('有管辖权的人民法院');
  });

  it('3: a child outside marriage follows the father: the clock is paused during the kinship test', async () => {
    await window.installation.behave({ mode: 'hold', steps: ['kinship-check'] }, 'police');
    const { caseId } = await window.start('newborn-registration/unmarried-follows-father');
    await window.when(
      caseId,
      'the police have the question',
      (now) => stepOf(now, 'kinship-check').status === 'accepted',
    );
    const suspension = { procedure: 'kinship-test', expectedDays: 15, reason: '委托鉴定' };
    const asked = await window.agency('police', `${requestOf(caseId, 'kinship-check')}/suspension`, suspension);
    expect(asked).toMatchObject({ status: 200, body: { outcome: 'applied' } });

    const paused = await window.when(
      caseId,
      'the clock stands',
      (now) => stepOf(now, 'kinship-check').pausedAt !== undefined,
    );
    expect(stepOf(paused, 'kinship-check')).toMatchObject({
      status: 'suspended',
      light: 'grey',
      suspension: { procedure: 'kinship-test', expectedDays: 15 },
    });

    const report = { decision: 'approved', reason: '鉴定意见已收到' };
    await window.agency('police', `${requestOf(caseId, 'kinship-check')}/decision`, report);
    expect(await window.when(caseId, 'the case ends', hasEnded)).toMatchObject({ status: 'completed' });
  });

  it('4: a home and a move from another province: the other province is named as the holder', async () => {
    await window.installation.behave({ mode: 'hold' }, 'origin-police');
    const { caseId } = await window.start('home-purchase-move/second-hand-cross-province');
    const waiting = await window.when(
      caseId,
      'only the origin is waited for',
      (now) => isQuiet(now, 'origin-cancellation') && stepOf(now, 'origin-cancellation').status === 'accepted',
    );
    expect(stepOf(waiting, 'origin-cancellation')).toMatchObject({
      status: 'accepted',
      waitingOn: 'agency',
      agency: { id: 'origin-police' },
    });
    expect(stepOf(waiting, 'move-in-registration').status).toBe('waiting');
  });

  it('5: the destination refuses after the title is registered: the title goes home alone', async () => {
    await window.installation.behave({ mode: 'refuse', steps: ['destination-approval'] }, 'police');
    const { caseId } = await window.start('home-purchase-move/second-hand-in-province');
    const ended = await window.when(caseId, 'the case ends', hasEnded);
    expect(ended.status).toBe('partially-completed');
    expect(statusesOf(ended)).toMatchObject({
      'transfer-registration': 'done',
      'title-certificate': 'done',
      'destination-approval': 'refused',
      'move-in-registration': 'blocked',
      delivery: 'done',
    });
    expect(ended.refusals).toMatchObject([{ step: { id: 'destination-approval' }, agency: { id: 'police' } }]);
  });

  it('6: the origin has cancelled and the move-in fails: the origin is restored, or a person takes over', async () => {
    await window.installation.behave({ mode: 'refuse', steps: ['move-in-registration'] }, 'police');
    const { caseId } = await window.start('home-purchase-move/second-hand-cross-province');
    const ended = await window.when(caseId, 'the case ends', hasEnded);
    expect(ended.status).toBe('partially-completed');
    expect(statusesOf(ended)).toMatchObject({
      'transfer-registration': 'done',
      'origin-cancellation': 'undone',
      'move-in-registration': 'refused',
    });

    await window.installation.behave({ mode: 'stands', steps: ['origin-cancellation'] }, 'origin-police');
    const { caseId: second } = await window.start('home-purchase-move/second-hand-cross-province');
    const stuck = await window.when(
      second,
      'a person is needed',
      (now) => stepOf(now, 'origin-cancellation').status === 'attention',
    );
    const rejected = stepOf(stuck, 'origin-cancellation');
    expect(rejected).toMatchObject({ attention: 'UNDO_REJECTED' });
    expect(allowedOf(rejected.actions)).toEqual(expect.arrayContaining(['settle-undo', 'retry-undo']));
    const settled = { result: 'undone', reason: '电话确认迁出地已恢复' };
    expect((await window.act(second, 'steps/origin-cancellation/settle-undo', settled)).status).toBe(200);
    expect((await window.when(second, 'the case ends', hasEnded)).status).toBe('partially-completed');
  });

  it('7: a photo seven months old is not used again: a new one is asked for, taken and used', async () => {
    const { caseId } = await window.start('driving-licence-renewal/photo-seven-months-old', renewal(213));
    const denied = await window.when(
      caseId,
      'the reuse is with a person',
      (now) => isQuiet(now) && stepOf(now, 'photo-reuse').attention === 'RULES_NOT_MET',
    );
    expect(stepOf(denied, 'photo-reuse').rules).toMatchObject([
      { id: 'photo-recent', held: false },
      { id: 'photo-consented', held: true },
    ]);
    const asked: Decision = { decision: 'supplement', supplements: [{ material: 'photo', reason: '照片超过6个月' }] };
    expect((await window.officer('photo-service', caseId, 'photo-reuse', asked)).status).toBe(200);

    const open = await window.when(caseId, 'the notice is out', ({ notices }) => notices[0]?.status === 'open');
    expect(stepOf(open, 'photo-reuse')).toMatchObject({ status: 'supplement', waitingOn: 'applicant' });
    const taken = { changes: { 'photo.takenOn': daysAgo(1) }, materials: [{ id: 'photo' }] };
    const answered = await window.call('POST', `/api/v1/cases/${caseId}/supplements/1/answer`, taken);
    expect(answered).toMatchObject({ status: 200, body: { outcome: 'applied' } });

    const ended = await window.when(caseId, 'the case ends', hasEnded);
    expect(ended.status).toBe('completed');
    expect(stepOf(ended, 'photo-reuse')).toMatchObject({
      status: 'done',
      round: 2,
      rules: [{ held: true }, { held: true }],
    });
  });

  it('8: the marriage record is missing: accepted on a pledge, paused when it expires, resumed when it is filled, returned otherwise', async () => {
    const startWithPledge = async () => {
      const { caseId } = await window.start('newborn-registration/married-single-child', (request) => {
        request['pledge'] = { materials: ['marriage-certificate'], until: '2099-12-31' };
      });
      const held = await window.when(
        caseId,
        'only the pledged paper is waited for',
        (now) => isQuiet(now) && stepOf(now, 'household-registration').status === 'done',
      );
      expect(held.pledge?.materials).toMatchObject([{ id: 'marriage-certificate', filled: false }]);
      expect(stepOf(held, 'household-registration').status).toBe('done');
      expect(stepOf(held, 'social-security-card')).toMatchObject({ status: 'ready', because: 'gap' });
      await window.passTo(caseId, 'pledge');
      await window.when(caseId, 'the pledge has expired', ({ dues }) =>
        dues.some(({ kind }) => kind === 'pledge-return'),
      );
      return caseId;
    };

    const kept = await startWithPledge();
    const filled = await window.call('POST', `/api/v1/cases/${kept}/pledge/materials`, {
      materials: [{ id: 'marriage-certificate' }],
    });
    expect(filled).toMatchObject({ status: 200, body: { outcome: 'applied' } });
    expect((await window.when(kept, 'the case ends', hasEnded)).status).toBe('completed');

    const broken = await startWithPledge();
    await window.passTo(broken, 'pledge-return');
    const ended = await window.when(broken, 'the case ends', hasEnded);
    expect(ended).toMatchObject({ status: 'partially-completed', closing: 'return' });
    expect(statusesOf(ended)).toMatchObject({ 'household-registration': 'done', 'social-security-card': 'stopped' });
  });

  it('9: eyesight misses a rule of instant approval: a specialist sees which, and decides', async () => {
    const { caseId } = await window.start('driving-licence-renewal/large-bus-weak-eyesight', renewal(2));
    await window.when(
      caseId,
      'the approval is with a person',
      (now) => stepOf(now, 'renewal-approval').attention === 'RULES_NOT_MET',
    );

    const seen = stepOf(await window.seenBy('vehicle-office', caseId), 'renewal-approval');
    expect(seen).toMatchObject({ waitingOn: 'officer', agency: { id: 'vehicle-office' } });
    expect(seen.decision).toBeUndefined();
    expect(seen.rules?.filter(({ held }) => !held)).toMatchObject([
      { id: 'vision-sufficient', name: { en: 'Eyesight as the kind of vehicle needs' } },
    ]);
    expect(seen.rules).toHaveLength(5);
    const { steps } = await window.seenBy('post', caseId);
    expect(steps.find(({ id }) => id === 'renewal-approval')?.rules).toBeUndefined();

    const decided = { decision: 'approved', reason: '复检矫正视力5.0' } as const;
    expect((await window.officer('vehicle-office', caseId, 'renewal-approval', decided)).status).toBe(200);
    const after = await window.when(
      caseId,
      'it is approved',
      (now) => stepOf(now, 'renewal-approval').status === 'done',
    );
    expect(stepOf(after, 'renewal-approval')).toMatchObject({ decision: 'approved', reason: '复检矫正视力5.0' });
  });

  it('10: the applicant withdraws midway: each step goes the way that was shown before', async () => {
    await window.installation.behave({ mode: 'hold' }, 'medical-insurance');
    const { caseId } = await window.start('newborn-registration/married-single-child');
    await window.when(
      caseId,
      'only the insurance is waited for',
      ({ steps }) =>
        steps.some(({ agency, status }) => agency.id === 'medical-insurance' && status === 'accepted') &&
        steps.every(
          ({ agency, status }) =>
            agency.id === 'medical-insurance' || (status !== 'submitted' && status !== 'accepted'),
        ),
    );
    const { body: preview } = await window.call('GET', `/api/v1/cases/${caseId}/withdrawal`);
    const withdrawn = await window.call('POST', `/api/v1/cases/${caseId}/withdrawal`, { reason: '申请人撤回' });
    expect(withdrawn.status).toBe(200);
    await window.when(caseId, 'only people are waited for', ({ steps }) =>
      steps.every(({ status }) => status !== 'undoing'),
    );
    for (const { id, status } of (await window.view(caseId)).steps) {
      if (status !== 'attention') continue;
      await window.act(caseId, `steps/${id}/settle-undo`, { result: 'stands', reason: '依法不予撤销' });
    }
    const ended = await window.when(caseId, 'the case ends', hasEnded);
    expect(ended).toMatchObject({ status: 'withdrawn', closing: 'withdrawal' });
    const became: Record<string, string[]> = {
      ended: ['skipped', 'done', 'refused', 'undone'],
      'not-started': ['stopped'],
      stopped: ['stopped'],
      undone: ['undone', 'stopped'],
      'to-person': ['done'],
      stands: ['done'],
    };
    for (const { id, effect } of preview['steps'] as { id: string; effect: string }[]) {
      expect(became[effect], `${id} was to be ${effect}`).toContain(stepOf(ended, id).status);
    }
  });

  it('a miss at the marriage register leads to the certificate shown, and the registration goes on', async () => {
    await window.installation.behave({ mode: 'refuse' }, 'civil-affairs');
    const { caseId, queryCode, caseNo } = await window.start('newborn-registration/married-single-child');
    const missed = await window.when(
      caseId,
      'the register has no record',
      (now) => isQuiet(now) && stepOf(now, 'marriage-check').attention === 'RECORD_MISSED',
    );
    expect(missed.refusals).toEqual([]);
    expect(statusesOf(missed)).toMatchObject({ 'birth-certificate': 'done', 'household-registration': 'waiting' });
    const page = await window.call('POST', '/public/v1/progress', { caseNo, code: queryCode });
    expect(JSON.stringify(page.body)).toContain('可到受理窗口出示');

    const shown = { reason: '核对1998年纸质结婚证原件' };
    expect((await window.call('POST', `/api/v1/cases/${caseId}/steps/marriage-check/confirm`, shown)).status).toBe(200);
    const ended = await window.when(caseId, 'the case ends', hasEnded);
    expect(ended.status).toBe('completed');
    expect(stepOf(ended, 'marriage-check')).toMatchObject({ status: 'done', ...shown });
  });

  it('a colour-blind bus driver goes to an officer, who refuses with a reason: no machine approves', async () => {
    const { caseId } = await window.start('driving-licence-renewal/large-bus-weak-eyesight', (request) => {
      renewal(2)(request);
      const form = request['form'] as { medical: Record<string, unknown> };
      Object.assign(form.medical, { colourOk: false, hearingOk: false });
    });
    await window.when(
      caseId,
      'the approval is with a person',
      (now) => isQuiet(now) && stepOf(now, 'renewal-approval').attention === 'RULES_NOT_MET',
    );
    const byMachine = { messageId: 'vehicle-office-1', decision: 'approved' };
    const path = `${requestOf(caseId, 'renewal-approval')}/decision`;
    expect(await window.agency('vehicle-office', path, byMachine)).toMatchObject({
      status: 409,
      body: { code: 'DECISION_BY_PERSON' },
    });
    const refused: Decision = { decision: 'refused', reason: '辨色力不合格' };
    expect((await window.officer('vehicle-office', caseId, 'renewal-approval', refused)).status).toBe(200);
    const ended = await window.when(caseId, 'the case ends', hasEnded);
    expect(ended.refusals).toMatchObject([{ step: { id: 'renewal-approval' }, reason: '辨色力不合格' }]);
  });

  it('an unpaid premium lapses: it is listed apart from the refusals, and the rest is granted', async () => {
    await window.installation.behave({ mode: 'refuse', steps: ['medical-insurance-premium'] }, 'tax');
    const { caseId, queryCode, caseNo } = await window.start('newborn-registration/married-single-child');
    const ended = await window.when(caseId, 'the case ends', hasEnded);
    expect(ended).toMatchObject({
      status: 'partially-completed',
      refusals: [],
      lapses: [{ step: { id: 'medical-insurance-premium' }, agency: { id: 'tax' } }],
    });
    const page = await window.call('POST', '/public/v1/progress', { caseNo, code: queryCode });
    expect(page.body).toMatchObject({ refusals: [], lapses: [{ step: { zh: '居民医保缴费' } }] });
    expect(JSON.stringify(page.body['status'])).toMatch(/项已办成，1项逾期未办/);
  });

  it('a parcel is returned after the case has ended: with the corrected address it is sent again, and the case ends a second time', async () => {
    const { caseId } = await window.start('newborn-registration/married-single-child');
    await window.when(caseId, 'the case ends', hasEnded);
    const back = { messageId: 'post-returned-1', decision: 'returned', reason: '地址不详，退回' };
    const returned = await window.agency('post', `${requestOf(caseId, 'delivery')}/decision`, back);
    expect(returned).toMatchObject({ status: 200, body: { outcome: 'applied' } });
    const open = await window.when(
      caseId,
      'the parcel is before a person',
      (now) => stepOf(now, 'delivery').attention === 'PARCEL_RETURNED',
    );
    expect(open.status).toBe('accepted');

    const correction = { changes: { 'delivery.address': '嘉兴市秀洲区示例路8号2幢202室' }, reason: '门牌写错' };
    const preview = await window.call('POST', `/api/v1/cases/${caseId}/corrections/preview`, {
      changes: correction.changes,
    });
    expect(preview.body).toMatchObject({ steps: [{ id: 'delivery', effect: 'sent-again' }] });
    expect((await window.call('POST', `/api/v1/cases/${caseId}/corrections`, correction)).status).toBe(200);
    const ended = await window.when(
      caseId,
      'the case ends again',
      (now) => hasEnded(now) && stepOf(now, 'delivery').round === 2,
    );
    expect(ended.status).toBe('completed');
    expect(stepOf(ended, 'delivery').status).toBe('done');
  });
});
