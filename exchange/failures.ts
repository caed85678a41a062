import type { AgencyAnswer, Failure } from '../agencies/client.ts';
import type { AttentionCode } from '../domain/case/messages.ts';
import type { AgencyReply } from './connections/connection.ts';

/** An answer asks for a field or a material that the matter does not have. It is not followed. */
export const ITEM_UNKNOWN = 'SUPPLEMENT_ITEM_UNKNOWN';

type UnavailableFailure = Extract<Failure, { kind: 'unavailable' }>;

/**
 * `withdrawn`: the agency has an undo of this very request, and we have none. A person has to
 * resolve that.
 */
type Fault = Failure | { kind: 'withdrawn' };

/** A failure for the row of the step: a code, never a text of the agency. */
export const errorOf = (failure: Fault): string => {
  if (failure.kind === 'withdrawn') return 'HTTP_410';
  if (failure.kind !== 'unavailable') return failure.detail;
  return failure.status === undefined ? `CONNECTION_${failure.cause.toUpperCase()}` : `HTTP_${failure.status}`;
};

/** Why a person has to look at it. */
export const attentionOf = (failure: Exclude<Fault, UnavailableFailure>): AttentionCode => {
  const codes = {
    withdrawn: 'AGENCY_REJECTED',
    rejected: 'AGENCY_REJECTED',
    misconfigured: 'AGENCY_SETUP',
    unreadable: 'AGENCY_UNREADABLE',
  } as const;
  return codes[failure.kind];
};

/** The reply of a call that can succeed in another attempt. */
export const toUnavailable = (failure: UnavailableFailure): Extract<AgencyReply<never>, { kind: 'unavailable' }> => ({
  kind: 'unavailable',
  error: errorOf(failure),
  ...(failure.retryAfterMs !== undefined && { retryAfterMs: failure.retryAfterMs }),
});

/**
 * Why an answer counts against the agency as a whole, as a code; undefined: it does not. An answer
 * counts too if our set-up or the agency's software spoils it, because it would spoil every step.
 * An agency that rejects a payload is available, and so is one that asks for fewer calls (429).
 */
export const whyFailed = (answer: AgencyAnswer): string | undefined => {
  switch (answer.kind) {
    case 'unavailable':
      return answer.status === 429 ? undefined : errorOf(answer);
    case 'misconfigured':
    case 'unreadable':
      return errorOf(answer);
    default:
      return undefined;
  }
};
