import type { PayloadConverter } from '@temporalio/common';
import { decode } from '@temporalio/common/lib/encoding.js';
import { payloadConverter as own } from '../../../workflows/payload-converter.ts';
import { UNREADABLE } from './poisoned.ts';

/** Fails for the payloads of some cases, as if their key were missing. */
export const payloadConverter: PayloadConverter = {
  toPayload: (value) => own.toPayload(value),
  fromPayload: (payload) => {
    const text = decode(payload.data ?? new Uint8Array());
    if (UNREADABLE.some((caseId) => text.includes(caseId))) throw new Error('cannot decode the payload: no key');
    return own.fromPayload(payload);
  },
};
