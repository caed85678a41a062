import { afterAll, beforeAll, expect, it } from 'vitest';
import { openExports, type Exports } from '../api/exporting.ts';

const CASES = 50_000;
/** What may be held beyond what was held before: a few pages of 500 and the buffers.  */
const MOST_HELD = 8 * 2 ** 20;

let exports: Exports;
beforeAll(async () => {
  exports = await openExports();
  await exports.growTo(CASES);
}, 300_000);
afterAll(() => exports.close());

it.each(['csv', 'xlsx'] as const)(
  '50,000 cases as %s are streamed at the speed of the reader, and are never all in memory',
  async (format) => {
    const { text, asked, askedAtFirst, held } = await exports.take(format, { lookEvery: 20 });
    // With the first bytes here, hardly any of the two hundred questions for rows and dossiers has
    // been asked.
    expect(askedAtFirst).toBeLessThan(50);
    expect(asked).toBeGreaterThan(200);
    expect(held.length).toBeGreaterThan(5);
    // The first looks still see what it took to make the cases.
    const [, first, ...rest] = held;
    expect(Math.max(...rest)).toBeLessThan(first! + MOST_HELD);
    expect(text.match(/林\*\*/g)).toHaveLength(CASES);
    expect(text).toContain('合计行数');
    expect(text).not.toContain('林晓雨');
  },
  180_000,
);
