import { CalendarData } from '../../domain/calendar/calendar-schema.ts';
import { databaseError, isUniqueViolation, type Db } from '../sql/pool.ts';

/** A version as a number in the same order: 2026.1 → 2026001. */
export const calendarOrdinal = (version: string): number => {
  const [year, number] = version.split('.').map(Number);
  return (year ?? 0) * 1_000 + (number ?? 0);
};

/** The version of an ordinal: 2026001 → 2026.1. */
const calendarOfOrdinal = (ordinal: number): string => `${Math.floor(ordinal / 1_000)}.${ordinal % 1_000}`;

/**
 * Publishes a version of the calendar; a repetition is `unchanged`. Throws `CALENDAR_VERSION_TAKEN`
 * if it was published with another content, and `CALENDAR_VERSION_OLD` if a newer one is published,
 * because deadlines follow the newest. Caches get `calendar_changed`.
 */
export const publishCalendar = async (
  db: Db,
  { calendar, hash, by }: { calendar: CalendarData; hash: string; by: string },
): Promise<'published' | 'unchanged'> => {
  const { version } = calendar;
  const { rows } = await db.query<{ version: string; hash: string }>(
    'select version, hash from calendars where ordinal >= $1 order by ordinal',
    [calendarOrdinal(version)],
  );
  const same = rows.find((row) => row.version === version);
  if (same?.hash === hash) return 'unchanged';
  if (same) {
    throw databaseError(
      'CALENDAR_VERSION_TAKEN',
      `calendar ${version} is published with another content: raise the version`,
    );
  }
  const newest = rows.at(-1);
  if (newest) {
    throw databaseError('CALENDAR_VERSION_OLD', `calendar ${newest.version} is published: raise the version above it`);
  }
  try {
    await db.query(
      `with new as (
        insert into calendars (version, ordinal, hash, definition, published_by) values ($1, $2, $3, $4, $5) returning version
      )
      select pg_notify('calendar_changed', version) from new`,
      [version, calendarOrdinal(version), hash, JSON.stringify(calendar), by],
    );
  } catch (error) {
    // Another transaction was first with this version: decide as if it had been there.
    if (isUniqueViolation(error)) return publishCalendar(db, { calendar, hash, by });
    throw error;
  }
  return 'published';
};

export interface PublishedCalendar {
  version: string;
  coveredUntil: string;
  publishedAt: number;
  publishedBy: string;
}

/** Every published version, newest first. */
export const listCalendars = async (db: Db): Promise<PublishedCalendar[]> => {
  const { rows } = await db.query<PublishedCalendar>(
    `select version, definition ->> 'coveredUntil' as "coveredUntil", published_at as "publishedAt", published_by as "publishedBy"
    from calendars order by ordinal desc`,
  );
  return rows;
};

/** The definition of a version, or of the newest; undefined: it is not published. */
export const findCalendar = async (db: Db, version?: string): Promise<CalendarData | undefined> => {
  const { rows } = await db.query<{ definition: unknown }>(
    'select definition from calendars where $1::text is null or version = $1 order by ordinal desc limit 1',
    [version ?? null],
  );
  const [row] = rows;
  return row && CalendarData.parse(row.definition);
};

/** The version that deadlines follow now. Throws `CALENDAR_MISSING` while none is published. */
export const newestCalendarVersion = async (db: Db): Promise<string> => {
  const { rows } = await db.query<{ version: string }>('select version from calendars order by ordinal desc limit 1');
  const [row] = rows;
  if (!row) throw databaseError('CALENDAR_MISSING', 'no calendar is published: one-matter calendar publish');
  return row.version;
};

export interface OutdatedCase {
  caseId: string;
  /** The calendar that its deadlines follow. */
  before: string;
  ledgerSeq: number;
}

/**
 * The lock of a transaction that looks for outdated cases, so that none gets two messages. Any
 * number; used for nothing else.
 */
const TELLING = 7_306_001;

/**
 * Open cases whose deadlines follow an older calendar than `version`, and to which no message about
 * it is open; at most as many as bring the number of such messages to `underWay`. Must be inside a
 * transaction; returns none while another one looks. A closing case has no deadlines to move.
 */
export const takeOutdated = async (client: Db, version: string, underWay: number): Promise<OutdatedCase[]> => {
  const lock = await client.query<{ isLocked: boolean }>('select pg_try_advisory_xact_lock($1) as "isLocked"', [
    TELLING,
  ]);
  if (lock.rows[0]?.isLocked !== true) return [];
  const { rows } = await client.query<Omit<OutdatedCase, 'before'> & { calendar: number }>({
    name: 'take-outdated',
    text: `select id as "caseId", calendar, ledger_seq as "ledgerSeq" from cases
      where ended_at is null and closing is null and calendar < $1 and not exists (
        select from inbox where case_id = cases.id and settled_at is null and message ->> 'kind' = 'calendar-change')
      order by calendar
      limit greatest(0, $2 - (select count(*) from inbox where settled_at is null and message ->> 'kind' = 'calendar-change'))`,
    values: [calendarOrdinal(version), underWay],
  });
  return rows.map(({ calendar, ...row }) => ({ ...row, before: calendarOfOrdinal(calendar) }));
};
