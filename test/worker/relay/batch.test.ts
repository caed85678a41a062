import { describe, expect, it } from 'vitest';
import { createBatch } from '../../../worker/relay/batch.ts';

/** A write that ends when the test says so. */
const createHeldWrites = () => {
  const writes: { items: number[]; end: () => void; fail: (error: Error) => void }[] = [];
  const write = (items: number[]) =>
    new Promise<void>((resolve, reject) => {
      writes.push({ items, end: resolve, fail: reject });
    });
  return { writes, put: createBatch(write) };
};

describe('a batch', () => {
  it('writes one item at once', async () => {
    const { writes, put } = createHeldWrites();
    const done = put(1);
    await expect.poll(() => writes.length).toBe(1);
    writes[0]!.end();
    await expect(done).resolves.toBeUndefined();
    expect(writes[0]!.items).toEqual([1]);
  });

  it('gathers what comes while a write is under way into the next one', async () => {
    const { writes, put } = createHeldWrites();
    const first = put(1);
    await expect.poll(() => writes.length).toBe(1);
    const others = [put(2), put(3), put(4)];
    expect(writes).toHaveLength(1);
    writes[0]!.end();
    await first;
    await expect.poll(() => writes.length).toBe(2);
    expect(writes[1]!.items).toEqual([2, 3, 4]);
    writes[1]!.end();
    await Promise.all(others);
  });

  it('fails the items whose write failed, and continues with the others', async () => {
    const { writes, put } = createHeldWrites();
    const first = put(1);
    await expect.poll(() => writes.length).toBe(1);
    const second = put(2);
    writes[0]!.fail(new Error('Postgres is unavailable'));
    await expect(first).rejects.toThrow('Postgres is unavailable');
    await expect.poll(() => writes.length).toBe(2);
    writes[1]!.end();
    await expect(second).resolves.toBeUndefined();
  });

  it('writes every item once, in any order of arrival', async () => {
    const written: number[] = [];
    let under = 0;
    let most = 0;
    const put = createBatch(async (items: number[]) => {
      most = Math.max(most, (under += 1));
      await new Promise(setImmediate);
      written.push(...items);
      under -= 1;
    });
    const items = Array.from({ length: 500 }, (_, item) => item);
    await Promise.all(
      items.map(async (item) => {
        for (let turn = 0; turn < item % 7; turn += 1) await new Promise(setImmediate);
        await put(item);
      }),
    );
    expect(written.sort((a, b) => a - b)).toEqual(items);
    expect(most).toBe(1);
  });
});
