import type { Pool } from 'pg';
import { listAgencies, type AgencyRecord } from '../db/agencies.ts';
import { findMatter, listMatters, type PublishedMatter } from '../db/matters.ts';
import type { Cipher } from '../db/personal-data.ts';
import type { Text } from '../matters/definition/schema.ts';
import type { Notices } from './notices.ts';

/** A newly published version is offered after this at the latest. */
const NEWEST_MATTERS_MS = 5_000;

/** Matters and agencies, kept in memory: they are read with every request and change a few times a year. */
export interface Registry {
  agencies: () => Promise<ReadonlyMap<string, AgencyRecord>>;
  /** The newest version of each matter. */
  matters: () => Promise<readonly PublishedMatter[]>;
  /** The version that a case was started with. */
  matterOf: (version: { matter: string; version: number }) => Promise<PublishedMatter>;
}

export const createRegistry = (pool: Pool, cipher: Cipher, notices: Notices, now: () => number): Registry => {
  const versions = new Map<string, Kept<PublishedMatter>>();
  const agencies = keep(async () => {
    const all = await listAgencies(pool, cipher);
    return new Map(all.map((agency) => [agency.id, agency]));
  });
  notices.on('agency_changed', agencies.forget);
  const newest = keep(() => listMatters(pool));
  let readAt = -Infinity;

  return {
    agencies: agencies.get,
    matters: () => {
      if (now() - readAt >= NEWEST_MATTERS_MS) {
        newest.forget();
        readAt = now();
      }
      return newest.get();
    },
    matterOf: ({ matter, version }) => {
      const key = `${matter}:${version}`;
      const known =
        versions.get(key) ??
        keep(async () => {
          const found = await findMatter(pool, matter, version);
          if (!found) throw new Error(`matter ${matter} version ${version} is not published`);
          return found;
        });
      versions.set(key, known);
      return known.get();
    },
  };
};

/** An agency by its official name; one that left the registry keeps its id. */
export const agencyName = (agencies: ReadonlyMap<string, AgencyRecord>, id: string): { id: string; name: Text } => ({
  id,
  name: agencies.get(id)?.name ?? { zh: id, en: id },
});

interface Kept<T> {
  get: () => Promise<T>;
  forget: () => void;
}

/** Reads once for everybody who asks, until told to forget; a failure is not kept. */
const keep = <T>(read: () => Promise<T>): Kept<T> => {
  let kept: Promise<T> | undefined;
  const forget = () => {
    kept = undefined;
  };
  return {
    forget,
    get: () => {
      if (kept) return kept;
      const reading = read();
      kept = reading;
      reading.catch(() => {
        if (kept === reading) forget();
      });
      return reading;
    },
  };
};
