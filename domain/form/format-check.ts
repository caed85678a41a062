import { isDate } from '../matter/birth-dates.ts';
import type { Text } from '../matter/schema.ts';
import type { Clock } from '../matter/values.ts';

/**
 * What is wrong with a normalised text: it cannot be right (`error`), or it is unusual and a person
 * must compare it with the document (`warning`). The message never repeats the text.
 */
export interface FormatProblem {
  level: 'error' | 'warning';
  message: Text;
}

/** Undefined: nothing is wrong. */
export type FieldCheck = (text: string, clock: Clock) => FormatProblem | undefined;

export const wrong = (zh: string, en: string): FormatProblem => ({ level: 'error', message: { zh, en } });
export const unusual = (zh: string, en: string): FormatProblem => ({ level: 'warning', message: { zh, en } });

export const matching =
  (pattern: RegExp, problem: FormatProblem): FieldCheck =>
  (text) =>
    pattern.test(text) ? undefined : problem;

export const isDateTime = (text: string): boolean => {
  const parts = /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d:[0-5]\d\+08:00$/.exec(text);
  return parts?.[1] !== undefined && isDate(parts[1]);
};
