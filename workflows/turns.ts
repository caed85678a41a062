import { condition } from '@temporalio/workflow';

/** Runs `work` when it is its turn at the agency. */
export type TakeTurn = <Result>(agency: string, work: () => Promise<Result>) => Promise<Result>;

interface Line {
  running: number;
  waiting: object[];
}

/**
 * Lets at most `most` calls to an agency run at the same time; the others wait in the order in which
 * they came. A cancelled call leaves the line. While there is room a call begins at once.
 */
export const createTurns = (most: (agency: string) => number): TakeTurn => {
  const lines = new Map<string, Line>();

  return async (agency, work) => {
    const line = lines.get(agency) ?? { running: 0, waiting: [] };
    lines.set(agency, line);
    const isFree = () => line.running < most(agency);
    if (!isFree() || line.waiting.length > 0) {
      const place = {};
      line.waiting.push(place);
      try {
        await condition(() => line.waiting[0] === place && isFree());
      } finally {
        line.waiting.splice(line.waiting.indexOf(place), 1);
      }
    }
    line.running += 1;
    try {
      return await work();
    } finally {
      line.running -= 1;
    }
  };
};
