import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { publishCalendar } from '../../db/registry/calendars.ts';
import { cacheCalendars } from '../../runtime/reference-data.ts';
import { CaseView } from '../../contract/cases.ts';
import { ClockView } from '../../contract/clocks.ts';
import { Timeline } from '../../contract/ledger.ts';
import { rollOutCalendar } from '../../worker/loops/calendar-rollout.ts';
import { MAINLAND } from '../domain/calendar/mainland.ts';
import { createLog } from '../../api/http/log.ts';
import { openApi, type Api } from './harness.ts';

let api: Api;
beforeAll(async () => {
  api = await openApi({ outcomeWaitMs: 5_000 });
});
afterAll(() => api.close());
beforeEach(() => api.driver.run());
afterEach(() => api.driver.pause());

const ask = (caseId: string, query = '', token = api.tokens.clerk) =>
  api.call('GET', `/api/v1/cases/${caseId}/clock${query}`, { token });
const clocksOf = async (caseId: string, query = '', token?: string) =>
  ClockView.strict().parse((await ask(caseId, query, token)).body).clocks;
const caseOf = async (caseId: string) =>
  CaseView.parse((await api.call('GET', `/api/v1/cases/${caseId}`, { token: api.tokens.clerk })).body);
const order = (caseId: string, verb: string, body: Record<string, unknown>) =>
  api.call('POST', `/api/v1/cases/${caseId}/steps/register/${verb}`, { token: api.tokens.supervisor, body });

describe('the clock of a case', () => {
  it('explains exactly the dates that the case shows: of the whole, its items and its steps', async () => {
    const { caseId } = await api.start();
    const view = await caseOf(caseId);
    const clocks = await clocksOf(caseId);
    expect(clocks.map(({ of, id }) => [of, id])).toEqual([
      ['case', undefined],
      ['item', 'household'],
      ['step', 'register'],
      ['step', 'notify'],
      ['step', 'meter'],
    ]);
    const [whole, item, register, , meter] = clocks;
    expect(whole!.promised).toMatchObject({
      at: view.promisedAt,
      limit: { workingDays: 5 },
      unit: 'working-day',
      added: 0,
    });
    expect(item!.promised!.at).toBe(view.items[0]!.promisedAt);
    expect(item!.statutory!.at).toBe(view.items[0]!.statutoryAt);
    expect(register!.promised!.at).toBe(view.steps[0]!.dueAt);
    expect(meter).not.toHaveProperty('promised');
    for (const { promised } of clocks) {
      const counted = promised?.days.reduce((sum, day) => sum + day.counted, 0);
      if (promised) expect([promised.days[0]!.kind, counted]).toEqual(['start-day', Object.values(promised.limit)[0]]);
    }
  });

  it('lists the pauses with their lengths, and the time for which each party held the case', async () => {
    const { caseId } = await api.start();
    await order(caseId, 'suspend', { reason: '等鉴定意见', procedure: 'appraisal', expectedDays: 5 });
    const [stopped] = await clocksOf(caseId, '?step=register');
    expect(stopped).toMatchObject({
      light: 'grey',
      promised: { pauses: [{ step: 'register', why: 'special-procedure', moved: false }] },
    });
    expect(stopped!.promised!.pauses[0]).not.toHaveProperty('to');
    await order(caseId, 'resume', { reason: '意见已到' });
    const [whole] = await clocksOf(caseId);
    const parties = whole!.held!.map(({ party, agency }) => agency?.id ?? party);
    expect(parties).toEqual(expect.arrayContaining(['police', 'post', 'procedure']));
    for (const { workingMinutes, seconds } of whole!.held!)
      expect(workingMinutes * 60).toBeLessThanOrEqual(seconds + 1);
  });

  it('is for callers who may read the case, and not found for an unknown case', async () => {
    const { caseId } = await api.start();
    expect((await ask(caseId, '', api.tokens.post)).status).toBe(200);
    expect((await ask(caseId, '', api.tokens.otherClerk)).status).toBe(404);
    expect((await ask(uuidv7())).status).toBe(404);
    const unknown = await ask(caseId, '?step=no-such');
    expect([unknown.status, unknown.body.code]).toEqual([404, 'NOT_FOUND']);
    expect((await ask(caseId, '?until=now')).status).toBe(400);
    expect((await api.call('GET', `/api/v1/cases/${caseId}/clock`)).status).toBe(401);
  });
});

describe('when a calendar is published', () => {
  // A separate API, because a process caches the calendar.
  beforeAll(async () => {
    await api.close();
    api = await openApi();
  });

  it('the ledger has each date before and after, and the clock names its calendar', async () => {
    const dateIn = (days: number) =>
      new Date(Date.now() + 8 * 3_600_000 + days * 86_400_000).toISOString().slice(0, 10);
    const publish = (
      version: string,
      coveredUntil: string,
      holidays: { name: { zh: string; en: string }; from: string; to: string }[],
    ) => {
      const notice = { year: 2098, source: '国办发明电〔2098〕1号', holidays, workdays: [], halfDays: [] };
      const calendar = { ...MAINLAND, version, coveredUntil, notices: [...MAINLAND.notices, notice] };
      return publishCalendar(api.pool, { calendar, hash: version, by: 'admin-1' });
    };
    await publish('2098.1', dateIn(0), []);
    const { caseId } = await api.start();
    const before = await caseOf(caseId);
    expect(before).toMatchObject({ provisional: true, steps: [{ provisional: true }, {}, {}] });
    const [assumed] = await clocksOf(caseId);
    expect(assumed!.promised!.days.at(-1)).toMatchObject({ assumed: true });

    await publish('2098.2', dateIn(400), [
      { name: { zh: '长假', en: 'Long holiday' }, from: dateIn(1), to: dateIn(10) },
    ]);
    const calendars = cacheCalendars(api.pool, Date.now);
    await rollOutCalendar({ db: api.pool, cipher: api.cipher, calendars, log: createLog('silent') });
    await expect.poll(() => caseOf(caseId)).toMatchObject({ provisional: false });

    const after = await caseOf(caseId);
    const { body } = await api.call('GET', `/api/v1/cases/${caseId}/ledger`, { token: api.tokens.clerk });
    const changed = Timeline.parse(body).entries.at(-1);
    expect(changed).toMatchObject({
      kind: 'calendar-changed',
      by: { role: 'system', id: 'calendar-rollout' },
      details: { calendar: '2098.2', before: '2098.1' },
      moved: [
        { which: 'promised', before: before.promisedAt, after: after.promisedAt, provisional: false, firm: false },
        { step: 'register', which: 'promised', before: before.steps[0]!.dueAt, after: after.steps[0]!.dueAt },
        { step: 'notify' },
      ],
    });
    const [whole] = await clocksOf(caseId);
    expect(whole).toMatchObject({ calendar: '2098.2', promised: { at: after.promisedAt } });
    expect(whole!.promised!.days[1]).toMatchObject({ kind: 'holiday', source: '国办发明电〔2098〕1号', counted: 0 });
  });
});
