/** An instant (ms since 1970) as ISO 8601 in UTC. */
export const iso = (at: number): string => new Date(at).toISOString();

/** The deadlines of a row of a clock. */
interface DeadlineRow {
  promisedAt?: number | undefined;
  statutoryAt?: number | undefined;
  pausedAt?: number | undefined;
  endedAt?: number | undefined;
  provisional?: boolean | undefined;
  statutoryProvisional?: boolean | undefined;
}

/**
 * The dates of a clock. A clock that has ended is not paused: its row keeps the pause that was open at
 * its end, because the light is judged by it.
 */
export const deadlinesView = ({ promisedAt, statutoryAt, pausedAt, endedAt, ...row }: DeadlineRow) => ({
  ...(promisedAt !== undefined && { promisedAt: iso(promisedAt) }),
  ...(statutoryAt !== undefined && { statutoryAt: iso(statutoryAt) }),
  ...(pausedAt !== undefined && endedAt === undefined && { pausedAt: iso(pausedAt) }),
  ...(endedAt !== undefined && { endedAt: iso(endedAt) }),
  provisional: row.provisional === true,
  statutoryProvisional: row.statutoryProvisional === true,
});

/** The instants of a row that are there, as ISO 8601. */
export const instants = <K extends string>(
  row: Partial<Record<K, number>>,
  keys: readonly K[],
): Partial<Record<K, string>> => {
  const found: Partial<Record<K, string>> = {};
  for (const key of keys) {
    const at = row[key];
    if (at !== undefined) found[key] = iso(at);
  }
  return found;
};
