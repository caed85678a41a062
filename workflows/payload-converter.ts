import { defaultPayloadConverter, type PayloadConverter } from '@temporalio/workflow';

/**
 * Far more than any case has, and half of the server's limit. The server terminates a workflow with
 * a larger payload for good. If the payload is refused here, only the task fails; it is retried
 * until the code is fixed, and the watcher reports it.
 */
export const LARGEST_BYTES = 1_000_000;

/** JSON as usual, with a maximum size. */
export const payloadConverter: PayloadConverter = {
  toPayload: (value) => {
    const payload = defaultPayloadConverter.toPayload(value);
    const bytes = payload.data?.length ?? 0;
    // The watcher takes a failure that speaks of a payload for one that cannot be read
    // (`watcher/temporal.ts`); this one is a fault of the workflow.
    if (bytes > LARGEST_BYTES) throw new Error(`a value of ${bytes} bytes exceeds the limit of ${LARGEST_BYTES}`);
    return payload;
  },
  fromPayload: (payload) => defaultPayloadConverter.fromPayload(payload),
};
