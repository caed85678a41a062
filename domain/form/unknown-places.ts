/** The places of a form of which nothing is known: their values are wrong, or missing by mistake. */
export interface UnknownPlaces {
  isEmpty: boolean;
  /**
   * Whether what stands at a place is unknown, as a whole or in part: the place itself, a group or
   * list around it, or something in it. `children[].name` is the name of every item.
   */
  has: (place: string) => boolean;
}

export const createUnknownPlaces = (paths: Iterable<string>): UnknownPlaces => {
  const wrong = new Set([...paths].flatMap((path) => [path, path.replaceAll(/\[\d+\]/g, '[]')]));
  const around = new Set([...wrong].flatMap((path) => cutAt(path, ['.'])));
  return {
    isEmpty: wrong.size === 0,
    has: (place) =>
      around.has(place) || wrong.has(place) || cutAt(place, ['.', '[]']).some((holder) => wrong.has(holder)),
  };
};

/** The parts of a path before each of these marks. */
const cutAt = (path: string, marks: readonly string[]): string[] =>
  Array.from(path, (_, index) => index)
    .filter((index) => index > 0 && marks.some((mark) => path.startsWith(mark, index)))
    .map((index) => path.slice(0, index));
