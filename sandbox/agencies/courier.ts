import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { request, type Agent } from 'undici';
import type { Decision } from '../../agencies/contract.ts';
import { signedHeaders } from '../../agencies/signature.ts';

const FIRST_RETRY_MS = 250;
const MAX_RETRY_MS = 15_000;

export interface Courier {
  /**
   * A callback address as the journal stores it. An address of the platform is relative, because
   * the port of the platform may change.
   */
  addressOf(callbackUrl: string): string;
  /**
   * Calls back until the platform has accepted the decision or refused it finally. Rejects when the
   * courier is closed.
   */
  send(callbackUrl: string, decision: Decision): Promise<void>;
}

/**
 * Signed callbacks of one agency. The agencies share `pool`. `closing` ends the retries, and then
 * the pool is destroyed.
 */
export function createCourier(
  agency: { id: string; secret: string },
  apiUrl: string,
  pool: Agent,
  closing: AbortSignal,
): Courier {
  // Every waiting callback adds a listener to the signal.
  setMaxListeners(0, closing);
  const attempt = async (callbackUrl: string, messageId: string, raw: Buffer): Promise<boolean> => {
    try {
      const response = await request(new URL(callbackUrl, apiUrl), {
        method: 'POST',
        dispatcher: pool,
        headers: {
          'content-type': 'application/json',
          'x-one-matter-agency': agency.id,
          ...signedHeaders([agency.secret], messageId, Math.floor(Date.now() / 1000), raw),
        },
        body: raw,
        signal: AbortSignal.timeout(10_000),
      });
      await response.body.dump();
      return isFinal(response.statusCode);
    } catch (error) {
      if (closing.aborted) throw error;
      return false;
    }
  };
  return {
    addressOf(callbackUrl) {
      const { origin, pathname } = new URL(callbackUrl);
      return origin === new URL(apiUrl).origin ? pathname : callbackUrl;
    },
    async send(callbackUrl, decision) {
      const raw = Buffer.from(JSON.stringify(decision));
      let waitMs = FIRST_RETRY_MS;
      while (!(await attempt(callbackUrl, decision.messageId, raw))) {
        // Jitter spreads the retries of thousands of waiting callbacks.
        await delay(waitMs * (0.5 + Math.random() / 2), undefined, { signal: closing });
        waitMs = Math.min(waitMs * 2, MAX_RETRY_MS);
      }
    },
  };
}

/** Accepted, decided otherwise before, or unknown: another call would get the same answer. */
const isFinal = (status: number): boolean => (status >= 200 && status < 300) || status === 404 || status === 409;
