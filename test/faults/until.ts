import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 50;

/**
 * Waits until `condition` gives something other than false or undefined, and gives that. Throws,
 * naming `what`, after `withinMs`.
 */
export const until = async <T>(
  what: string,
  withinMs: number,
  condition: () => Promise<T | false | undefined> | T | false | undefined,
): Promise<T> => {
  const giveUpAt = performance.now() + withinMs;
  for (;;) {
    const met = await condition();
    if (met !== undefined && met !== false) return met;
    if (performance.now() > giveUpAt) throw new Error(`${what}: not within ${withinMs / 1000} s`);
    await delay(POLL_MS);
  }
};
