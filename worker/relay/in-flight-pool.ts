import { setTimeout as delay } from 'node:timers/promises';

/** An item that takes longer gives up its place, and continues in addition to `atOnce` others. */
const SLOT_MS = 1_000;

export interface InFlightPoolOptions<Item, Answer> {
  atOnce: number;
  /**
   * Returns the answer of the case; undefined: the case was not reached, or its answer is not known
   * yet. `stopped` returns true when the result is no longer used.
   */
  dispatch: (item: Item, stopped: () => boolean) => Promise<Answer | undefined>;
  /**
   * Writes what follows from the answer. If it fails, the lease lapses, the item is dispatched
   * again and gets the same answer.
   */
  commit: (item: Item, answer: Answer) => Promise<unknown>;
  /** Releases items that were not dispatched: the next attempt is later, or at once. */
  release: (items: Item[], when: 'later' | 'now') => Promise<unknown>;
  onError: (item: Item, error: unknown) => void;
}

export interface InFlightPool<Item> {
  /** The number of items that can be taken now; waits until it is at least one. */
  freeSlots: () => Promise<number>;
  /** Resolves when the item has been handled, with any result. */
  add: (item: Item) => Promise<void>;
  /**
   * Resolves when all answers that have arrived are written. Other items are released for another
   * relay at once.
   */
  stop: () => Promise<void>;
}

/**
 * Dispatches items to cases, each independently: cases that do not answer delay the others only
 * briefly.
 */
export const createInFlightPool = <Item, Answer>(options: InFlightPoolOptions<Item, Answer>): InFlightPool<Item> => {
  const slots = new Set<Promise<unknown>>();
  const dispatching = new Set<Item>();
  const writing = new Set<Promise<unknown>>();
  let stopped = false;
  // A function, because the flag changes while something is awaited.
  const isStopped = () => stopped;

  const handle = async (item: Item): Promise<void> => {
    dispatching.add(item);
    const answer = await options.dispatch(item, isStopped);
    if (isStopped()) return;
    dispatching.delete(item);
    await track(writing, answer ? options.commit(item, answer) : options.release([item], 'later'));
  };

  return {
    freeSlots: async () => {
      if (slots.size >= options.atOnce) await Promise.race(slots);
      return options.atOnce - slots.size;
    },
    add: (item) => {
      const work = handle(item)
        .catch((error: unknown) => options.onError(item, error))
        .finally(() => dispatching.delete(item));
      void track(slots, Promise.race([work, delay(SLOT_MS, undefined, { ref: false })]));
      return work;
    },
    stop: async () => {
      stopped = true;
      // If Postgres is unavailable, the leases lapse.
      await Promise.allSettled([...writing, options.release([...dispatching], 'now')]);
    },
  };
};

/** Keeps a promise in the set until it is settled. */
const track = <T>(set: Set<Promise<unknown>>, promise: Promise<T>): Promise<T> => {
  set.add(promise);
  return promise.finally(() => set.delete(promise));
};
