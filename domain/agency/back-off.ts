const FIRST_MS = 1_000;
/** A recovering agency is found within five minutes. */
const LONGEST_MS = 300_000;
/**
 * Cases that failed together are spread over this share of their delay, so that they do not come
 * back in step.
 */
const SPREAD = 0.2;

/**
 * When an agency that could not be reached is tried next, in milliseconds from now: doubling from a
 * second to five minutes, up to a fifth sooner; when the agency asked for more, then and up to a
 * fifth later.
 */
export const retryDelayMs = (attempt: number, retryAfterMs: number | undefined, random: () => number): number => {
  const doubled = Math.min(FIRST_MS * 2 ** Math.min(attempt - 1, 20), LONGEST_MS);
  const spread = random() * SPREAD;
  return Math.round(Math.max(doubled * (1 - spread), (retryAfterMs ?? 0) * (1 + spread)));
};
