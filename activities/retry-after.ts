export interface RetryAfter {
  /** The agency asked not to be called for this many milliseconds. */
  note: (agency: string, ms: number) => void;
  /** The number of milliseconds for which it must still not be called; 0: it can be called. */
  leftMs: (agency: string) => number;
}

/**
 * `Retry-After` as far as this process knows it. It applies to the caller and not to one request,
 * so none of our steps goes to that agency before. It is kept in memory: another worker learns it
 * with its own first call.
 */
export const createRetryAfter = (now: () => number): RetryAfter => {
  const until = new Map<string, number>();
  return {
    note: (agency, ms) => until.set(agency, Math.max(until.get(agency) ?? 0, now() + ms)),
    leftMs: (agency) => Math.max(0, (until.get(agency) ?? 0) - now()),
  };
};
