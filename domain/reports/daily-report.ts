import { AGENCY_CAUSES, WAITING_CAUSES, type WaitingCause } from '../waiting/causes.ts';

/**
 * The figures of a day (日报): counts by division, so that each reader gets the sum of their own
 * divisions. `open`, `late` and stalls are counted at the end of the day.
 */
export interface DayFigures {
  cases: CaseFigures[];
  agencies: AgencyFigures[];
  stalls: { region: string; agency?: string; cause: WaitingCause; count: number }[];
}

interface CaseCounts {
  submitted: number;
  /**
   * Cases that ended: all; with something granted; with a promised deadline; with a promised
   * deadline that they met.
   */
  ended: number;
  granted: number;
  promised: number;
  onTime: number;
  open: number;
  late: number;
}

interface AgencyCounts {
  /**
   * Steps that the agency decided: all; with a promised deadline; with a promised deadline that
   * they met; with a supplement.
   */
  decided: number;
  promised: number;
  onTime: number;
  supplemented: number;
}

type AgencySums = AgencyCounts & { stalled: number };
type CaseFigures = CaseCounts & { region: string; matter: string };
type AgencyFigures = AgencyCounts & { region: string; agency: string };

/** The figures of a division, added up. */
export interface DaySums {
  total: CaseCounts & { stalled: number };
  matters: (CaseCounts & { matter: string })[];
  /** `stalled`: steps for which the agency itself is the cause. */
  agencies: (AgencySums & { agency: string })[];
  causes: { cause: WaitingCause; count: number }[];
}

const NO_CASES: CaseCounts = { submitted: 0, ended: 0, granted: 0, promised: 0, onTime: 0, open: 0, late: 0 };
const NO_STEPS: AgencySums = { decided: 0, promised: 0, onTime: 0, supplemented: 0, stalled: 0 };

/** Adds up the figures of a division (a prefix; empty: everywhere). */
export const sumsOfDay = (figures: DayFigures, region: string): DaySums => {
  const pickOwn = <T extends { region: string }>(all: readonly T[]): T[] =>
    all.filter((one) => one.region.startsWith(region));
  const [cases, steps, stalls] = [pickOwn(figures.cases), pickOwn(figures.agencies), pickOwn(figures.stalls)];
  const agencies = stalls.flatMap(({ agency, cause, count }) =>
    agency !== undefined && OWN_CAUSES.includes(cause) ? [{ ...NO_STEPS, agency, stalled: count }] : [],
  );
  return {
    total: {
      ...cases.reduce(addCases, NO_CASES),
      stalled: stalls.reduce((sum, { count }) => sum + count, 0),
    },
    matters: groupByKey(cases, ({ matter }) => matter).map(([matter, group]) => ({
      matter,
      ...group.reduce(addCases, NO_CASES),
    })),
    agencies: groupByKey([...steps.map((one) => ({ ...one, stalled: 0 })), ...agencies], ({ agency }) => agency).map(
      ([agency, group]) => ({ agency, ...group.reduce(addSteps, NO_STEPS) }),
    ),
    causes: WAITING_CAUSES.flatMap((cause) => {
      const count = stalls.reduce((sum, one) => sum + (one.cause === cause ? one.count : 0), 0);
      return count === 0 ? [] : [{ cause, count }];
    }),
  };
};

const OWN_CAUSES: readonly WaitingCause[] = AGENCY_CAUSES;

const addCases = (a: CaseCounts, b: CaseCounts): CaseCounts => ({
  submitted: a.submitted + b.submitted,
  ended: a.ended + b.ended,
  granted: a.granted + b.granted,
  promised: a.promised + b.promised,
  onTime: a.onTime + b.onTime,
  open: a.open + b.open,
  late: a.late + b.late,
});

const addSteps = (a: AgencySums, b: AgencySums): AgencySums => ({
  decided: a.decided + b.decided,
  promised: a.promised + b.promised,
  onTime: a.onTime + b.onTime,
  supplemented: a.supplemented + b.supplemented,
  stalled: a.stalled + b.stalled,
});

const groupByKey = <T>(all: readonly T[], keyOf: (one: T) => string): [key: string, group: T[]][] => {
  const byKey = new Map<string, T[]>();
  for (const one of all) byKey.set(keyOf(one), [...(byKey.get(keyOf(one)) ?? []), one]);
  return [...byKey].sort(([a], [b]) => a.localeCompare(b));
};
