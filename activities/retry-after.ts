export interface RetryAfter {
  /** The agency asked not to be called for so many milliseconds. */
  note: (agency: string, ms: number) => void;
  /** For how many more milliseconds it is not to be called; 0: it may be. */
  leftMs: (agency: string) => number;
}

/**
 * `Retry-After`, as far as this process has heard it. It holds for the caller and not for one request, so no step of ours goes to that
 * agency before. In memory: another worker hears it with its own first call.
 */
export const createRetryAfter = (now: () => number): RetryAfter => {
  const until = new Map<string, number>();
  return {
    note: (agency, ms) => until.set(agency, Math.max(until.get(agency) ?? 0, now() + ms)),
    leftMs: (agency) => Math.max(0, (until.get(agency) ?? 0) - now()),
  };
};
