import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { upsertAgency, type AgencyRecord } from '../../db/agencies/agencies.ts';
import { publishCalendar } from '../../db/registry/calendars.ts';
import { publishMatter } from '../../db/registry/matters.ts';
import { cacheAgencies, cacheCalendars, cacheMatters } from '../../runtime/reference-data.ts';
import { openDatabase, type TestDatabase } from '../support/database.ts';
import { HOUSE_MOVE } from '../support/matters.ts';
import { MAINLAND } from '../domain/calendar/mainland.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openDatabase();
});
afterAll(() => database.close());

describe('the calendars that a process keeps', () => {
  const publish = (version: string) =>
    publishCalendar(database.db, { calendar: { ...MAINLAND, version }, hash: version, by: 'admin-1' });

  it('are cached until a notification of a new version, or for half a minute', async () => {
    let now = 0;
    const calendars = cacheCalendars(database.db, () => now);
    await publish('2027.1');
    expect(await calendars.newest()).toMatchObject({ version: '2027.1' });
    await publish('2027.2');
    expect(await calendars.newest()).toMatchObject({ version: '2027.1' });
    calendars.forget();
    expect(await calendars.newest()).toMatchObject({ version: '2027.2' });
    await publish('2027.3');
    now = 30_000;
    expect(await calendars.newest()).toMatchObject({ version: '2027.3' });
    expect(await calendars.version('2026.1')).toMatchObject({ version: '2026.1' });
    await expect(calendars.version('2031.1')).rejects.toMatchObject({ code: 'CALENDAR_MISSING' });
  });
});

describe('the matters that a process keeps', () => {
  const publish = (version: number) =>
    publishMatter(database.db, {
      matter: { ...HOUSE_MOVE, code: 'kept', version },
      hash: String(version),
      by: 'admin-1',
    });

  it('offer a newly published version after five seconds, and keep every version that a case was started with', async () => {
    let now = 0;
    const { matters, matterOf, matter } = cacheMatters(database.db, () => now);
    const findNewest = async () => (await matters()).find((one) => one.matter.code === 'kept')?.matter.version;
    await publish(1);
    expect(await findNewest()).toBe(1);
    await publish(2);
    now = 4_999;
    expect(await findNewest()).toBe(1);
    now = 5_000;
    expect(await findNewest()).toBe(2);
    expect(await matterOf({ matter: 'kept', version: 1 })).toMatchObject({ matter: { version: 1 }, hash: '1' });
    expect(await matter('kept', 2)).toMatchObject({ code: 'kept', version: 2 });
  });

  it('do not keep that a version is not published', async () => {
    const { matter } = cacheMatters(database.db, Date.now);
    await expect(matter('kept', 3)).rejects.toThrow('kept version 3 is not published');
    await publish(3);
    expect(await matter('kept', 3)).toMatchObject({ version: 3 });
  });
});

describe('the agencies that a process keeps', () => {
  const AGENCY: AgencyRecord = {
    id: 'kept',
    name: { zh: '一', en: 'first' },
    connection: 'worklist',
    secrets: [],
    timeoutMs: 1_000,
    allowPrivate: false,
    maxInFlight: 16,
    nature: 'organ',
    enquireAfterS: 900,
  };

  it('are cached until a notification of a change', async () => {
    const { db, cipher } = database;
    const { agencies, agency, forget } = cacheAgencies(db, cipher);
    await expect(agency('kept')).rejects.toThrow('agency kept is not in the registry');
    await upsertAgency(db, cipher, AGENCY);
    const readNames = async () => [(await agency('kept')).name.en, (await agencies()).get('kept')?.name.en];
    expect(await readNames()).toEqual(['first', 'first']);
    await upsertAgency(db, cipher, { ...AGENCY, name: { zh: '二', en: 'second' } });
    expect(await readNames()).toEqual(['first', 'first']);
    forget();
    expect(await readNames()).toEqual(['second', 'second']);
  });

  it('are read once for simultaneous callers', async () => {
    const reads = vi.spyOn(database.db, 'query');
    const { agency } = cacheAgencies(database.db, database.cipher);
    await Promise.all(Array.from({ length: 10 }, () => agency('kept')));
    expect(reads).toHaveBeenCalledTimes(1);
    reads.mockRestore();
  });
});
