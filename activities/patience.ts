export interface Patience {
  /** The agency asked to be left alone for so long. */
  ask: (agency: string, ms: number) => void;
  /** How long it still is to be left alone, milliseconds; 0: not any more. */
  leftMs: (agency: string) => number;
}

/**
 * `Retry-After`, as far as this process has heard it. It is asked of the caller and not of one request, so no step of ours goes to that
 * agency before. In memory: another worker hears it with its own first call.
 */
export const createPatience = (now: () => number): Patience => {
  const until = new Map<string, number>();
  return {
    ask: (agency, ms) => until.set(agency, Math.max(until.get(agency) ?? 0, now() + ms)),
    leftMs: (agency) => Math.max(0, (until.get(agency) ?? 0) - now()),
  };
};
