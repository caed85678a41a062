import type { Pool } from 'pg';
import type { AgencyClient } from '../agencies/client.ts';
import type { AgencyRecord } from '../db/agencies/agencies.ts';
import type { Cipher } from '../db/sql/sealing.ts';
import type { Matter } from '../domain/matter/schema.ts';
import type { Calendars } from '../runtime/reference-data.ts';

/**
 * What is needed to send to agencies and to keep their answers. A process provides it; tests
 * provide their own.
 */
export interface ExchangeDependencies {
  db: Pool;
  cipher: Cipher;
  client: AgencyClient;
  /** The current entry of the agency in the registry; an unknown agency is a fault. */
  agency: (id: string) => Promise<AgencyRecord>;
  /** A published version; it never changes, so it may be kept. */
  matter: (code: string, version: number) => Promise<Matter>;
  /** The newest published calendar, cached, and any version that the ledger names. */
  calendars: Calendars;
  /** The address for callbacks of agencies, without the path. */
  publicUrl: string;
  /** Milliseconds since 1970. */
  now: () => number;
}
