import { setTimeout as delay } from 'node:timers/promises';

/** One that takes longer gives up its place among those at once, and goes on beside them. */
const PLACE_MS = 1_000;

export interface Carried<Item, Answer> {
  atOnce: number;
  /** What the case answers; undefined: it was not reached, or nobody can tell yet. `stopped` tells that nobody waits for it any more. */
  bring: (item: Item, stopped: () => boolean) => Promise<Answer | undefined>;
  /** Writes what follows from the answer. Should it fail, the lease lapses and the item is brought again: it gets the same answer. */
  write: (item: Item, answer: Answer) => Promise<unknown>;
  /** Lets go of what was not brought: the next attempt is later, or at once. */
  release: (items: Item[], when: 'later' | 'now') => Promise<unknown>;
  onError: (item: Item, error: unknown) => void;
}

export interface Carrier<Item> {
  /** For how many more there is room; waits until there is some. */
  room: () => Promise<number>;
  /** Resolves when it is over with the item, whatever came of it. */
  carry: (item: Item) => Promise<void>;
  /** Resolves when what has arrived is written. What has not is let go of, and is at once the next relay's. */
  stop: () => Promise<void>;
}

/** Brings items to cases, each on its own, so that cases that do not answer, however many, hold up no other for long. */
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
      // Where Postgres is away the leases lapse.
      await Promise.allSettled([...writing, carried.release([...arriving], 'now')]);
    },
  };
};

/** Keeps a promise in the set until it is settled. */
const keep = <T>(set: Set<Promise<unknown>>, promise: Promise<T>): Promise<T> => {
  set.add(promise);
  return promise.finally(() => set.delete(promise));
};
