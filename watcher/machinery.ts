import type { Pool } from 'pg';
import { lastSeen, listServedQueues } from '../db/supervision/heartbeats.ts';
import type { StallVerdict } from '../db/supervision/stalls.ts';
import { agencyIds } from '../db/supervision/watch.ts';
import type { Fault } from '../domain/waiting/causes.ts';
import type { Wait } from '../domain/waiting/wait.ts';
import { MATTERS, queueOf, type Temporal } from './temporal.ts';

/** Five missed heartbeats. */
const AWAY_MS = 10_000;
/** How often Temporal is asked for pollers: it remembers one for a minute and a half. */
const POLLERS_EVERY_MS = 10_000;

type Part = StallVerdict & { subject: string };

export interface Machinery {
  /** The fault that affects all cases at once. */
  fault: Fault | undefined;
  /** Postgres and Temporal have answered every round since then. */
  steadySince: number;
  /** The parts of the machinery that changed since the last look. */
  changed: StallVerdict[];
}

/**
 * Checks what every case needs: workers, Temporal, and a poller for every queue. It judges only by
 * what this process has seen, and only after it has watched long enough: after a start, or after
 * Postgres was unavailable, every part gets time for a heartbeat.
 */
export const createMachineryWatch = ({ db, temporal }: { db: Pool; temporal: Temporal }) => {
  const said = new Map<string, string>();
  const unservedSince = new Map<string, number>();
  let watchingSince: number | undefined;
  let silentSince: number | undefined;
  let steadySince: number | undefined;
  let pollersAt = 0;
  /** The queues without a poller, as Temporal sees it. */
  let unpolled = new Set<string>();
  let queues: Part[] = [];

  /**
   * A queue is served if a worker reports that it serves the queue, and Temporal has seen a poller.
   * The report is known at once; the poller is certain.
   */
  const lookAtQueues = async (now: number): Promise<Part[]> => {
    const [agencies, served] = await Promise.all([agencyIds(db), listServedQueues(db, AWAY_MS)]);
    const all = [
      { queue: MATTERS, about: {} },
      ...agencies.map((agency) => ({ queue: queueOf(agency), about: { agency } })),
    ];
    if (now >= pollersAt) {
      pollersAt = now + POLLERS_EVERY_MS;
      unpolled = new Set(await temporal.unserved(all.map(({ queue }) => queue)).catch(() => unpolled));
    }
    return all.map(({ queue: { name }, about }) => {
      if (served.has(name) && !unpolled.has(name)) unservedSince.delete(name);
      else if (!unservedSince.has(name)) unservedSince.set(name, now);
      const since = unservedSince.get(name);
      return { ...about, subject: `queue:${name}`, stall: stallAfter('QUEUE_UNSERVED', since, now) };
    });
  };

  return {
    look: async (now: number): Promise<Machinery> => {
      watchingSince ??= now;
      const [seen = 0, answers] = await Promise.all([lastSeen(db, 'worker'), temporal.answers()]);
      silentSince = answers ? undefined : (silentSince ?? now);
      steadySince = answers ? (steadySince ?? now) : now;
      const workers = stallAfter('WORKERS_UNAVAILABLE', Math.max(seen, watchingSince), now);
      const server = stallAfter('TEMPORAL_UNAVAILABLE', silentSince, now);
      // Without any worker no queue is served.
      if (workers) {
        unservedSince.clear();
        queues = queues.map((queue) => ({ ...queue, stall: undefined }));
      } else if (answers) queues = await lookAtQueues(now);
      const all: Part[] = [{ subject: 'workers', stall: workers }, { subject: 'temporal', stall: server }, ...queues];
      const changed = all.filter(({ subject, stall }) => said.get(subject) !== (stall?.detail ?? ''));
      for (const { subject, stall } of changed) said.set(subject, stall?.detail ?? '');
      return {
        fault: server ? 'TEMPORAL_UNAVAILABLE' : workers ? 'WORKERS_UNAVAILABLE' : undefined,
        steadySince,
        changed,
      };
    },
    /** Everything seen until now is outdated. */
    forget: () => {
      said.clear();
      unservedSince.clear();
      watchingSince = undefined;
      silentSince = undefined;
      steadySince = undefined;
    },
  };
};

const stallAfter = (detail: Fault, since: number | undefined, now: number): Wait | undefined =>
  since === undefined || now - since < AWAY_MS
    ? undefined
    : { cause: 'system', detail, turn: 'system', since, stallsAt: since };
