const FIRST_MS = 1_000;
/** A recovering agency is found within five minutes. */
const LONGEST_MS = 300_000;

/**
 * When an agency that could not be reached is tried next, in milliseconds from now: doubling from a second to five minutes,
 * spread by a fifth so that cases do not come back in step; never sooner than the agency asked.
 */
export const retryDelayMs = (attempt: number, retryAfterMs: number | undefined, random: () => number): number => {
  const doubled = Math.min(FIRST_MS * 2 ** Math.min(attempt - 1, 20), LONGEST_MS);
  return Math.max(Math.round(doubled * (0.9 + random() * 0.2)), retryAfterMs ?? 0);
};
