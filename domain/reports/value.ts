import { dayTime, WORKING_DAY_MS, type Calendar } from '../calendar/calendar.ts';

/**
 * A case that ended with something granted: what the applicant had to do for it. Instants in
 * milliseconds since 1970.
 */
export interface ServedCase {
  matter: string;
  channel: 'window' | 'online' | 'kiosk';
  submittedAt: number;
  endedAt: number;
  /** The number of materials that were handed in; absent: not counted at that time. */
  handedIn?: number;
  /** Notices of missing papers that were answered. */
  answered: number;
  /** The matter delivers its papers, but the applicant collected them. */
  fetched: boolean;
}

/** The averages of one matter. */
export interface Value {
  matter: string;
  cases: number;
  materials?: number;
  trips: number;
  workingDays: number;
}

/**
 * Trips to a counter or kiosk: to hand in, to answer each notice, to collect the papers. Applicants
 * who applied online come at most to collect.
 */
export const tripsOf = ({ channel, answered, fetched }: Pick<ServedCase, 'channel' | 'answered' | 'fetched'>): number =>
  (channel === 'online' ? 0 : 1 + answered) + (fetched ? 1 : 0);

/**
 * Averages by matter. Cases are passed in parts, because a report over a year must not hold all of
 * them in memory.
 */
export const valueOfCases = async (
  calendar: Calendar,
  parts: AsyncIterable<readonly ServedCase[]>,
): Promise<Value[]> => {
  const sums = new Map<string, { cases: number; counted: number; materials: number; trips: number; days: number }>();
  for await (const part of parts) {
    for (const one of part) {
      const sum = sums.get(one.matter) ?? { cases: 0, counted: 0, materials: 0, trips: 0, days: 0 };
      sums.set(one.matter, {
        cases: sum.cases + 1,
        counted: sum.counted + (one.handedIn === undefined ? 0 : 1),
        materials: sum.materials + (one.handedIn ?? 0),
        trips: sum.trips + tripsOf(one),
        days: sum.days + (dayTime(calendar, one.endedAt) - dayTime(calendar, one.submittedAt)) / WORKING_DAY_MS,
      });
    }
  }
  return [...sums]
    .map(([matter, { cases, counted, materials, trips, days }]) => ({
      ...{ matter, cases, trips: trips / cases, workingDays: days / cases },
      ...(counted > 0 && { materials: materials / counted }),
    }))
    .sort((a, b) => a.matter.localeCompare(b.matter));
};
