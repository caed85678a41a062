const FIRST_MS = 1_000;
/** A recovering agency is called within five minutes. */
const LONGEST_MS = 300_000;
/**
 * Cases that failed together are spread over this share of their delay, so that their next attempts
 * do not come together.
 */
const SPREAD = 0.2;

/**
 * The delay until the next call to an unavailable agency, in milliseconds: it doubles from a second
 * to five minutes, and is up to a fifth shorter. If the agency asked for a longer delay, it is that
 * delay or up to a fifth longer.
 */
export const retryDelayMs = (attempt: number, retryAfterMs: number | undefined, random: () => number): number => {
  const doubled = Math.min(FIRST_MS * 2 ** Math.min(attempt - 1, 20), LONGEST_MS);
  const spread = random() * SPREAD;
  return Math.round(Math.max(doubled * (1 - spread), (retryAfterMs ?? 0) * (1 + spread)));
};
