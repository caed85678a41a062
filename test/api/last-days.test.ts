import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CaseView, SubmittedCase } from '../../contract/cases.ts';
import { PublicProgress } from '../../contract/progress.ts';
import { TaskDetail } from '../../contract/tasks.ts';
import { publishMatter } from '../../db/registry/matters.ts';
import { Matter } from '../../domain/matter/schema.ts';
import { dateOf, dayOf } from '../../domain/calendar/calendar-days.ts';
import { SMALL_MOVE, SMALL_MOVE_FORM } from '../support/matters.ts';
import { openApi, submission, type Api } from './harness.ts';

/** Moving house with a fee: the arrival binds the case, the fee has a last day of its own. */
const MATTER = Matter.parse({
  ...SMALL_MOVE,
  code: 'move-with-fee',
  form: [
    ...SMALL_MOVE.form,
    { id: 'arrivedOn', name: { zh: '到达日期', en: 'Arrived on' }, type: 'text', format: 'date', required: true },
  ],
  steps: SMALL_MOVE.steps.map((step) => (step.id === 'notify' ? { ...step, kind: 'pay' } : step)),
  applicantLimits: [
    {
      id: 'declare-arrival',
      name: { zh: '申报到达', en: 'Declare the arrival' },
      from: 'date(arrivedOn)',
      within: [{ calendarDays: 10 }],
      afterwards: { zh: '仍可申报', en: 'It can still be declared' },
      source: '测试法第一条',
    },
    {
      id: 'pay-fee',
      name: { zh: '缴费', en: 'Pay the fee' },
      step: 'notify',
      metBy: 'step',
      from: 'date(arrivedOn)',
      within: [{ months: 3 }],
      afterwards: { zh: '逾期加收', en: 'Later it costs more' },
      example: true,
      source: '示例',
    },
  ],
});

/** Civil days from today. */
const dayFromToday = (days: number): string => dateOf(dayOf(Date.now()) + days);

let api: Api;
beforeAll(async () => {
  api = await openApi();
  await publishMatter(api.pool, { matter: MATTER, hash: 'c'.repeat(64), by: 'test' });
});
afterAll(() => api.close());

const start = async (arrivedOn: string): Promise<SubmittedCase> => {
  const form = { ...SMALL_MOVE_FORM, arrivedOn };
  const { body, text } = await api.call(
    'POST',
    '/api/v1/cases',
    submission(api.tokens.clerk, { matter: MATTER.code, form }),
  );
  await api.driver.takeTurn();
  expect(text).toContain('queryCode');
  return SubmittedCase.parse({ ...body, status: 'submitted' });
};
const view = async (token: string, caseId: string): Promise<CaseView['lastDays']> =>
  CaseView.parse((await api.call('GET', `/api/v1/cases/${caseId}`, { token })).body).lastDays;
const readsOf = async (caseId: string) => {
  const { rows } = await api.pool.query<{ account: string; kind: string; purpose: string }>(
    'select account, kind, purpose from reads where case_id = $1 order by id',
    [caseId],
  );
  return rows;
};

describe('the last days of an application', () => {
  it('that are over are warnings in the answer, which is stored nevertheless', async () => {
    const { warnings, caseId } = await start(dayFromToday(-60));
    expect(warnings).toMatchObject([{ code: 'APPLICANT_LIMIT_OVER', limit: 'declare-arrival' }]);
    expect(warnings![0]!.message.zh).toMatch(/^“申报到达”的期限已过（最迟.*（含当日）.*）：仍可申报$/);
    expect(warnings![0]!.message.en).toContain('It can still be declared');
    expect(await view(api.tokens.clerk, caseId)).toMatchObject([
      { limit: 'declare-arrival', state: 'over' },
      { limit: 'pay-fee', step: 'notify', state: 'open' },
    ]);
  });

  it('in time give no warning; the case names them, the document and what follows', async () => {
    const { warnings, caseId } = await start(dayFromToday(0));
    expect(warnings).toBeUndefined();
    expect(await view(api.tokens.clerk, caseId)).toMatchObject([
      {
        limit: 'declare-arrival',
        name: { zh: '申报到达' },
        state: 'met',
        stateText: { zh: '按期' },
        example: false,
        source: '测试法第一条',
      },
      { limit: 'pay-fee', state: 'open', example: true, afterwards: { en: 'Later it costs more' } },
    ]);
  });
});

describe('an agency', () => {
  it('is told the last days of its own steps only, and its read is recorded once', async () => {
    const { caseId } = await start(dayFromToday(0));
    const lastDaysOf = async (token: string, stepId: string) =>
      TaskDetail.parse((await api.call('GET', `/agency/v1/tasks/${caseId}:${stepId}:1`, { token })).body).lastDays;
    expect(await lastDaysOf(api.tokens.post, 'notify')).toMatchObject([{ limit: 'pay-fee', state: 'open' }]);
    expect(await readsOf(caseId)).toEqual([{ account: 'post-1', kind: 'form', purpose: 'task' }]);
    expect(await lastDaysOf(api.tokens.police, 'register')).toEqual([]);
    expect(await view(api.tokens.post, caseId)).toMatchObject([{ limit: 'pay-fee' }]);
    expect(await view(api.tokens.utilities, caseId)).toEqual([]);
  });
});

describe('the clerk', () => {
  it('who sees them has read the form, and that is on record', async () => {
    const { caseId } = await start(dayFromToday(0));
    await view(api.tokens.clerk, caseId);
    expect(await readsOf(caseId)).toEqual([{ account: 'clerk-1', kind: 'form', purpose: 'case' }]);
  });
});

describe('the page of the applicant', () => {
  it('says until when to pay and what follows, and nothing about what is done', async () => {
    const { caseId, caseNo, queryCode } = await start(dayFromToday(0));
    const [, fee] = await view(api.tokens.clerk, caseId);
    const { body } = await api.call('POST', '/public/v1/progress', { body: { caseNo, code: queryCode } });
    const { todo } = PublicProgress.strict().parse(body);
    expect(todo).toMatchObject([
      { kind: 'payment', until: fee!.until, afterwards: { zh: '逾期加收', en: 'Later it costs more' } },
    ]);
    expect(todo[0]).not.toHaveProperty('stepId');
    expect(fee!.until.text.zh).toMatch(/^最迟.*（含当日）/);
  });
});
