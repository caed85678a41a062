/** Work that is repeated: at once when woken, otherwise after `everyMs`. */
export interface Loop {
  wake: () => void;
  /** Resolves when the running round has ended. */
  stop: () => Promise<void>;
}

/**
 * Runs `round` until stopped. A round that returns `more` is followed by the next at once. A round
 * that fails is reported and repeated after `everyMs`: a failure never ends the loop. A round
 * begins no sooner than `gapMs` after the one before, however often the loop is woken, so that work
 * that arrives together is found together.
 */
export const startLoop = (
  round: () => Promise<'more' | 'idle'>,
  { everyMs, gapMs = 0, onError }: { everyMs: number; gapMs?: number; onError: (error: unknown) => void },
): Loop => {
  let stopped = false;
  let woken = false;
  let resting = false;
  let interrupt: (() => void) | undefined;

  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      interrupt = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const rest = async () => {
    resting = true;
    await pause(everyMs);
    resting = false;
  };

  const run = async () => {
    while (!stopped) {
      woken = false;
      const startedAt = performance.now();
      let result: 'more' | 'idle' = 'idle';
      try {
        result = await round();
      } catch (error) {
        onError(error);
      }
      if (result === 'more') continue;
      const gapLeftMs = startedAt + gapMs - performance.now();
      if (gapLeftMs > 0 && !isStopped()) await pause(gapLeftMs);
      if (!isWoken()) await rest();
    }
  };
  // Functions, because the flags change while a round or a pause is awaited.
  const isStopped = () => stopped;
  const isWoken = () => woken || stopped;

  const running = run();
  return {
    wake: () => {
      woken = true;
      if (resting) interrupt?.();
    },
    stop: async () => {
      stopped = true;
      interrupt?.();
      await running;
    },
  };
};
