/**
 * What a `webhook-id` says about its call. It is signed, so a signature is good for one call only:
 * one direction, one method, one address (docs/decisions/0031-what-a-signature-is-for.md).
 */

/** Every call of one-matter has it and no call of an agency, so neither can be sent back. */
const OURS = 'one-matter:';

/** The `webhook-id` of a call of one-matter about a request; the same for every attempt. */
export const formatOurCallId = (requestId: string, about?: 'enquiry' | 'undo'): string =>
  `${OURS}${requestId}${about === undefined ? '' : `:${about}`}`;

export const isOurCallId = (id: string): boolean => id.startsWith(OURS);

/**
 * The `webhook-id` of a call of an agency without a body. `target`: the path and query as they are
 * sent, from `/agency/v1` or `/api/v1` on. `nonce`: another one for every call.
 */
export const formatCallId = (method: string, target: string, nonce: string): string => `${method} ${target} ${nonce}`;

/** Whether the id is one of a call without a body, to this address by this method. */
export const isCallIdOf = (id: string, method: string, target: string): boolean => {
  const prefix = formatCallId(method, target, '');
  return id.startsWith(prefix) && /^[\w.-]{8,100}$/.test(id.slice(prefix.length));
};
