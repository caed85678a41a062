import type { FieldFormat } from '../matter/field-formats.ts';

/** Masks personal data for readers who need to distinguish people but not to know them. */

/** A value of a result in the view of a case; a number or a yes-no is hidden whole. */
export const maskValue = (format: FieldFormat | undefined, value: unknown): string => {
  if (typeof value !== 'string') return '***';
  return format === 'person-name' ? maskName(value) : maskIdNo(value);
};

/**
 * `330***********0011`: the first three characters and the last four stay visible. Of a short
 * number at most the last two do.
 */
export const maskIdNo = (idNo: string): string => {
  const characters = Array.from(idNo);
  if (characters.length < 10) return '*'.repeat(Math.max(characters.length - 2, 0)) + characters.slice(-2).join('');
  return [...characters.slice(0, 3), '*'.repeat(characters.length - 7), ...characters.slice(-4)].join('');
};

/**
 * `林**`: the first character of the family name stays visible. A character outside the BMP counts
 * as one.
 */
export const maskName = (name: string): string => {
  const [first = '', ...rest] = Array.from(name);
  return first + '*'.repeat(rest.length);
};
