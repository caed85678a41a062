import { ApplicationFailure, defaultPayloadConverter, type PayloadConverter } from '@temporalio/workflow';
import { PAYLOAD_UNREADABLE } from './names.ts';

/**
 * Far more than any case has, and half of the server's limit. The server terminates a workflow with
 * a larger payload for good. If the payload is refused here, only the task fails; it is retried
 * until the code is fixed, and the watcher reports it.
 */
export const LARGEST_BYTES = 1_000_000;

/** JSON as usual, with a maximum size and a failure type for what cannot be read. */
export const payloadConverter: PayloadConverter = {
  toPayload: (value) => {
    const payload = defaultPayloadConverter.toPayload(value);
    const bytes = payload.data?.length ?? 0;
    if (bytes > LARGEST_BYTES) throw new Error(`a value of ${bytes} bytes exceeds the limit of ${LARGEST_BYTES}`);
    return payload;
  },
  fromPayload: (payload) => {
    try {
      return defaultPayloadConverter.fromPayload(payload);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const cause = ApplicationFailure.create({ type: PAYLOAD_UNREADABLE, message });
      throw new Error('a payload cannot be read', { cause });
    }
  },
};
