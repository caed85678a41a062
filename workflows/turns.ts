/** Limits the calls of a case that an agency has at the same time. */
export interface Turns {
  /**
   * Calls `start` when it is its turn: now, or inside the `end` of a call before it. Returns a
   * function that leaves the line.
   */
  take: (agency: string, start: () => void) => () => void;
  /** A call has ended: the next in the line starts. */
  end: (agency: string) => void;
}

interface Line {
  running: number;
  waiting: (() => void)[];
}

/**
 * At most `most` calls to an agency run at the same time; the others start in the order in which
 * they came. Nothing here is awaited: a replay may resolve several calls at once that ended one
 * after the other, and finds the same commands only if a call that ends starts the next one before
 * anything else goes on.
 */
export const createTurns = (most: (agency: string) => number): Turns => {
  const lines = new Map<string, Line>();
  const lineOf = (agency: string): Line => {
    const line = lines.get(agency) ?? { running: 0, waiting: [] };
    lines.set(agency, line);
    return line;
  };
  const startNext = (agency: string, line: Line): void => {
    while (line.running < most(agency)) {
      const start = line.waiting.shift();
      if (!start) return;
      line.running += 1;
      start();
    }
  };

  return {
    take: (agency, start) => {
      const line = lineOf(agency);
      line.waiting.push(start);
      startNext(agency, line);
      return () => {
        line.waiting = line.waiting.filter((one) => one !== start);
      };
    },
    end: (agency) => {
      const line = lineOf(agency);
      line.running -= 1;
      startNext(agency, line);
    },
  };
};
