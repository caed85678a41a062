import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { basename } from 'node:path';
import { Command } from 'commander';
import type { Pool } from 'pg';
import { findCalendar, listCalendars, publishCalendar } from '../db/calendars.ts';
import { createPool, errorCode } from '../db/pool.ts';
import { loadCalendar, SHIPPED_CALENDAR, type LoadedCalendar } from '../matters/calendar/load-calendar.ts';
import { drawCalendar } from './calendar-page.ts';
import { language } from './client.ts';
import { databaseUrl } from './database.ts';
import { EXIT, failure } from './failure.ts';
import { refusal } from './refusal.ts';

export const calendarCommands = (): Command => {
  const command = new Command('calendar').description('working days, holidays and window hours');
  command
    .command('lint')
    .description('checks a calendar, with line, column and how to fix it')
    .argument('[file]', 'YAML (docs/calendar.md)', SHIPPED_CALENDAR)
    .action((file: string) => {
      const { calendar } = load(file);
      console.log(`calendar ${calendar.version}, until ${calendar.coveredUntil}: in order`);
    });
  command
    .command('publish')
    .description('publishes a calendar; open deadlines are computed anew by it')
    .argument('[file]', 'YAML (docs/calendar.md)', SHIPPED_CALENDAR)
    .option('--by <account>', 'who publishes', userInfo().username)
    .action(async (file: string, { by }: { by: string }) => {
      const loaded = load(file);
      const outcome = await withDatabase((db) => publishCalendar(db, { ...loaded, by })).catch((error: unknown) => {
        throw errorCode(error)?.startsWith('CALENDAR_VERSION') && error instanceof Error
          ? failure(error.message, EXIT.wrong)
          : error;
      });
      console.log(`calendar ${loaded.calendar.version}: ${outcome}`);
    });
  command
    .command('show')
    .description('prints what is published: the versions, and the days of one of them')
    .option('--calendar <version>', 'instead of the newest')
    .option('--year <year>', 'only the notices of that year')
    .action(async ({ calendar, year }: { calendar?: string; year?: string }) => {
      const { versions, data } = await withDatabase(async (db) => ({
        versions: await listCalendars(db),
        data: await findCalendar(db, calendar),
      }));
      if (!data)
        throw failure(calendar === undefined ? 'No calendar is published.' : `There is no calendar ${calendar}.`);
      for (const line of drawCalendar(data, versions, language(), year)) console.log(line);
    });
  return command;
};

const load = (file: string): LoadedCalendar => {
  const loaded = loadCalendar(read(file), basename(file));
  if (!loaded.ok) throw refusal(loaded.problems);
  return loaded;
};

const read = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw failure(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
};

const withDatabase = async <T>(work: (db: Pool) => Promise<T>): Promise<T> => {
  const pool = createPool({ url: databaseUrl(), max: 1, name: 'one-matter calendar' });
  try {
    return await work(pool);
  } finally {
    await pool.end();
  }
};
