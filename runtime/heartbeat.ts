import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { beat, lastBeat, type WatchedProcess } from '../db/supervision/heartbeats.ts';
import { startLoop } from './loop.ts';

/** The watcher misses a process that has been silent for five times as long. */
const EVERY_MS = 2_000;

/**
 * Says every other second that this process is alive, and which queues it serves; when it is told
 * to stop, that it goes.
 */
export const startHeartbeat = (
  db: Pool,
  process: WatchedProcess,
  onError: (error: unknown) => void,
  queues: () => readonly string[] = () => [],
): { stop: () => Promise<void> } => {
  const id = randomUUID();
  const loop = startLoop(
    async () => {
      await beat(db, process, id, queues());
      return 'idle';
    },
    { everyMs: EVERY_MS, onError },
  );
  return {
    stop: async () => {
      await loop.stop();
      await lastBeat(db, process, id).catch(onError);
    },
  };
};
