import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findCalendar, listCalendars, publishCalendar } from '../../db/registry/calendars.ts';
import { publishShippedCalendar } from '../../db/registry/shipped-calendar.ts';
import { MAINLAND } from '../domain/calendar/mainland.ts';
import { openDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openDatabase();
});
afterAll(() => database.close());

const publish = (version: string, hash = version) =>
  publishCalendar(database.db, { calendar: { ...MAINLAND, version }, hash, by: 'admin-1' });

describe('the published calendars', () => {
  it('begin with the one that the product comes with', async () => {
    expect(await findCalendar(database.db)).toEqual(MAINLAND);
    await publishShippedCalendar(database.db, 'again');
    expect(await listCalendars(database.db)).toMatchObject([{ version: '2026.1', coveredUntil: '2026-12-31' }]);
  });

  it('are published once each, never with another content, and never an older one after a newer', async () => {
    expect(await publish('2026.2')).toBe('published');
    expect(await publish('2026.2')).toBe('unchanged');
    await expect(publish('2026.2', 'other')).rejects.toMatchObject({ code: 'CALENDAR_VERSION_TAKEN' });
    expect(await publish('2026.10')).toBe('published');
    await expect(publish('2026.9')).rejects.toMatchObject({ code: 'CALENDAR_VERSION_OLD' });
    await publishShippedCalendar(database.db, 'an older release');
    expect((await listCalendars(database.db)).map(({ version }) => version)).toEqual(['2026.10', '2026.2', '2026.1']);
  });

  it('are published by one of several simultaneous processes', async () => {
    const outcomes = await Promise.all([publish('2027.1'), publish('2027.1'), publish('2027.1')]);
    expect(outcomes.sort()).toEqual(['published', 'unchanged', 'unchanged']);
  });

  it('cannot be changed or taken back by the service', async () => {
    await expect(database.db.query(`update calendars set hash = 'x'`)).rejects.toMatchObject({ code: '42501' });
    await expect(database.db.query('delete from calendars')).rejects.toMatchObject({ code: '42501' });
  });
});
