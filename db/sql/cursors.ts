const LATEST_INSTANT = 8.64e15;

/** Cursors are opaque to callers: the sort key of the last row, as base64url JSON. */
export const writeCursor = (key: readonly (string | number)[]): string =>
  Buffer.from(JSON.stringify(key)).toString('base64url');

/** The sort key of a cursor; undefined: it was not made here, or has another number of parts. */
export const readCursor = (cursor: string, parts: number): (string | number)[] | undefined => {
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    const isCursor = Array.isArray(key) && key.length === parts && key.every(isPart);
    return isCursor ? key : undefined;
  } catch {
    return undefined;
  }
};

/** A number is an instant, so a date must be able to hold it. */
const isPart = (part: unknown): part is string | number =>
  typeof part === 'string' || (typeof part === 'number' && Math.abs(part) <= LATEST_INSTANT);
