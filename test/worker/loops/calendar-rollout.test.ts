import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { publishCalendar, takeOutdated } from '../../../db/registry/calendars.ts';
import { getCase } from '../../../db/cases/cases.ts';
import { verifyLedger } from '../../../db/cases/ledger-verification.ts';
import { inTransaction } from '../../../db/sql/pool.ts';
import type { CalendarData } from '../../../domain/calendar/calendar-schema.ts';
import { cacheCalendars } from '../../../runtime/reference-data.ts';
import { rollOutCalendar } from '../../../worker/loops/calendar-rollout.ts';
import { MAINLAND } from '../../domain/calendar/mainland.ts';
import { install, type Installation } from '../../support/product.ts';
import { sampleForm } from '../../support/matters.ts';

const WAIT = { timeout: 60_000 };
const DAY_MS = 86_400_000;
/** The date in China so many days from now. */
const dateIn = (days: number): string =>
  new Date(Date.now() + 8 * 3_600_000 + days * DAY_MS).toISOString().slice(0, 10);

let installation: Installation;
beforeAll(async () => {
  installation = await install(inject('servers'));
  // Known until today: every limit in days ends later.
  await publish({ ...MAINLAND, version: '2098.1', coveredUntil: dateIn(0) });
});
afterAll(() => installation.close());

const publish = (calendar: CalendarData) =>
  publishCalendar(installation.db, { calendar, hash: calendar.version, by: 'admin-1' });
/** The notice for the time after comes out: from tomorrow on there are ten days of holidays. */
const createCalendarData = (version: string): CalendarData => ({
  ...MAINLAND,
  version,
  coveredUntil: dateIn(400),
  notices: [
    ...MAINLAND.notices,
    {
      year: 2098,
      source: '国办发明电〔2098〕1号',
      holidays: [{ name: { zh: '长假', en: 'Long holiday' }, from: dateIn(1), to: dateIn(10) }],
      workdays: [],
      halfDays: [],
    },
  ],
});
const rollout = () => ({
  db: installation.db,
  cipher: installation.cipher,
  calendars: cacheCalendars(installation.db, Date.now),
  log: pino({ level: 'silent' }),
});
const row = (caseId: string) => getCase(installation.db, caseId);
const step = (caseId: string) => installation.step(caseId, 'household-registration');
const changes = async (caseId: string) =>
  (await installation.ledger(caseId)).filter(({ kind }) => kind === 'calendar-changed');
/** A case of which the police have their step and say nothing. */
const start = async (): Promise<string> => {
  const { caseId } = await installation.submit(sampleForm('certificates-only'));
  await expect.poll(() => step(caseId), WAIT).toMatchObject({ status: 'accepted' });
  return caseId;
};

describe('a calendar that is published', () => {
  it('moves the dates of open cases once, makes them firm and writes to their ledgers, also when the process is killed in between', async () => {
    await installation.behaveAll({ mode: 'decide' });
    await installation.behave('police', { mode: 'hold' });
    const worker = await installation.work();
    const open = await Promise.all([start(), start(), start()]);
    const before = new Map(await Promise.all(open.map(async (caseId) => [caseId, await row(caseId)] as const)));
    expect([...before.values()].map(({ provisional }) => provisional)).toEqual([true, true, true]);
    await worker.stop();

    expect(await publish(createCalendarData('2098.2'))).toBe('published');
    expect(await inTransaction(installation.db, (client) => takeOutdated(client, '2098.2', 2))).toHaveLength(2);
    // One rollout dies before it has committed, others right after; two look at once.
    const dying = {
      ...installation.cipher,
      hash: (): never => {
        throw new Error('it dies here');
      },
    };
    await expect(rollOutCalendar({ ...rollout(), cipher: dying })).rejects.toThrow('it dies here');
    const sent = await Promise.all([rollOutCalendar(rollout()), rollOutCalendar(rollout())]);
    expect(sent[0] + sent[1]).toBe(3);
    expect(await rollOutCalendar(rollout()), 'while it is on its way').toBe(0);

    await installation.work();
    for (const caseId of open) {
      await expect.poll(() => row(caseId), WAIT).toMatchObject({ provisional: false });
      expect(await changes(caseId)).toMatchObject([
        { calendar: '2098.2', before: '2098.1', by: { role: 'system', id: 'calendar-rollout' } },
      ]);
      expect((await row(caseId)).promisedAt! - before.get(caseId)!.promisedAt!).toBeGreaterThanOrEqual(6 * DAY_MS);
      expect(await verifyLedger(installation.db, caseId)).toEqual([]);
    }
    expect(await publish(createCalendarData('2098.2'))).toBe('unchanged');
    expect(await rollOutCalendar(rollout()), 'no case is outdated').toBe(0);
  }, 120_000);
});
