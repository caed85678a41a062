import type { PayloadConverter } from '@temporalio/common';
import { decode, encode } from '@temporalio/common/lib/encoding.js';
import { payloadConverter as own } from '../../../workflows/payload-converter.ts';
import { UNREADABLE } from './poisoned.ts';

/** What the metadata of a payload that is sealed with a missing key looks like. */
const SEALED = { encoding: encode('binary/encrypted') };

/** Fails for the payloads of some cases, as if their key were missing. */
export const payloadConverter: PayloadConverter = {
  toPayload: (value) => own.toPayload(value),
  fromPayload: (payload) => {
    const text = decode(payload.data ?? new Uint8Array());
    const unreadable = UNREADABLE.some((caseId) => text.includes(caseId));
    return own.fromPayload(unreadable ? { ...payload, metadata: SEALED } : payload);
  },
};
