import type { Pool } from 'pg';
import type { AgencyClient } from '../agencies/client.ts';
import type { AgencyRecord } from '../db/agencies.ts';
import type { Calendars } from '../db/calendars.ts';
import type { Cipher } from '../db/personal-data.ts';
import type { Matter } from '../matters/definition/schema.ts';

/**
 * How an agency answers, as far as this process knows: `unwell`: a call has just failed, so it is left to its own queue, which waits
 * and spreads its attempts; `outage`: calls fail for many cases, nothing is sent; `recovering`: only what is released is sent.
 */
export type AgencyHealth = 'well' | 'unwell' | 'outage' | 'recovering';

/** What the activities work with; the worker puts it together, tests put in their own. */
export interface Dependencies {
  db: Pool;
  cipher: Cipher;
  /** Counts how its calls end. */
  client: AgencyClient;
  health: (agency: string) => AgencyHealth;
  /** The agency's entry in the registry as it is now; an unknown agency is a fault. */
  agency: (id: string) => Promise<AgencyRecord>;
  /** A published version; it never changes, so it may be kept. */
  matter: (code: string, version: number) => Promise<Matter>;
  /** The newest published calendar, kept; a version that the ledger names. */
  calendars: Calendars;
  /** Where agencies call us back, without the path. */
  publicUrl: string;
  now: () => number;
}
