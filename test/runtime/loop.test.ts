import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { startLoop, type Loop } from '../../runtime/loop.ts';

const EVERY_MS = 1_000;

let loop: Loop;
beforeEach(() => void vi.useFakeTimers());
afterEach(async () => {
  await loop.stop();
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

/** `round` gets the number of rounds, this one included. */
const start = (round: (count: number) => Promise<'more' | 'idle'>, gapMs?: number) => {
  const errors: unknown[] = [];
  let count = 0;
  const counted = vi.fn(async () => {
    count += 1;
    // The first round begins before `loop` is there.
    await Promise.resolve();
    return round(count);
  });
  loop = startLoop(counted, {
    everyMs: EVERY_MS,
    ...(gapMs !== undefined && { gapMs }),
    onError: (error) => errors.push(error),
  });
  return { round: counted, errors };
};
/** Lets everything run that waits for no timer. */
const settle = () => vi.advanceTimersByTimeAsync(0);

describe('a loop', () => {
  it('begins at once, and continues after its interval', async () => {
    const { round } = start(async () => 'idle');
    await settle();
    expect(round).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(EVERY_MS - 1);
    expect(round).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(round).toHaveBeenCalledTimes(2);
  });

  it('continues at once while there is more work', async () => {
    let left = 5;
    const { round } = start(async () => (left-- > 0 ? 'more' : 'idle'));
    await settle();
    expect(round).toHaveBeenCalledTimes(6);
  });

  it('continues at once when it is woken', async () => {
    const { round } = start(async () => 'idle');
    await settle();
    loop.wake();
    await settle();
    expect(round).toHaveBeenCalledTimes(2);
  });

  it('leaves a gap between its rounds, also when it is woken often', async () => {
    const { round } = start(async () => 'idle', 50);
    await settle();
    for (let count = 0; count < 20; count += 1) {
      loop.wake();
      await vi.advanceTimersByTimeAsync(5);
    }
    // At 0, 50 and 100 ms.
    expect(round).toHaveBeenCalledTimes(3);
    await vi.advanceTimersByTimeAsync(200);
    loop.wake();
    await settle();
    expect(round, 'the first after a while waits for nothing').toHaveBeenCalledTimes(4);
  });

  it('is stopped in a gap', async () => {
    const { round } = start(async () => 'idle', 50);
    await settle();
    await loop.stop();
    expect(round).toHaveBeenCalledTimes(1);
  });

  it('does not forget that it was woken during a round', async () => {
    const { round } = start(async (count) => {
      if (count === 1) loop.wake();
      return 'idle';
    });
    await settle();
    expect(round).toHaveBeenCalledTimes(2);
  });

  it('counts several calls during a round as one', async () => {
    const { round } = start(async (count) => {
      if (count === 1) for (let call = 0; call < 100; call += 1) loop.wake();
      return 'idle';
    });
    await settle();
    expect(round).toHaveBeenCalledTimes(2);
  });

  it('never runs two rounds at a time', async () => {
    let running = 0;
    let most = 0;
    const { round } = start(async () => {
      most = Math.max(most, (running += 1));
      await new Promise((resolve) => setTimeout(resolve, 50));
      running -= 1;
      return 'idle';
    });
    for (let time = 0; time < 20; time += 1) {
      loop.wake();
      await vi.advanceTimersByTimeAsync(20);
    }
    expect(round.mock.calls.length).toBeGreaterThan(3);
    expect(most).toBe(1);
    await vi.advanceTimersByTimeAsync(50);
  });

  it('reports a round that fails, and tries again after its interval', async () => {
    const { round, errors } = start(async () => {
      throw new Error('Postgres is unavailable');
    });
    await settle();
    expect(errors).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(3 * EVERY_MS);
    expect(round).toHaveBeenCalledTimes(4);
    expect(errors).toHaveLength(4);
  });

  it('ends the round under way when it is stopped, and begins no other', async () => {
    let finished = false;
    const { round } = start(async () => {
      await new Promise((resolve) => setTimeout(resolve, 500));
      finished = true;
      return 'more';
    });
    await settle();
    const stopping = loop.stop();
    await vi.advanceTimersByTimeAsync(500);
    await stopping;
    expect(finished).toBe(true);
    loop.wake();
    await vi.advanceTimersByTimeAsync(10 * EVERY_MS);
    expect(round).toHaveBeenCalledTimes(1);
  });

  it('does not wait out its interval when it is stopped', async () => {
    start(async () => 'idle');
    await settle();
    await expect(loop.stop()).resolves.toBeUndefined();
  });
});
