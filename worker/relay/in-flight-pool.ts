import { setTimeout as delay } from 'node:timers/promises';

/** An item that takes longer gives up its place, and continues in addition to `atOnce` others. */
const PLACE_MS = 1_000;

export interface Carried<Item, Answer> {
  atOnce: number;
  /**
   * Returns the answer of the case; undefined: the case was not reached, or its answer is not known
   * yet. `stopped` returns true when the result is no longer used.
   */
  bring: (item: Item, stopped: () => boolean) => Promise<Answer | undefined>;
  /**
   * Writes what follows from the answer. If it fails, the lease lapses, the item is delivered again
   * and gets the same answer.
   */
  write: (item: Item, answer: Answer) => Promise<unknown>;
  /** Releases items that were not delivered: the next attempt is later, or at once. */
  release: (items: Item[], when: 'later' | 'now') => Promise<unknown>;
  onError: (item: Item, error: unknown) => void;
}

export interface Carrier<Item> {
  /** The number of items that can be taken now; waits until it is at least one. */
  room: () => Promise<number>;
  /** Resolves when the item has been handled, with any result. */
  carry: (item: Item) => Promise<void>;
  /**
   * Resolves when all answers that have arrived are written. Other items are released for another
   * relay at once.
   */
  stop: () => Promise<void>;
}

/**
 * Delivers items to cases, each independently: cases that do not answer delay the others only
 * briefly.
 */
export const createCarrier = <Item, Answer>(carried: Carried<Item, Answer>): Carrier<Item> => {
  const places = new Set<Promise<unknown>>();
  const arriving = new Set<Item>();
  const writing = new Set<Promise<unknown>>();
  let stopped = false;
  // A function, because the flag changes while something is awaited.
  const isStopped = () => stopped;

  const handle = async (item: Item): Promise<void> => {
    arriving.add(item);
    const answer = await carried.bring(item, isStopped);
    if (isStopped()) return;
    arriving.delete(item);
    await keep(writing, answer ? carried.write(item, answer) : carried.release([item], 'later'));
  };

  return {
    room: async () => {
      if (places.size >= carried.atOnce) await Promise.race(places);
      return carried.atOnce - places.size;
    },
    carry: (item) => {
      const work = handle(item)
        .catch((error: unknown) => carried.onError(item, error))
        .finally(() => arriving.delete(item));
      void keep(places, Promise.race([work, delay(PLACE_MS, undefined, { ref: false })]));
      return work;
    },
    stop: async () => {
      stopped = true;
      // If Postgres is unavailable, the leases lapse.
      await Promise.allSettled([...writing, carried.release([...arriving], 'now')]);
    },
  };
};

/** Keeps a promise in the set until it is settled. */
const keep = <T>(set: Set<Promise<unknown>>, promise: Promise<T>): Promise<T> => {
  set.add(promise);
  return promise.finally(() => set.delete(promise));
};
