import { describe, expect, it } from 'vitest';
import { LARGEST_BYTES, payloadConverter } from '../../workflows/payload-converter.ts';

/** As JSON, with its two quotation marks. */
const bytes = (count: number) => 'x'.repeat(count - 2);

describe('what a workflow says', () => {
  it.each([undefined, null, 7, '出生', { steps: ['a', 'b'], at: 1 }])('comes back as it was: %j', (value) => {
    expect(payloadConverter.fromPayload(payloadConverter.toPayload(value))).toEqual(value);
  });

  it('is refused where the server would end the workflow for it', () => {
    expect(payloadConverter.toPayload(bytes(LARGEST_BYTES)).data).toHaveLength(LARGEST_BYTES);
    for (const tooLarge of [LARGEST_BYTES + 1, 3_000_000]) {
      expect(() => payloadConverter.toPayload(bytes(tooLarge))).toThrow(`${tooLarge} bytes`);
    }
  });
});
