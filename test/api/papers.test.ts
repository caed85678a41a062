import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { CaseView } from '../../contract/cases.ts';
import { PublicProgress } from '../../contract/progress.ts';
import { WithdrawalConfirmation } from '../../contract/withdrawals.ts';
import { ChangePreview } from '../../contract/supplements.ts';
import { openApi, type Api } from './harness.ts';

let api: Api;
beforeAll(async () => {
  api = await openApi({ outcomeWaitMs: 5_000 });
});
afterAll(() => api.close());
beforeEach(() => api.driver.run());
afterEach(() => api.driver.pause());

const clerk = (method: string, path: string, body?: unknown) =>
  api.call(method, path, { token: api.tokens.clerk, body });
const decide = (caseId: string, stepId: string, agency: string, body: Record<string, unknown>) =>
  agency === 'post'
    ? api.call('POST', `/agency/v1/tasks/${caseId}:${stepId}:1/decision`, { token: api.tokens.post, body })
    : api.call('POST', `/agency/v1/tasks/${caseId}:${stepId}:1/decision`, {
        agency,
        body: { messageId: uuidv7(), ...body },
      });
const caseOf = async (caseId: string) => CaseView.parse((await clerk('GET', `/api/v1/cases/${caseId}`)).body);
const preview = async (path: string, body: unknown) => {
  const answer = await clerk('POST', path, body);
  expect(answer.status, answer.text).toBe(200);
  return ChangePreview.strict().parse(answer.body);
};

describe('an officer who had asked for something', () => {
  it('sees in the next round what was handed in for it', async () => {
    const { caseId } = await api.start();
    const supplements = [
      { field: 'applicant.name', reason: '姓名有误' },
      { material: 'photo', reason: '缺材料' },
    ];
    await decide(caseId, 'notify', 'post', { decision: 'supplement', supplements });
    await clerk('POST', `/api/v1/cases/${caseId}/supplements/1/answer`, {
      changes: { 'applicant.name': '林小雨' },
      materials: [{ id: 'photo', source: 'upload', reference: 'U-1' }],
    });
    const task = await api.call('GET', `/agency/v1/tasks/${caseId}:notify:2`, { token: api.tokens.post });
    expect(task.body).toMatchObject({
      form: { applicant: { name: '林小雨' } },
      supplement: [
        { field: 'applicant.name', value: '林小雨', reason: '姓名有误' },
        { material: 'photo', source: 'upload', reference: 'U-1', reason: '缺材料' },
      ],
    });
  });

  it('and gave only a reason also finds it in the notice', async () => {
    const { caseId } = await api.start();
    await decide(caseId, 'register', 'police', { decision: 'supplement', reason: '请补充说明' });
    expect((await caseOf(caseId)).notices).toMatchObject([{ items: [{ step: 'register', reason: '请补充说明' }] }]);
  });
});

describe('the preview of an answer', () => {
  const askForName = async () => {
    const { caseId } = await api.start();
    const supplements = [{ field: 'applicant.name', reason: '姓名有误' }];
    await decide(caseId, 'register', 'police', { decision: 'supplement', supplements });
    return { caseId, path: `/api/v1/cases/${caseId}/supplements/1/answer` };
  };

  it('shows the effect on each step that uses it without doing it, and the answer then has that effect', async () => {
    const { caseId, path } = await askForName();
    const body = { changes: { 'applicant.name': '林小雨' } };
    const before = await caseOf(caseId);
    expect(await preview(`${path}/preview`, body)).toMatchObject({
      allowed: true,
      steps: [
        { id: 'register', agency: { id: 'police' }, status: 'supplement', effect: 'sent-again' },
        { id: 'notify', agency: { id: 'post' }, status: 'accepted', effect: 'sent-again' },
        { id: 'meter', status: 'waiting', effect: 'sent-later' },
      ],
    });
    expect((await caseOf(caseId)).ledgerSeq).toBe(before.ledgerSeq);
    await clerk('POST', path, body);
    expect((await caseOf(caseId)).steps.map(({ round }) => round)).toEqual([2, 2, 0]);
  });

  it('finds the mistakes of the answer, and a missing notice', async () => {
    const { caseId, path } = await askForName();
    expect(await clerk('POST', `${path}/preview`, { changes: { 'applicant.idNo': '1' } })).toMatchObject({
      status: 400,
      body: { code: 'FORM_INVALID', errors: [{ path: 'applicant.idNo' }] },
    });
    expect(await clerk('POST', `/api/v1/cases/${caseId}/supplements/9/answer/preview`, {})).toMatchObject({
      status: 404,
      body: { code: 'SUPPLEMENT_UNKNOWN' },
    });
  });

  it('says why nothing can be answered any more', async () => {
    const { path } = await askForName();
    await clerk('POST', path, { changes: { 'applicant.name': '林小雨' } });
    expect(await preview(`${path}/preview`, {})).toEqual({
      allowed: false,
      code: 'SUPPLEMENT_ALREADY_ANSWERED',
      steps: [],
      warnings: [],
    });
  });
});

describe('the preview of a correction', () => {
  it('names the agencies that have the value, and what they did with it', async () => {
    const { caseId } = await api.start();
    await decide(caseId, 'register', 'police', { decision: 'approved' });
    const path = `/api/v1/cases/${caseId}/corrections/preview`;
    expect(await preview(path, { changes: { 'applicant.name': '林小雨' } })).toMatchObject({
      allowed: true,
      steps: [
        { id: 'register', name: { en: 'register' }, status: 'done', effect: 'sent-again' },
        { id: 'notify', effect: 'sent-again' },
        { id: 'meter', effect: 'sent-again' },
      ],
    });
    expect(await preview(path, { changes: { note: 'nobody is told' } })).toEqual({
      allowed: true,
      steps: [],
      warnings: [],
    });
    expect(await clerk('POST', path, { changes: { 'applicant.shoe': 'x' } })).toMatchObject({ status: 400 });
  });
});

describe('a decision against the applicant', () => {
  it('is shown with the agency that decided, reason, basis and remedies; in public without the reason', async () => {
    const { caseId, caseNo, queryCode } = await api.start();
    await decide(caseId, 'register', 'police', { decision: 'refused', reason: '不符合条件' });
    const { refusals } = await caseOf(caseId);
    expect(refusals).toMatchObject([
      { step: { id: 'register' }, agency: { id: 'police', name: { zh: 'police局' } }, reason: '不符合条件' },
    ]);
    expect(refusals[0]!.remedy.zh).toContain('自收到决定书之日起60日内');
    expect(refusals[0]!.basis, 'the laws of the matter are no basis of a refusal').toEqual([]);
    const { body } = await api.call('POST', '/public/v1/progress', { body: { caseNo, code: queryCode } });
    const shown = PublicProgress.strict().parse(body);
    expect(shown.refusals).toMatchObject([{ step: { en: 'register' }, agency: { zh: 'police局' } }]);
    expect(JSON.stringify(shown)).not.toContain('不符合条件');
    expect(shown.steps[2]!.text.zh).toBe('因“register环节”未通过，本事项不再办理');
  });
});

describe('the page of the applicant', () => {
  const progressOf = async ({ caseNo, queryCode }: { caseNo: string; queryCode: string }) =>
    PublicProgress.strict().parse(
      (await api.call('POST', '/public/v1/progress', { body: { caseNo, code: queryCode } })).body,
    );

  it('names what is missing and the last day, without the texts of the agency', async () => {
    const started = await api.start();
    const supplements = [
      { field: 'applicant.name', reason: '姓名有误' },
      { material: 'photo', reason: '缺材料' },
    ];
    await decide(started.caseId, 'register', 'police', { decision: 'supplement', supplements });
    await decide(started.caseId, 'notify', 'post', { decision: 'approved' });
    const { notices } = await caseOf(started.caseId);
    const shown = await progressOf(started);
    expect(notices).toMatchObject([{ status: 'open' }]);
    expect(shown.todo).toMatchObject([{ kind: 'supplement', title: { en: 'Please supply' }, items: [{}, {}] }]);
    const [{ items, until } = { items: [], until: undefined }] = shown.todo;
    expect(items.map(({ en }) => en)).toEqual(['Applicant · Name', 'Photo']);
    expect(until).toMatchObject({
      at: notices[0]!.dueAt,
      text: { zh: expect.stringMatching(/^最迟.*（含当日）17:00前$/) as string },
    });
    expect(JSON.stringify(shown)).not.toContain('姓名有误');
    expect(shown.done).toEqual({ count: 1, of: 3 });
  });

  it('has a notice of the window at once when the applicant is at the counter, otherwise when it was gathered', async () => {
    const ask = async (now: boolean) => {
      const started = await api.start();
      const items = [{ material: 'photo', reason: '缺材料' }];
      await clerk('POST', `/api/v1/cases/${started.caseId}/supplements`, { items, now });
      return progressOf(started);
    };
    expect((await ask(true)).todo).toMatchObject([{ kind: 'supplement' }]);
    expect((await ask(false)).todo).toEqual([]);
  });

  it('says which steps a step waits for, and which office has one', async () => {
    const { steps } = await progressOf(await api.start());
    expect(steps.map(({ text }) => text.zh)).toEqual([
      'police局正在办理',
      'post局正在办理',
      '待“register环节”办结后办理',
    ]);
  });
});

describe('the confirmation of a withdrawal', () => {
  it('says who withdrew when and why, and the outcome of each step', async () => {
    const { caseId } = await api.start();
    const path = `/api/v1/cases/${caseId}/withdrawal`;
    expect(await clerk('GET', `${path}/confirmation`)).toMatchObject({ status: 409, body: { code: 'NOT_WITHDRAWN' } });
    await clerk('POST', path, { reason: '申请人改变主意' });
    const { status, body } = await clerk('GET', `${path}/confirmation`);
    expect(status).toBe(200);
    expect(WithdrawalConfirmation.strict().parse(body)).toMatchObject({
      by: { role: 'clerk', id: 'clerk-1' },
      reason: '申请人改变主意',
      endedAt: expect.any(String) as string,
      steps: [
        { id: 'register', outcome: 'undone', undo: 'void' },
        { id: 'notify', outcome: 'undone' },
        { id: 'meter', outcome: 'not-started' },
      ],
    });
  });

  it('does not exist for a case that was terminated', async () => {
    const { caseId } = await api.start();
    const reason = '无法继续';
    await api.call('POST', `/api/v1/cases/${caseId}/termination`, { token: api.tokens.supervisor, body: { reason } });
    const { body } = await clerk('GET', `/api/v1/cases/${caseId}/withdrawal/confirmation`);
    expect(body.code).toBe('NOT_WITHDRAWN');
  });
});
