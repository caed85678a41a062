import { fileURLToPath } from 'node:url';
import { CalendarData } from '../calendar/calendar-schema.ts';
import type { DefinitionProblem } from './findings.ts';
import { lintCalendar } from './lint-calendar.ts';
import { hashOf } from './load.ts';
import { parseDefinition } from './yaml-file.ts';

export interface LoadedCalendar {
  calendar: CalendarData;
  /** SHA-256 of the definition, hex: the same for files that differ only in layout and comments. */
  hash: string;
}

/**
 * Reads and lints the YAML of a calendar. A calendar with a mistake is refused as a whole, with the
 * line and column of every problem.
 */
export const loadCalendar = (
  source: string,
  file: string,
): ({ ok: true } & LoadedCalendar) | { ok: false; problems: DefinitionProblem[] } => {
  const { value: calendar, problems, locate } = parseDefinition(CalendarData, source, file);
  if (!calendar) return { ok: false, problems };
  const findings = locate(lintCalendar(calendar));
  return findings.length === 0 ? { ok: true, calendar, hash: hashOf(calendar) } : { ok: false, problems: findings };
};

/** The calendar of this release; `npm run cli -- calendar publish` publishes another. */
export const SHIPPED_CALENDAR = fileURLToPath(new URL('../../catalog/calendar.yaml', import.meta.url));
