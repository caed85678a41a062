import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { beat, lastBeat, type WatchedProcess } from '../db/supervision/heartbeats.ts';
import { startLoop } from './loop.ts';

/** The watcher counts a process as gone after five times this long without a heartbeat. */
const EVERY_MS = 2_000;

/**
 * Records every other second that this process is alive and which queues it serves. When the
 * process stops, it records that too.
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
