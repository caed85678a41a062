import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import type { Logger } from 'pino';
import { startLoop, type Loop } from '../../runtime/loop.ts';
import { SHARE_NOTHING } from '../../runtime/temporal-channel.ts';

const EVERY_MS = 3_000;
/** Longer than a busy server needs for an answer. */
const ANSWER_WITHIN_MS = 3_000;
/** One missing answer can be chance. */
const SILENT_TIMES = 2;

export interface ConnectionCheckOptions {
  connection: Pick<NativeConnection, 'workflowService'>;
  address: string;
  log: Logger;
  everyMs?: number;
  answerWithinMs?: number;
  /** Called when the connection is dead: its users have to connect again. */
  onDead: (error: Error) => void;
}

/**
 * Checks whether Temporal answers on the worker's own connection. If the other side disappears
 * without closing the connection, the connection stays open and returns nothing; the SDK's
 * keepalive detects after 45 s and cannot be configured. The connection is dead only if a new
 * connection is answered and this one is not. If the server itself is unavailable or frozen, the
 * worker waits for it.
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

/** An error is an answer too: the SDK sees it and reconnects by itself. */
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
  const answered = await Promise.race([answer, silence]);
  timer.abort();
  return answered;
};

/** Whether a new connection to Temporal is answered within this time. */
export const isReachableAnew = async (address: string, withinMs: number): Promise<boolean> => {
  const connection = Connection.lazy({ address, connectTimeout: withinMs, channelArgs: SHARE_NOTHING });
  try {
    await connection.ensureConnected();
    return true;
  } catch {
    return false;
  } finally {
    await connection.close();
  }
};
