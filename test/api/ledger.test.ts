import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Timeline } from '../../contract/ledger.ts';
import { openApi, type Api } from './harness.ts';

let api: Api;
beforeAll(async () => {
  api = await openApi({ outcomeWaitMs: 5_000 });
});
afterAll(() => api.close());
beforeEach(() => api.driver.run());
afterEach(() => api.driver.pause());

const timeline = async (caseId: string, token = api.tokens.supervisor, query = '') =>
  Timeline.parse((await api.call('GET', `/api/v1/cases/${caseId}/ledger${query}`, { token })).body);
const order = (caseId: string, verb: string, body: Record<string, unknown>) =>
  api.call('POST', `/api/v1/cases/${caseId}/steps/register/${verb}`, { token: api.tokens.supervisor, body });

describe('the timeline of a case', () => {
  it('says for every order who gave it and why, with the evidence of a decision on behalf', async () => {
    const { caseId } = await api.start();
    const evidence = [{ reference: '浙公户〔2026〕12号' }];
    const orders = {
      urge: { reason: '群众等候' },
      suspend: { reason: '等鉴定意见', procedure: 'appraisal', expectedDays: 5 },
      resume: { reason: '意见已到' },
      resend: { reason: '部门称未收到' },
      reassign: { reason: '换人', officer: 'police-2' },
      decide: { reason: '凭纸质决定录入', decision: 'approved', evidence },
    };
    for (const [verb, body] of Object.entries(orders))
      expect(await order(caseId, verb, body)).toMatchObject({ status: 200 });

    const { entries } = await timeline(caseId);
    const ordered = entries.filter(({ by }) => by?.role === 'supervisor');
    expect(ordered.map(({ kind, reason, by }) => [kind, reason, by!.id])).toEqual([
      ['step-urged', '群众等候', 'supervisor-1'],
      ['step-suspended', '等鉴定意见', 'supervisor-1'],
      ['step-resumed', '意见已到', 'supervisor-1'],
      ['step-resent', '部门称未收到', 'supervisor-1'],
      ['step-reassigned', '换人', 'supervisor-1'],
      ['step-decided', '凭纸质决定录入', 'supervisor-1'],
    ]);
    expect(ordered.at(-1)).toMatchObject({ evidence, details: { decision: 'approved', via: 'message', round: 1 } });
    expect(ordered[1]).toMatchObject({
      step: { id: 'register' },
      what: { zh: '特别程序开始，暂停计时' },
      details: { procedure: 'appraisal', expectedDays: 5 },
    });
  });

  it('shows the reasons of one agency to no officer of another', async () => {
    const { caseId } = await api.start();
    await order(caseId, 'urge', { reason: '只给公安看' });
    const { entries } = await timeline(caseId, api.tokens.post);
    expect(entries.find(({ kind }) => kind === 'step-urged')).toBeUndefined();
    expect(JSON.stringify(entries)).not.toContain('只给公安看');
    expect(JSON.stringify(await timeline(caseId, api.tokens.police))).toContain('只给公安看');
    expect((await api.call('GET', `/api/v1/cases/${caseId}/ledger`, { token: api.tokens.otherClerk })).status).toBe(
      404,
    );
  });

  it('has pages without a gap, and accepts only its own cursors', async () => {
    const { caseId } = await api.start();
    const all = (await timeline(caseId)).entries.map(({ seq }) => seq);
    expect(all).toEqual(all.map((_, index) => index + 1));
    const paged: number[] = [];
    let query = '?limit=2';
    for (;;) {
      const { entries, nextCursor } = await timeline(caseId, api.tokens.supervisor, query);
      paged.push(...entries.map(({ seq }) => seq));
      if (nextCursor === undefined) break;
      query = `?limit=2&cursor=${nextCursor}`;
    }
    expect(paged).toEqual(all);
    const wrong = await api.call('GET', `/api/v1/cases/${caseId}/ledger?cursor=x`, { token: api.tokens.supervisor });
    expect([wrong.status, z.object({ code: z.string() }).parse(wrong.body).code]).toEqual([400, 'REQUEST_INVALID']);
  });
});
