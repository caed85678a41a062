import { setTimeout as delay } from 'node:timers/promises';

/** One that takes longer gives up its place among those at once, and goes on beside them. */
const SLOT_MS = 1_000;

export interface InFlightPoolOptions<Item, Answer> {
  atOnce: number;
  /** What the case answers; undefined: it was not reached, or nobody can tell yet. `stopped` tells that nobody waits for it any more. */
  deliver: (item: Item, stopped: () => boolean) => Promise<Answer | undefined>;
  /** Writes what follows from the answer. Should it fail, the lease lapses and the item is brought again: it gets the same answer. */
  commit: (item: Item, answer: Answer) => Promise<unknown>;
  /** Lets go of what was not brought: the next attempt is later, or at once. */
  release: (items: Item[], when: 'later' | 'now') => Promise<unknown>;
  onError: (item: Item, error: unknown) => void;
}

export interface InFlightPool<Item> {
  /** For how many more there is room; waits until there is some. */
  freeSlots: () => Promise<number>;
  /** Resolves when it is over with the item, whatever came of it. */
  add: (item: Item) => Promise<void>;
  /** Resolves when what has arrived is written. What has not is let go of, and is at once the next relay's. */
  stop: () => Promise<void>;
}

/** Brings items to cases, each on its own, so that cases that do not answer, however many, hold up no other for long. */
export const createInFlightPool = <Item, Answer>(options: InFlightPoolOptions<Item, Answer>): InFlightPool<Item> => {
  const slots = new Set<Promise<unknown>>();
  const delivering = new Set<Item>();
  const writing = new Set<Promise<unknown>>();
  let stopped = false;
  // A function, because the flag changes while something is awaited.
  const isStopped = () => stopped;

  const handle = async (item: Item): Promise<void> => {
    delivering.add(item);
    const answer = await options.deliver(item, isStopped);
    if (isStopped()) return;
    delivering.delete(item);
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
        .finally(() => delivering.delete(item));
      void track(slots, Promise.race([work, delay(SLOT_MS, undefined, { ref: false })]));
      return work;
    },
    stop: async () => {
      stopped = true;
      // Where Postgres is away the leases lapse.
      await Promise.allSettled([...writing, options.release([...delivering], 'now')]);
    },
  };
};

/** Keeps a promise in the set until it is settled. */
const track = <T>(set: Set<Promise<unknown>>, promise: Promise<T>): Promise<T> => {
  set.add(promise);
  return promise.finally(() => set.delete(promise));
};
