/**
 * The most names and list items that one body or query may have, at every depth together. The
 * largest legal body is an answer to a supplement notice: a change for every value of the largest
 * form (`MAX_FORM_VALUES`), 100 items of the notice, 50 materials of three names each. A check of
 * more costs time and gives nothing that a caller could use.
 */
export const MAX_ENTRIES = 800;

/**
 * Whether a parsed JSON value has more names and list items than `most`. Walks level by level
 * instead of recursively, so that depth does not use the stack, and stops at the first one too
 * many.
 */
export const hasMoreEntries = (value: unknown, most: number): boolean => {
  let left = most;
  for (let level = [value]; level.length > 0;) {
    const next: unknown[] = [];
    for (const one of level) {
      if (typeof one !== 'object' || one === null) continue;
      const inside: unknown[] = Object.values(one);
      left -= inside.length;
      if (left < 0) return true;
      next.push(...inside);
    }
    level = next;
  }
  return false;
};
