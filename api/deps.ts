import type { Pool } from 'pg';
import type { Cipher } from '../db/sql/sealing.ts';
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
export interface Deps extends AppOptions {
  /** Matters and agencies, kept in memory. */
  registry: Matters & Agencies;
  limits: Limits;
  calendars: Calendars;
  offices: Offices;
}
