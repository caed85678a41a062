import { TemporalFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { PAYLOAD_UNREADABLE } from '../../workflows/names.ts';
import { LARGEST_BYTES, payloadConverter } from '../../workflows/payload-converter.ts';

/** As JSON, with its two quotation marks. */
const bytes = (count: number) => 'x'.repeat(count - 2);

const read = (encoding: string, data: string) => () =>
  payloadConverter.fromPayload({ metadata: { encoding: Buffer.from(encoding) }, data: Buffer.from(data) });

const errorOf = (run: () => unknown): unknown => {
  try {
    return run();
  } catch (error) {
    return error;
  }
};

describe('a payload of a workflow', () => {
  it.each([undefined, null, 7, '出生', { steps: ['a', 'b'], at: 1 }])('is decoded unchanged: %j', (value) => {
    expect(payloadConverter.fromPayload(payloadConverter.toPayload(value))).toEqual(value);
  });

  it('is refused if the server would end the workflow because of it', () => {
    expect(payloadConverter.toPayload(bytes(LARGEST_BYTES)).data).toHaveLength(LARGEST_BYTES);
    for (const tooLarge of [LARGEST_BYTES + 1, 3_000_000]) {
      expect(() => payloadConverter.toPayload(bytes(tooLarge))).toThrow(`${tooLarge} bytes`);
    }
  });

  it.each([
    ['in an encoding that it does not know', read('binary/encrypted', '?')],
    ['that is not JSON', read('json/plain', '{')],
  ])('has a failure type below an error without one for a payload %s', (_, reads) => {
    const failed = errorOf(reads);
    expect(failed).toHaveProperty('cause.type', PAYLOAD_UNREADABLE);
    // Temporal ends a workflow for a failure with a type.
    expect(failed).not.toBeInstanceOf(TemporalFailure);
  });
});
