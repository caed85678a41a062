import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openApi, type Api } from './harness.ts';

let api: Api;
beforeAll(async () => {
  api = await openApi({ outcomeWaitMs: 5_000 });
});
afterAll(() => api.close());
beforeEach(() => api.driver.run());
afterEach(() => api.driver.pause());

const clerk = (path: string, body: unknown) => api.call('POST', path, { token: api.tokens.clerk, body });
const revisions = async (caseId: string): Promise<number> =>
  (await api.pool.query('select from dossiers where case_id = $1', [caseId])).rowCount ?? 0;
const NOTE = { changes: { note: 'other' } };

/** What a clerk hands in for a case; `caseId` has an open notice. */
const CHANGES = {
  'a correction': (caseId: string) => clerk(`/api/v1/cases/${caseId}/corrections`, { ...NOTE, reason: '更正' }),
  'an answer to a notice': (caseId: string) => clerk(`/api/v1/cases/${caseId}/supplements/1/answer`, NOTE),
};

describe.each(Object.entries(CHANGES))('%s', (_name, change) => {
  const withNotice = async () => {
    const { caseId } = await api.start();
    const body = { decision: 'supplement', reason: '请补充说明' };
    await api.call('POST', `/agency/v1/tasks/${caseId}:register:1/decision`, { token: api.tokens.police, body });
    return caseId;
  };

  it('that the case accepts makes a revision of the dossier', async () => {
    const caseId = await withNotice();
    expect(await change(caseId)).toMatchObject({ status: 200 });
    expect(await revisions(caseId)).toBe(2);
  });

  it('that the case refuses makes none, and is on record', async () => {
    const caseId = await withNotice();
    expect(await clerk(`/api/v1/cases/${caseId}/withdrawal`, { reason: '不办了' })).toMatchObject({ status: 200 });
    expect(await change(caseId)).toMatchObject({ status: 409, body: { code: 'CASE_ENDED' } });
    expect(await revisions(caseId)).toBe(1);
    const { rows } = await api.pool.query(
      `select entry ->> 'code' as code from ledger where case_id = $1 and kind = 'message-refused'`,
      [caseId],
    );
    expect(rows).toEqual([{ code: 'CASE_ENDED' }]);
  });
});
