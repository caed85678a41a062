import type { Actor } from './messages.ts';

/**
 * The parts of this system that act on cases by themselves. Their ids are in the ledger as `by.id`:
 * add ids, never rename one.
 */
export const SYSTEM_ACTORS = [
  'due-instants',
  'status-polling',
  'escalation',
  'agency-outages',
  'calendar-rollout',
  'rules',
  'bulk-executor',
  'watcher',
  'agency-answers',
] as const;
export type SystemActor = (typeof SYSTEM_ACTORS)[number];

export const systemActor = (id: SystemActor) => ({ role: 'system', id }) as const satisfies Actor;
