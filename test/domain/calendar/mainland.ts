import { readFileSync } from 'node:fs';
import { createCalendar } from '../../../domain/calendar/calendar.ts';
import { loadCalendar, SHIPPED_CALENDAR } from '../../../domain/authoring/load-calendar.ts';

const loaded = loadCalendar(readFileSync(SHIPPED_CALENDAR, 'utf8'), 'calendar.yaml');
if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));

/** The calendar of the catalog. */
export const MAINLAND = loaded.calendar;
export const mainland = createCalendar(MAINLAND);
