/** Something done again and again: at once when woken, otherwise after `everyMs`. */
export interface Loop {
  wake: () => void;
  /** Resolves when the round under way is over. */
  stop: () => Promise<void>;
}

/**
 * Runs `round` until stopped. A round that says `more` is followed by the next at once. A round that fails is reported and
 * tried again after `everyMs`: the loop itself never ends by a failure.
 */
export const startLoop = (
  round: () => Promise<'more' | 'idle'>,
  { everyMs, onError }: { everyMs: number; onError: (error: unknown) => void },
): Loop => {
  let stopped = false;
  let woken = false;
  let rouse: (() => void) | undefined;

  const rest = () =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, everyMs);
      rouse = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const run = async () => {
    while (!stopped) {
      woken = false;
      let result: 'more' | 'idle' = 'idle';
      try {
        result = await round();
      } catch (error) {
        onError(error);
      }
      if (result === 'idle' && !isWoken()) await rest();
    }
  };
  // A function, because the flags change while a round or a rest is awaited.
  const isWoken = () => woken || stopped;

  const running = run();
  return {
    wake: () => {
      woken = true;
      rouse?.();
    },
    stop: async () => {
      stopped = true;
      rouse?.();
      await running;
    },
  };
};
