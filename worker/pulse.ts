import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import type { Logger } from 'pino';
import { startLoop, type Loop } from './loop.ts';

const EVERY_MS = 3_000;
/** Longer than an answer takes from a server that has much to do. */
const ANSWER_WITHIN_MS = 3_000;
/** Silence once may be chance. */
const SILENT_TIMES = 2;

export interface PulseOptions {
  connection: Pick<NativeConnection, 'workflowService'>;
  address: string;
  log: Logger;
  /** Told when the connection is dead: what uses it has to begin anew. */
  onDead: (error: Error) => void;
}

/**
 * Asks Temporal over the worker's own connection whether anybody is there. A connection whose other side went without a word stays open
 * and gives nothing back; the SDK's keepalive notices after 45 s and cannot be set. Dead it is only where a new connection is
 * answered and this one is not: a server that is away or frozen is waited for, as ever.
 */
export const startPulse = ({ connection, address, log, onDead }: PulseOptions): Loop => {
  let silent = 0;
  return startLoop(
    async () => {
      silent = (await answers(connection)) ? 0 : silent + 1;
      if (silent > 0) log.warn({ silent }, 'Temporal does not answer');
      if (silent >= SILENT_TIMES && (await answersAnew(address))) {
        onDead(new Error('the connection to Temporal is lost, a new connection works'));
      }
      return 'idle';
    },
    { everyMs: EVERY_MS, onError: (error) => log.warn({ err: error }, 'checking Temporal failed, will retry') },
  );
};

/** An error is an answer too: the SDK knows of it, and connects again by itself. */
const answers = async ({ workflowService }: PulseOptions['connection']): Promise<boolean> => {
  const timer = new AbortController();
  const silence = delay(ANSWER_WITHIN_MS, false, { signal: timer.signal }).catch(() => false);
  const answer = workflowService.getSystemInfo({}).then(
    () => true,
    () => true,
  );
  const heard = await Promise.race([answer, silence]);
  timer.abort();
  return heard;
};

const answersAnew = async (address: string): Promise<boolean> => {
  try {
    const connection = await Connection.connect({ address, connectTimeout: ANSWER_WITHIN_MS });
    await connection.close();
    return true;
  } catch {
    return false;
  }
};
