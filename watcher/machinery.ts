import type { Pool } from 'pg';
import { lastSeen } from '../db/heartbeats.ts';
import type { Judged } from '../db/stalls.ts';
import { agencyIds } from '../db/watch.ts';
import type { Fault, Wait } from '../matters/supervision/waiting.ts';
import { MATTERS, queueOf, type Temporal } from './temporal.ts';

/** Five signs of life missed. */
const AWAY_MS = 10_000;
const QUEUES_EVERY_MS = 10_000;

type Part = Judged & { subject: string };

export interface Machinery {
  /** What is wrong with all cases at once. */
  fault: Fault | undefined;
  temporalAnswers: boolean;
  /** Its parts that changed since they were last looked at. */
  changed: Judged[];
}

/**
 * Looks at what every case needs: workers, Temporal, somebody at every queue. What it has seen is its own, so that it judges nothing
 * before it has watched long enough: after a start, or after Postgres was away, everybody gets the time to give a sign.
 */
export const createMachineryWatch = ({ db, temporal }: { db: Pool; temporal: Temporal }) => {
  const said = new Map<string, string>();
  const unservedSince = new Map<string, number>();
  let watchingSince: number | undefined;
  let silentSince: number | undefined;
  let queuesAt = 0;
  let queues: Part[] = [];

  const lookAtQueues = async (now: number): Promise<Part[]> => {
    const agencies = await agencyIds(db);
    const all = [
      { queue: MATTERS, about: {} },
      ...agencies.map((agency) => ({ queue: queueOf(agency), about: { agency } })),
    ];
    const unserved = new Set(await temporal.unserved(all.map(({ queue }) => queue)));
    return all.map(({ queue: { name }, about }) => {
      if (!unserved.has(name)) unservedSince.delete(name);
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
      const workers = stallAfter('WORKERS_AWAY', Math.max(seen, watchingSince), now);
      const server = stallAfter('TEMPORAL_AWAY', silentSince, now);
      // With nobody there at all, no queue has anybody.
      if (workers) queues = queues.map((queue) => ({ ...queue, stall: undefined }));
      else if (answers && now >= queuesAt) {
        queuesAt = now + QUEUES_EVERY_MS;
        queues = await lookAtQueues(now).catch(() => queues);
      }
      const all: Part[] = [{ subject: 'workers', stall: workers }, { subject: 'temporal', stall: server }, ...queues];
      const changed = all.filter(({ subject, stall }) => said.get(subject) !== (stall?.detail ?? ''));
      for (const { subject, stall } of changed) said.set(subject, stall?.detail ?? '');
      return {
        fault: server ? 'TEMPORAL_AWAY' : workers ? 'WORKERS_AWAY' : undefined,
        temporalAnswers: answers,
        changed,
      };
    },
    /** What was seen until now proves nothing any more. */
    forget: () => {
      said.clear();
      unservedSince.clear();
      watchingSince = undefined;
      silentSince = undefined;
    },
  };
};

const stallAfter = (detail: Fault, since: number | undefined, now: number): Wait | undefined =>
  since === undefined || now - since < AWAY_MS
    ? undefined
    : { cause: 'system', detail, turn: 'system', since, stallsAt: since };
