/** An instant (ms since 1970) as ISO 8601 in UTC. */
export const iso = (at: number): string => new Date(at).toISOString();

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
