import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import { Agent, request } from 'undici';
import { openNotifications } from '../runtime/notifications.ts';
import type { Rig } from './rig.ts';
import { caseRequest } from './workload.ts';

export interface Load {
  caseIds: string[];
  /** Cases ended per second while all lanes were busy. */
  perS: number;
  /** From the POST to its response. */
  startMs: number[];
  /** From the POST to the end of the case in Postgres, which is seen some milliseconds later. */
  caseMs: number[];
  /** Transactions of the bench itself in the product's database. */
  ownCommits: number;
}

export interface LoadOptions {
  rig: Rig;
  db: Pool;
  /** The range of persons with cases. */
  first: number;
  count: number;
  inFlight: number;
}

const LOOK_EVERY_MS = 20;
/**
 * A case takes one or two seconds. A case that takes this long is stuck, and the bench fails.
 */
const CASE_WITHIN_MS = 60_000;

/**
 * Submits cases through the API, with a fixed number in flight, and follows each to its end.
 */
export const runLoad = async ({ rig, db, first, count, inFlight }: LoadOptions): Promise<Load> => {
  const dispatcher = new Agent({ connections: inFlight });
  const ends = watchEnds(rig.addresses.databaseUrl, db);
  const load = { caseIds: [] as string[], startMs: [] as number[], caseMs: [] as number[] };
  let next = first;
  let perS = 0;
  const startedAt = performance.now();

  const runLane = async () => {
    while (next < first + count) {
      const index = next++;
      const sentAt = performance.now();
      const caseId = await submit(rig, dispatcher, index);
      load.startMs.push(performance.now() - sentAt);
      await ends.ended(caseId);
      load.caseMs.push(performance.now() - sentAt);
      load.caseIds.push(caseId);
      // The load drops when the first lane has no more work.
      if (next === first + count && perS === 0) perS = load.caseIds.length / ((performance.now() - startedAt) / 1000);
    }
  };
  try {
    await Promise.all(Array.from({ length: inFlight }, runLane));
    return { ...load, perS, ownCommits: ends.looks() };
  } finally {
    await ends.stop();
    await dispatcher.close();
  }
};

const submit = async ({ addresses, clerkToken }: Rig, dispatcher: Agent, index: number): Promise<string> => {
  const response = await request(`${addresses.apiUrl}/api/v1/cases`, {
    method: 'POST',
    dispatcher,
    headers: {
      authorization: `Bearer ${clerkToken}`,
      'content-type': 'application/json',
      'idempotency-key': `bench-${index}`,
    },
    body: caseRequest(index),
  });
  const text = await response.body.text();
  if (response.statusCode !== 201) throw new Error(`a case was answered ${response.statusCode}: ${text}`);
  return (JSON.parse(text) as { caseId: string }).caseId;
};

/**
 * Collects notifications of changed cases and asks a few times per second which of them have ended.
 * One query for all cases costs the product's Postgres least.
 */
const watchEnds = (databaseUrl: string, db: Pool) => {
  const open = new Map<string, { ended: () => void; stuck: (error: Error) => void; giveUpAt: number }>();
  let changed = new Set<string>();
  let looks = 0;
  let stopped = false;
  const notifications = openNotifications({ url: databaseUrl, channels: ['case_changed'], log: () => undefined });
  notifications.on('case_changed', (payload = '') => changed.add(payload.slice(0, payload.indexOf(':'))));

  const look = async (caseIds: readonly string[]) => {
    looks += 1;
    const { rows } = await db.query<{ id: string }>({
      name: 'ended-cases',
      text: 'select id from cases where id = any ($1) and ended_at is not null',
      values: [caseIds],
    });
    for (const { id } of rows) {
      open.get(id)?.ended();
      open.delete(id);
    }
  };
  const watchCases = async () => {
    while (!stopped) {
      await delay(LOOK_EVERY_MS);
      const caseIds = [...changed].filter((id) => open.has(id));
      changed = new Set();
      if (caseIds.length > 0) await look(caseIds);
      const late = [...open].filter(([, { giveUpAt }]) => performance.now() > giveUpAt);
      // Once more, because a notification may have been lost.
      if (late.length > 0) await look(late.map(([id]) => id));
      for (const [id, { stuck }] of late) stuck(new Error(`case ${id} has not ended in ${CASE_WITHIN_MS / 1000} s`));
    }
  };
  const failed = watchCases().then(
    () => new Promise<never>(() => undefined),
    (error: unknown) => Promise.reject(error instanceof Error ? error : new Error(String(error))),
  );
  failed.catch(() => undefined);

  return {
    ended: (caseId: string): Promise<void> =>
      Promise.race([
        failed,
        new Promise<void>((ended, stuck) => {
          open.set(caseId, { ended, stuck, giveUpAt: performance.now() + CASE_WITHIN_MS });
          // The case may have ended before the response with its id arrived.
          changed.add(caseId);
        }),
      ]),
    looks: () => looks,
    stop: async () => {
      stopped = true;
      await notifications.close();
    },
  };
};
