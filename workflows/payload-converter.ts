import { defaultPayloadConverter, type PayloadConverter } from '@temporalio/workflow';

/**
 * Far more than any case has, and half of what the server takes. Whatever is larger the server answers by terminating the workflow, for
 * good; refused here it only fails the task, which is retried until the code is mended, and the watcher says so.
 */
export const LARGEST_BYTES = 1_000_000;

/** JSON as ever, and never too much of it. */
export const payloadConverter: PayloadConverter = {
  toPayload: (value) => {
    const payload = defaultPayloadConverter.toPayload(value);
    const bytes = payload.data?.length ?? 0;
    if (bytes > LARGEST_BYTES) throw new Error(`${bytes} bytes in one argument or result, and not ${LARGEST_BYTES}`);
    return payload;
  },
  fromPayload: (payload) => defaultPayloadConverter.fromPayload(payload),
};
