import { dropEmptyMarks } from '../characters.ts';
import type { FieldFormat } from '../matter/field-formats.ts';

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
  'nationality',
  'military-id',
  'mainland-travel-permit',
  'taiwan-travel-permit',
  'residence-permit',
  'permanent-residence-card',
  'fraction',
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
  'nationality',
  'military-id',
  'mainland-travel-permit',
  'residence-permit',
  'permanent-residence-card',
]);

/**
 * A text as it is stored: without blanks at its ends and without marks that mean nothing. A text with
 * a format also has no invisible marks at all and plain digits and letters. A number has no blanks
 * and hyphens, and capitals. The dot of a Chinese name is `·` (U+00B7), and there are no blanks
 * between its characters. A mainland mobile has no country code, others begin with `+`. A date is
 * read with any of the usual marks. A time has seconds and the offset of China Standard Time.
 */
export const normalise = (format: FieldFormat | undefined, text: string): string => {
  if (format === undefined) return dropEmptyMarks(text).trim();
  if (format === 'person-name') return normaliseName(text);
  if (format === 'title-no') return normaliseTitle(text);
  if (NUMBERS.has(format)) {
    const number = normaliseNumber(text);
    const bare = (DROPPED[format] ?? ((one) => one))(number);
    return CAPITALS.has(format) ? bare.toUpperCase() : bare;
  }
  const plain = toPlain(text).replace(HYPHENS, '-').trim();
  if (format === 'date') return completeDate(plain);
  return format === 'date-time' ? completeTime(plain.replaceAll('：', ':')) : plain;
};

const BRACKETS = /[()（）[\]〔〕［］【】]/gu;

/** What a number loses besides blanks and hyphens. */
const DROPPED: Partial<Record<FieldFormat, (number: string) => string>> = {
  'unit-no': (number) => number.replace(BRACKETS, ''),
  fraction: (number) => number.replace(/[／⁄∕]/gu, '/'),
  mobile: (number) => {
    const dialled = number
      .replace(BRACKETS, '')
      .replace('＋', '+')
      .replace(/^00(?=[1-9])/u, '+');
    return dialled.replace(/^\+?86(?=1\d{10}$)/u, '');
  },
};

/** As certificates print it: no blanks, and the year in full-width brackets. */
const normaliseTitle = (text: string): string =>
  toPlain(text)
    .replace(/\s/gu, '')
    .replace(HYPHENS, '-')
    .replace(/[([〔［【]/gu, '（')
    .replace(/[)\]〕］】]/gu, '）');

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
  if (!HAN.test(plain)) return plain.replace(MIDDLE_DOTS, '·').replaceAll('．', '.').trim();
  return plain.replace(DOTS, '·').replace(BLANKS_IN_HAN, '').trim();
};

/** Cards and lists print a blank between the characters of a short name. */
const BLANKS_IN_HAN = / +(?=[\p{Unified_Ideograph}〇·])|(?<=[\p{Unified_Ideograph}〇·]) +/gu;

/** `2026/11/20`, `2026.1.5`, `2026年11月20日`, `20261120` → `2026-11-20`. */
const completeDate = (text: string): string => {
  const parts =
    /^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?$/u.exec(text) ?? /^(\d{4})(\d{2})(\d{2})$/.exec(text);
  const [, year, month, day] = parts ?? [];
  return year && month && day ? `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}` : text;
};

const completeTime = (text: string): string => {
  const parts = /^(\S+?(?:日|(?=[T\s])))[T\s]*(\d{1,2}:\d{2})(:\d{2})?(\+08:00)?$/u.exec(text);
  if (!parts) return text;
  const [, date = '', time = '', seconds = ':00'] = parts;
  return `${completeDate(date)}T${time.padStart(5, '0')}${seconds}+08:00`;
};
