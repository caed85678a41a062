import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { CaseView } from '../../contract/cases.ts';
import { publishMatter } from '../../db/registry/matters.ts';
import { Matter } from '../../domain/matter/schema.ts';
import { openApi, submission, type Api } from './harness.ts';
import { SMALL_MOVE } from '../support/matters.ts';

const LOOK = { zh: '请核对楼层', en: 'Compare the floor' };

/** The small move with two warnings: one of a check, one of a format. */
const CAREFUL = Matter.parse({
  ...SMALL_MOVE,
  code: 'careful-move',
  checks: [{ id: 'high-floor', field: 'note', level: 'warning', expr: 'note != "top floor"', message: LOOK }],
  steps: SMALL_MOVE.steps.map((step) => ({ ...step, discloses: ['applicant.name'] })),
});

/** A form in which the kind of the document decides about its number. */
const VISIT = Matter.parse({
  ...SMALL_MOVE,
  code: 'visit',
  form: [
    {
      id: 'kind',
      name: LOOK,
      type: 'choice',
      choices: [
        { value: 'passport', name: LOOK },
        { value: 'permit', name: LOOK },
      ],
    },
    {
      id: 'number',
      name: LOOK,
      type: 'text',
      formatBy: { field: 'kind', formats: { passport: 'passport', permit: 'mainland-travel-permit' } },
    },
  ],
  materials: [],
  items: [],
  steps: SMALL_MOVE.steps.map((step) => ({ ...step, discloses: [] })),
});

const REASON = '已与证件核对，住顶楼';
const FLOOR = { rule: 'high-floor', field: 'note', reason: REASON };
const NAME = { rule: 'person-name', field: 'applicant.name', reason: '维吾尔族单字名' };
const FORM = { applicant: { name: '岩', idNo: '339900198802290020' }, note: 'top floor' };
const RIGHT = { applicant: { name: '林晓雨', idNo: '339900198802290020' }, note: 'first floor' };

let api: Api;
beforeAll(async () => {
  api = await openApi({ outcomeWaitMs: 5_000 });
  await publishMatter(api.pool, { matter: CAREFUL, hash: 'c'.repeat(64), by: 'test' });
  await publishMatter(api.pool, { matter: VISIT, hash: 'd'.repeat(64), by: 'test' });
});
afterAll(() => api.close());
beforeEach(() => api.driver.run());
afterEach(() => api.driver.pause());

const start = (form: unknown, more: Record<string, unknown> = {}) =>
  api.call('POST', '/api/v1/cases', submission(api.tokens.clerk, { matter: 'careful-move', form, ...more }, uuidv7()));
const clerk = (method: string, path: string, body?: unknown) =>
  api.call(method, path, { token: api.tokens.clerk, body });
const caseOf = async (caseId: string) => CaseView.parse((await clerk('GET', `/api/v1/cases/${caseId}`)).body);
const entriesOf = async (caseId: string, kind: string) => {
  const { rows } = await api.pool.query<{ entry: Record<string, unknown> }>(
    'select entry from ledger where case_id = $1 and kind = $2 order by seq',
    [caseId, kind],
  );
  return rows.map(({ entry }) => entry);
};
const codesOf = ({ body }: { body: { warnings: { path: string; rule: string }[] } }) =>
  body.warnings.map(({ path, rule }) => `${path} ${rule}`);

describe('a form with something unusual', () => {
  it('is refused with all warnings at once, in the language of the caller, and starts nothing', async () => {
    const answer = await start(FORM);
    expect([answer.status, answer.body.code]).toEqual([409, 'FORM_UNCONFIRMED']);
    expect(codesOf(answer)).toEqual(['applicant.name person-name', 'note high-floor']);
    expect(answer.body.warnings[1]!.message).toBe(LOOK.zh);
    expect(answer.text).not.toContain('岩');
  });

  it('is refused until every warning is confirmed', async () => {
    expect(codesOf(await start(FORM, { confirm: [FLOOR] }))).toEqual(['applicant.name person-name']);
    expect((await start(FORM, { confirm: [FLOOR, NAME] })).status).toBe(201);
  });

  it('tells its warnings together with its mistakes', async () => {
    const answer = await start({ ...FORM, applicant: { name: '岩', idNo: '1' } });
    expect([answer.status, answer.body.code]).toEqual([400, 'FORM_INVALID']);
    expect(answer.body.errors.map(({ path }) => path)).toEqual(['applicant.idNo']);
    expect(codesOf(answer)).toEqual(['applicant.name person-name', 'note high-floor']);
  });

  it.each([
    ['no reason', { rule: 'high-floor', field: 'note' }],
    ['an empty reason', { ...FLOOR, reason: ' ' }],
    ['a field that cannot be one', { ...FLOOR, field: '1' }],
  ])('is refused with a confirmation that has %s', async (_what, confirm) => {
    const { status, body } = await start(FORM, { confirm: [confirm] });
    expect([status, body.code]).toEqual([400, 'REQUEST_INVALID']);
  });
});

describe('a confirmed warning', () => {
  it('is in the ledger as codes, and its reason only sealed', async () => {
    const { body } = await start(FORM, { confirm: [FLOOR, NAME] });
    expect(await entriesOf(body.caseId, 'case-submitted')).toMatchObject([
      {
        confirmed: [
          { rule: 'person-name', field: 'applicant.name' },
          { rule: 'high-floor', field: 'note' },
        ],
      },
    ]);
    const { rows } = await api.pool.query<{ everything: string }>(
      `select coalesce((select string_agg(ledger::text, '') from ledger where case_id = $1), '')
        || coalesce((select string_agg(confirmations::text, '') from confirmations where case_id = $1), '') as everything`,
      [body.caseId],
    );
    expect(rows[0]!.everything).toContain('high-floor');
    expect(rows[0]!.everything).not.toContain(REASON);
  });

  it('is shown with its reason to the window', async () => {
    const { body } = await start(FORM, { confirm: [FLOOR, NAME] });
    expect((await caseOf(body.caseId)).confirmations).toMatchObject([
      { rule: 'person-name', field: 'applicant.name', reason: NAME.reason, by: 'clerk:clerk-1' },
      { rule: 'high-floor', field: 'note', message: LOOK, reason: REASON },
    ]);
  });

  it('is shown to the officer who decides, if the step discloses the field', async () => {
    const { body } = await start(FORM, { confirm: [FLOOR, NAME] });
    await expect
      .poll(async () => (await caseOf(body.caseId)).steps.find(({ id }) => id === 'notify')?.status)
      .toBe('accepted');
    const task = await api.call('GET', `/agency/v1/tasks/${body.caseId}:notify:1`, { token: api.tokens.post });
    expect(task.body).toMatchObject({
      confirmations: [{ rule: 'person-name', field: 'applicant.name', reason: NAME.reason }],
    });
    const seen = await api.call('GET', `/api/v1/cases/${body.caseId}`, { token: api.tokens.post });
    expect(seen.body).toMatchObject({ confirmations: [] });
  });

  it('that is no warning of the form leaves no trace', async () => {
    const { body } = await start(RIGHT, { confirm: [FLOOR, NAME] });
    expect((await caseOf(body.caseId)).confirmations).toEqual([]);
    const [entry] = await entriesOf(body.caseId, 'case-submitted');
    expect(entry).not.toHaveProperty('confirmed');
  });
});

describe('a correction', () => {
  const correct = (caseId: string, body: Record<string, unknown>) =>
    clerk('POST', `/api/v1/cases/${caseId}/corrections`, { reason: '更正', ...body });

  it('needs a confirmation of what its new values make unusual, and of nothing else', async () => {
    const { body } = await start({ ...RIGHT, note: 'top floor' }, { confirm: [FLOOR] });
    const changes = { 'applicant.name': '岩' };
    const preview = await clerk('POST', `/api/v1/cases/${body.caseId}/corrections/preview`, { changes });
    expect([preview.status, codesOf(preview)]).toEqual([200, ['applicant.name person-name']]);

    const refused = await correct(body.caseId, { changes });
    expect([refused.status, refused.body.code]).toEqual([409, 'FORM_UNCONFIRMED']);
    expect(codesOf(refused)).toEqual(['applicant.name person-name']);
    expect(await entriesOf(body.caseId, 'values-corrected')).toEqual([]);

    const messageId = uuidv7();
    const confirmed = { messageId, changes, confirm: [NAME, { ...FLOOR, rule: 'no-such-rule' }] };
    expect((await correct(body.caseId, confirmed)).status).toBe(200);
    expect((await correct(body.caseId, confirmed)).status).toBe(200);
    expect(await entriesOf(body.caseId, 'values-corrected')).toMatchObject([
      { confirmed: [{ rule: 'person-name', field: 'applicant.name' }] },
    ]);
    expect((await caseOf(body.caseId)).confirmations.map(({ rule }) => rule)).toEqual(['high-floor', 'person-name']);
  });

  it('of a value that stays unusual needs a new confirmation', async () => {
    const { body } = await start(FORM, { confirm: [FLOOR, NAME] });
    expect(codesOf(await correct(body.caseId, { changes: { 'applicant.name': '石' } }))).toEqual([
      'applicant.name person-name',
    ]);
  });
});

describe('an answer to a notice', () => {
  it('needs a confirmation of what its values make unusual', async () => {
    const { body } = await start(RIGHT);
    const { caseId } = body;
    const items = [{ field: 'applicant.name', reason: '姓名有误' }];
    expect((await clerk('POST', `/api/v1/cases/${caseId}/supplements`, { items })).status).toBe(200);
    const path = `/api/v1/cases/${caseId}/supplements/1/answer`;
    const changes = { 'applicant.name': '岩' };
    expect(codesOf(await clerk('POST', `${path}/preview`, { changes }))).toEqual(['applicant.name person-name']);
    expect((await clerk('POST', path, { changes })).body.code).toBe('FORM_UNCONFIRMED');
    expect((await clerk('POST', path, { changes, confirm: [NAME] })).status).toBe(200);
    expect(await entriesOf(caseId, 'supplement-answered')).toMatchObject([
      { confirmed: [{ rule: 'person-name', field: 'applicant.name' }] },
    ]);
  });
});

describe('the search', () => {
  it('finds a case by the number of any document', async () => {
    const { body: one } = await start({ kind: 'passport', number: 'xr 1234567' }, { matter: 'visit' });
    const { body: two } = await start({ kind: 'permit', number: 'H12345678' }, { matter: 'visit' });
    const search = async (text: string) =>
      (await clerk('POST', '/api/v1/cases/search', { text })).body.cases.map(({ caseId }) => caseId);
    expect(await search('XR1234567')).toEqual([one.caseId]);
    expect(await search('ｈ1234 5678')).toEqual([two.caseId]);
  });
});
