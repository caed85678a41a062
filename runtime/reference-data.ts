import { findAgency, listAgencies, type AgencyRecord } from '../db/agencies/agencies.ts';
import { findCalendar, newestCalendarVersion } from '../db/registry/calendars.ts';
import { findMatter, listMatters, type PublishedMatter } from '../db/registry/matters.ts';
import { findOffices } from '../db/registry/office-directories.ts';
import type { Cipher } from '../db/sql/sealing.ts';
import { databaseError, type Db } from '../db/sql/pool.ts';
import { createCalendar, type Calendar } from '../domain/calendar/calendar.ts';
import type { Matter } from '../domain/matter/schema.ts';
import type { OfficeDirectory } from '../domain/office/directory.ts';

/**
 * Matters, agencies and calendars, cached in memory: every request and step reads them, and they
 * change a few times a year.
 */

/** A new version of a matter is offered at the latest after this time. */
const NEWEST_MATTERS_MS = 5_000;
/** A new directory of offices is read at the latest after this time. */
const NEWEST_OFFICES_MS = 30_000;
/** A new calendar is read after this time if its notification was lost. */
const NEWEST_CALENDAR_MS = 30_000;

export interface Matters {
  /** The newest version of each matter. */
  matters: () => Promise<readonly PublishedMatter[]>;
  /** The version that a case was started with. Throws when it is not published. */
  matterOf: (version: { matter: string; version: number }) => Promise<PublishedMatter>;
  /** The definition alone, by code and version. Throws when it is not published. */
  matter: (code: string, version: number) => Promise<Matter>;
}

/** `now` is in milliseconds since 1970. */
export const cacheMatters = (db: Db, now: () => number): Matters => {
  const newest = cacheValue(() => listMatters(db), { forMs: NEWEST_MATTERS_MS, now });
  const versions = cacheEach<PublishedMatter>();
  const matterOf: Matters['matterOf'] = ({ matter: code, version }) =>
    versions.get(`${code}@${version}`, async () => {
      const found = await findMatter(db, code, version);
      if (!found) throw new Error(`matter ${code} version ${version} is not published`);
      return found;
    });
  return {
    matters: newest.get,
    matterOf,
    matter: async (code, version) => (await matterOf({ matter: code, version })).matter,
  };
};

export interface Agencies {
  /** All agencies by id. */
  agencies: () => Promise<ReadonlyMap<string, AgencyRecord>>;
  /** One agency. Throws when it is not in the registry. */
  agency: (id: string) => Promise<AgencyRecord>;
  /** An agency has changed: the next call reads again. */
  forget: () => void;
}

export const cacheAgencies = (db: Db, cipher: Cipher): Agencies => {
  const all = cacheValue(async () => new Map((await listAgencies(db, cipher)).map((agency) => [agency.id, agency])));
  const each = cacheEach<AgencyRecord>();
  return {
    agencies: all.get,
    agency: (id) =>
      each.get(id, async () => {
        const found = await findAgency(db, cipher, id);
        if (!found) throw new Error(`agency ${id} is not in the registry`);
        return found;
      }),
    forget: () => {
      all.forget();
      each.forget();
    },
  };
};

export interface Calendars {
  /** The newest. Throws `CALENDAR_MISSING` while none is published. */
  newest: () => Promise<Calendar>;
  /** A version that the ledger names. Throws `CALENDAR_MISSING` when it is not published. */
  version: (version: string) => Promise<Calendar>;
  /** A newer version may exist: the next call reads again. */
  forget: () => void;
}

/** `now` is in milliseconds since 1970. */
export const cacheCalendars = (db: Db, now: () => number): Calendars => {
  const versions = cacheEach<Calendar>();
  const version = (name: string) =>
    versions.get(name, async () => {
      const data = await findCalendar(db, name);
      if (!data) throw databaseError('CALENDAR_MISSING', `calendar ${name} is not published`);
      return createCalendar(data);
    });
  const newest = cacheValue(async () => version(await newestCalendarVersion(db)), { forMs: NEWEST_CALENDAR_MS, now });
  return { newest: newest.get, version, forget: newest.forget };
};

export interface Offices {
  /** The published directory of offices; undefined: none is published. */
  directory: () => Promise<OfficeDirectory | undefined>;
}

/** `now` is in milliseconds since 1970. */
export const cacheOffices = (db: Db, now: () => number): Offices => ({
  directory: cacheValue(() => findOffices(db), { forMs: NEWEST_OFFICES_MS, now }).get,
});

interface CachedValue<T> {
  get: () => Promise<T>;
  forget: () => void;
}

const FOREVER = { forMs: Infinity, now: () => 0 };

/**
 * Reads once for all callers, until `forget` is called or `forMs` have passed; a failure is not
 * kept.
 */
const cacheValue = <T>(
  read: () => Promise<T>,
  { forMs, now }: { forMs: number; now: () => number } = FOREVER,
): CachedValue<T> => {
  let kept: { reading: Promise<T>; at: number } | undefined;
  return {
    forget: () => {
      kept = undefined;
    },
    get: () => {
      if (kept && now() - kept.at < forMs) return kept.reading;
      const mine = { reading: read(), at: now() };
      kept = mine;
      mine.reading.catch(() => {
        if (kept === mine) kept = undefined;
      });
      return mine.reading;
    },
  };
};

/** One `keep` for each key. */
const cacheEach = <T>() => {
  const known = new Map<string, CachedValue<T>>();
  return {
    get: (key: string, read: () => Promise<T>): Promise<T> => {
      const kept = known.get(key) ?? cacheValue(read);
      known.set(key, kept);
      return kept.get();
    },
    forget: () => known.clear(),
  };
};
