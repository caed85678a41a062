import type { Terminal } from './terminal.ts';
import { failure } from './failure.ts';

/** All times are shown in China time, which has one zone and no summer time. */
const OFFSET = '+08:00';

/**
 * `2026-11-30 10:00:00+08:00`, for an instant as the API gives it. `readInstant` reads it again.
 */
export const localTime = (instant: string): string =>
  `${new Date(instant).toLocaleString('sv-SE', { timeZone: 'Asia/Shanghai' })}${OFFSET}`;

const INSTANT = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?))?(Z|[+-]\d{2}:\d{2})?$/i;

/** `Date` reads the 30th of February as the 2nd of March. */
const isDay = (day: string): boolean => {
  const at = new Date(`${day}T00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(day);
};

/**
 * Reads an instant that a user typed, and returns it in ISO 8601 in UTC, as the API expects it.
 * Without an offset it is China time.
 */
export const readInstant = ({ t }: Pick<Terminal, 't'>, text: string): string => {
  const [, day, time = '00:00', offset = OFFSET] = INSTANT.exec(text.trim()) ?? [];
  const at = new Date(`${day}T${time}${offset.toUpperCase()}`);
  if (day === undefined || !isDay(day) || Number.isNaN(at.getTime())) throw failure(t('time.unreadable', { text }));
  return at.toISOString();
};
