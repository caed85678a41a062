import { dateOf, dayOf } from './calendar/calendar-days.ts';
import type { Calendar } from './calendar/calendar.ts';
import { addLimit } from './calendar/limit.ts';
import { findStep } from './matter/compile.ts';
import type { Matter, Text } from './matter/schema.ts';

/** What a refusal must contain besides the reason: the legal basis and the remedies. */
export interface Remedy {
  /** The usual ground of the definition that the agency named. */
  ground?: Text;
  /** The provisions that the refusal is based on. */
  basis: string[];
  /**
   * The end of the time to apply for reconsideration (行政复议): 60 days, 行政复议法 art. 20. An instant, ms
   * since 1970.
   */
  reconsiderationUntil: number;
  /**
   * The last day on which an action (行政诉讼) can be brought: six months, 行政诉讼法 art. 46. YYYY-MM-DD.
   */
  litigationUntil: string;
}

/**
 * The remedies against a decision that was announced at `at`; `ground` is the code that the agency
 * gave and `basis` the provision, if any.
 */
export const remedyOf = (
  calendar: Calendar,
  matter: Matter,
  stepId: string,
  { at, ground, basis }: { at: number; ground?: string | undefined; basis?: string | undefined },
): Remedy => {
  const known = findStep(matter, stepId)?.step.refusals.find(({ code }) => code === ground);
  const own = basis ?? known?.basis;
  return {
    ...(known && { ground: known.name }),
    basis: own === undefined ? matter.basis : [own],
    reconsiderationUntil: addLimit(calendar, at, { calendarDays: 60 }).at,
    litigationUntil: addMonths(dateOf(dayOf(at)), 6),
  };
};

/** The same day of a later month, or the last day of that month if it has no such day. */
const addMonths = (date: string, months: number): string => {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  const lastOfMonth = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + months, Math.min(day, lastOfMonth))).toISOString().slice(0, 10);
};
