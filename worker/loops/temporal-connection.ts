import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import type { Logger } from 'pino';
import { startLoop, type Loop } from '../../runtime/loop.ts';

const EVERY_MS = 3_000;
/** Longer than an answer takes from a server that has much to do. */
const ANSWER_WITHIN_MS = 3_000;
/** Silence once may be chance. */
const SILENT_TIMES = 2;

export interface ConnectionCheckOptions {
  connection: Pick<NativeConnection, 'workflowService'>;
  address: string;
  log: Logger;
  everyMs?: number;
  answerWithinMs?: number;
  /** Told when the connection is dead: what uses it has to begin anew. */
  onDead: (error: Error) => void;
}

/**
 * Asks Temporal over the worker's own connection whether anybody is there. A connection whose other side went without a word stays open
 * and gives nothing back; the SDK's keepalive notices after 45 s and cannot be set. Dead it is only where a new connection is
 * answered and this one is not: a server that is away or frozen is waited for, as ever.
 */
export const startConnectionCheck = (options: ConnectionCheckOptions): Loop => {
  const { connection, address, log, onDead, everyMs = EVERY_MS, answerWithinMs = ANSWER_WITHIN_MS } = options;
  let silent = 0;
  return startLoop(
    async () => {
      silent = (await isAnswering(connection, answerWithinMs)) ? 0 : silent + 1;
      if (silent > 0) log.warn({ silent }, 'Temporal does not answer');
      if (silent >= SILENT_TIMES && (await isReachableAnew(address, answerWithinMs))) {
        onDead(new Error('the connection to Temporal is lost, a new connection works'));
      }
      return 'idle';
    },
    { everyMs, onError: (error) => log.warn({ err: error }, 'checking Temporal failed, will retry') },
  );
};

/** An error is an answer too: the SDK knows of it, and connects again by itself. */
const isAnswering = async (
  { workflowService }: ConnectionCheckOptions['connection'],
  withinMs: number,
): Promise<boolean> => {
  const timer = new AbortController();
  const silence = delay(withinMs, false, { signal: timer.signal }).catch(() => false);
  const answer = workflowService.getSystemInfo({}).then(
    () => true,
    () => true,
  );
  const heard = await Promise.race([answer, silence]);
  timer.abort();
  return heard;
};

const isReachableAnew = async (address: string, withinMs: number): Promise<boolean> => {
  try {
    const connection = await Connection.connect({ address, connectTimeout: withinMs });
    await connection.close();
    return true;
  } catch {
    return false;
  }
};
