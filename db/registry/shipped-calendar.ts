import { readFile } from 'node:fs/promises';
import { loadCalendar, SHIPPED_CALENDAR } from '../../domain/authoring/load-calendar.ts';
import { publishCalendar } from './calendars.ts';
import { errorCode, type Db } from '../sql/pool.ts';

/** Publishes the calendar of this release, unless a newer one is published. Safe to repeat. */
export const publishShippedCalendar = async (db: Db, by: string): Promise<void> => {
  const loaded = loadCalendar(await readFile(SHIPPED_CALENDAR, 'utf8'), SHIPPED_CALENDAR);
  if (!loaded.ok) throw new Error(`the shipped calendar has errors: ${loaded.problems[0]?.message.en ?? ''}`);
  await publishCalendar(db, { ...loaded, by }).catch((error: unknown) => {
    if (errorCode(error) !== 'CALENDAR_VERSION_OLD') throw error;
  });
};
