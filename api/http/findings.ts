/** The findings of one answer: the first ones, and the number of the others. */
export interface Findings<T> {
  shown: T[];
  omitted: number;
}

/**
 * An empty form has at most 25 findings in the matters of the catalog, and about 100 when every
 * list is full of empty items. People need them together.
 */
export const MAX_FINDINGS = 100;

/** Below the 64 kB of a whole answer: the texts of a matter may be long. */
const MAX_FINDINGS_BYTES = 48 * 1024;

/** Cuts findings to what one answer can hold. */
export const boundFindings = <T>(findings: readonly T[]): Findings<T> => {
  const shown: T[] = [];
  let bytes = 0;
  for (const finding of findings.slice(0, MAX_FINDINGS)) {
    bytes += Buffer.byteLength(JSON.stringify(finding));
    if (bytes > MAX_FINDINGS_BYTES) break;
    shown.push(finding);
  }
  return { shown, omitted: findings.length - shown.length };
};
