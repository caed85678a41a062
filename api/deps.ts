import type { Pool } from 'pg';
import type { Cipher, Sealer } from '../db/sql/sealing.ts';
import type { Notifications } from '../runtime/notifications.ts';
import type { Agencies, Calendars, Matters, Offices } from '../runtime/reference-data.ts';
import type { AppConfig } from './config.ts';
import type { Limits } from './http/limits.ts';
import type { Logger } from './http/log.ts';
import type { Metrics } from './http/metrics.ts';

/** What the process, or a test, passes to `createApp`. */
export interface AppOptions {
  pool: Pool;
  cipher: Cipher;
  notifications: Notifications;
  log: Logger;
  metrics: Metrics;
  config: AppConfig;
  /** Milliseconds since 1970. */
  now: () => number;
  /** Aborted when the process stops: it ends streams and long polls. */
  stopping: AbortSignal;
}

/** The dependencies of the routes. */
export interface Deps extends Omit<AppOptions, 'cipher'> {
  /** It opens nothing: what an answer shows is opened by the `reading` of its call, which records it. */
  cipher: Sealer;
  /**
   * Opens without a record: values that no answer shows, and texts that belong to no case
   * (docs/decisions/0034-every-read-is-on-record.md).
   */
  unrecorded: Cipher;
  /** Matters and agencies, kept in memory. */
  registry: Matters & Agencies;
  limits: Limits;
  calendars: Calendars;
  offices: Offices;
}
