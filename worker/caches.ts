import type { Pool } from 'pg';
import { findAgency, type AgencyRecord } from '../db/agencies.ts';
import { findMatter } from '../db/matters.ts';
import type { Cipher } from '../db/personal-data.ts';
import type { Matter } from '../matters/definition/schema.ts';

/** Published versions by code and version: they never change, so they are read once. */
export const cacheMatters = (db: Pool) => {
  const known = new Map<string, Promise<Matter>>();
  return (code: string, version: number): Promise<Matter> =>
    remember(known, `${code}@${version}`, async () => {
      const found = await findMatter(db, code, version);
      if (!found) throw new Error(`matter ${code} version ${version} is not published`);
      return found.matter;
    });
};

/** The registry's entries; `forget` when one has changed. */
export const cacheAgencies = (db: Pool, cipher: Cipher) => {
  const known = new Map<string, Promise<AgencyRecord>>();
  return {
    agency: (id: string): Promise<AgencyRecord> =>
      remember(known, id, async () => {
        const found = await findAgency(db, cipher, id);
        if (!found) throw new Error(`agency ${id} is not in the registry`);
        return found;
      }),
    forget: () => known.clear(),
  };
};

/** Reads once, also for callers that come while it is being read; a failure is not kept. */
const remember = <T>(known: Map<string, Promise<T>>, key: string, read: () => Promise<T>): Promise<T> => {
  const existing = known.get(key);
  if (existing) return existing;
  const reading = read();
  known.set(key, reading);
  reading.catch(() => known.delete(key));
  return reading;
};
