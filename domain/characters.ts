import type { Text } from './matter/schema.ts';

/**
 * Which characters a text may hold. Forms, reasons, references and the answers of agencies use these
 * rules: a text reads as what it is, on every screen and paper.
 */

/** Marks without any width or meaning that are copied together with text. */
const EMPTY_MARKS = /[\u00AD\u200B\u2060\uFEFF]/gu;

/**
 * Control characters (Postgres stores no NUL), unpaired surrogates, marks that change the direction
 * of what follows, the sign that a wrong encoding leaves (U+FFFD), and private-use characters, which
 * every computer shows in another way.
 */
const UNREADABLE = /[^\P{Cc}\n]|\p{Cs}|\p{Co}|[\u2028-\u202E\u2066-\u2069\uFFF9-\uFFFD]/u;

/** The text without marks that mean nothing. */
export const dropEmptyMarks = (text: string): string => text.replace(EMPTY_MARKS, '');

/** A text of one line has no line break. */
export type Lines = 'one' | 'many';

/** Whether the text holds characters that may not be kept. */
export const hasUnreadable = (text: string, lines: Lines): boolean =>
  UNREADABLE.test(text) || (lines === 'one' && text.includes('\n'));

/** What is wrong with an unreadable text. */
export const UNREADABLE_TEXT: Readonly<Record<Lines, Text>> = {
  one: {
    zh: '含有换行或无法识别的字符，请去掉后重新输入',
    en: 'Contains a line break or characters that cannot be read. Type it again without them',
  },
  many: {
    zh: '含有无法识别的字符，请去掉后重新输入',
    en: 'Contains characters that cannot be read. Type it again without them',
  },
};
