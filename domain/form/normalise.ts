import { dropEmptyMarks } from '../characters.ts';
import type { FieldFormat } from './fields.ts';

/**
 * How a value becomes equal however it was typed or pasted. Form, search, duplicates, public page
 * and command line all use these functions.
 */

/**
 * Marks without width that are copied together with text: joiners, directions, the byte order mark.
 */
const INVISIBLE = /[\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/gu;
/** Blanks of every width, and hyphens and dashes. */
const SEPARATORS = /[\s\-\u2010-\u2015\u2212\uFF0D]/gu;
const HYPHENS = /[\u2010-\u2015\u2212\uFF0D]/gu;
const FULL_WIDTH = /[\uFF10-\uFF19\uFF21-\uFF3A\uFF41-\uFF5A]/gu;
/** The distance between a full-width character and its plain one. */
const FULL_WIDTH_OFFSET = 0xfee0;

/** Formats whose values have neither blanks nor hyphens, although people write them in groups. */
const NUMBERS: ReadonlySet<FieldFormat> = new Set([
  'citizen-id',
  'passport',
  'mobile',
  'division',
  'bank-account',
  'birth-certificate-no',
  'unit-no',
  'plate-no',
  'vin',
  'credit-code',
  'ethnicity',
]);

/** Formats whose letters are capitals however they were typed. */
const CAPITALS: ReadonlySet<FieldFormat> = new Set([
  'citizen-id',
  'passport',
  'birth-certificate-no',
  'unit-no',
  'plate-no',
  'vin',
  'credit-code',
]);

/**
 * A text as it is stored: without blanks at its ends and without marks that mean nothing. A text with
 * a format also has no invisible marks at all and plain digits and letters. A number has no blanks and hyphens, and capitals; the dot of
 * a Chinese name is `·` (U+00B7); a time has seconds and the offset of China Standard Time.
 */
export const normalise = (format: FieldFormat | undefined, text: string): string => {
  if (format === undefined) return dropEmptyMarks(text).trim();
  if (format === 'person-name') return normaliseName(text);
  if (NUMBERS.has(format)) {
    const number = normaliseNumber(text);
    return CAPITALS.has(format) ? number.toUpperCase() : number;
  }
  const plain = toPlain(text).replace(HYPHENS, '-').trim();
  return format === 'date-time' ? completeTime(plain.replaceAll('：', ':')) : plain;
};

/**
 * A number as it is compared: a case number, a query code, and any format that people write in
 * groups.
 */
export const normaliseNumber = (text: string): string => toPlain(text).replace(SEPARATORS, '');

/**
 * A text as it is compared, by a hash, in searches and between cases: as `normalise` returns it,
 * and then without regard to blanks, capitals and the form of characters.
 */
export const comparable = (format: FieldFormat | undefined, text: string): string =>
  normalise(format, text).normalize('NFKC').replaceAll(/\s/gu, '').toUpperCase();

const toPlain = (text: string): string =>
  text
    .replace(INVISIBLE, '')
    .replace(FULL_WIDTH, (character) => String.fromCharCode(character.charCodeAt(0) - FULL_WIDTH_OFFSET));

/** Every dot between the parts of a Chinese name, as keyboards and fonts have it. */
const DOTS = /[·•‧∙⋅・･．.]/gu;
const MIDDLE_DOTS = /[•‧∙⋅・･]/gu;
const HAN = /[\p{Unified_Ideograph}〇]/u;

const normaliseName = (text: string): string => {
  const plain = toPlain(text)
    .replaceAll(/\p{Zs}/gu, ' ')
    .normalize('NFC');
  // A full stop is a dot of a Chinese name, and an abbreviation in a Latin one.
  const dotted = HAN.test(plain) ? plain.replace(DOTS, '·') : plain.replace(MIDDLE_DOTS, '·').replaceAll('．', '.');
  return dotted.trim();
};

const completeTime = (text: string): string => {
  const parts = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2})(:\d{2})?(\+08:00)?$/.exec(text);
  return parts ? `${parts[1] ?? ''}${parts[2] ?? ':00'}+08:00` : text;
};
