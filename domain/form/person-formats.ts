import { hasProvince } from '../division/divisions.ts';
import { unusual, wrong, type FieldCheck, type FormatProblem } from './format-check.ts';
import { findBirthDate } from '../matter/birth-dates.ts';
import { chinaTime } from '../matter/scope.ts';
import type { Clock } from '../matter/values.ts';

/** Formats of persons: names, numbers of documents, telephones. */

const HAN_NAME = /^[\p{Unified_Ideograph}〇]+(?:·[\p{Unified_Ideograph}〇]+)*$/u;
const LATIN_NAME = /^\p{Script=Latin}[\p{Script=Latin}\p{M}]*(?:[ .,'’-]{1,2}[\p{Script=Latin}\p{M}]+)*\.?$/u;
/** Letters of any script, digits and apostrophes, with dots and blanks between parts. */
const MIXED_NAME = /^(?=.*\p{L})[\p{L}\p{M}\d〇'’]+(?:[·. -][\p{L}\p{M}\d〇'’]+)*\.?$/u;

/**
 * 1 to 50 characters: Chinese ones of every CJK extension, with `·` between parts; or Latin letters
 * for a foreign person. Minorities have names of one character, and some lawful names have letters,
 * digits or apostrophes: these are compared with the document.
 */
export const checkPersonName: FieldCheck = (text) => {
  const { length } = Array.from(text);
  if (length > 50) return wrong('姓名不超过50个字', 'A name has at most 50 characters');
  if (HAN_NAME.test(text) || LATIN_NAME.test(text)) {
    return length > 1
      ? undefined
      : unusual('姓名只有一个字，请与证件核对', 'The name has one character only. Compare it with the document');
  }
  return MIXED_NAME.test(text)
    ? unusual(
        '姓名含有字母、数字或其他符号，请与证件核对',
        'The name has letters, digits or other signs. Compare it with the document',
      )
    : wrong(
        '姓名应为汉字（可含“·”），外国人可用拉丁字母；请去掉其他符号',
        'A name has Chinese characters (with ·) or, for a foreign person, Latin letters, and no other signs',
      );
};

const CHECK_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/**
 * The last character of a citizen ID number, computed from the 17 before it: GB 11643, ISO 7064 MOD
 * 11-2.
 */
export const citizenIdCheckDigit = (first17: string): string => {
  const sum = CHECK_WEIGHTS.reduce((total, weight, place) => total + weight * Number(first17[place]), 0);
  return '10X98765432'.charAt(sum % 11);
};

/** The date of birth and the check digit of a number of 18 places. */
const checkBirthAndDigit = (text: string, { now }: Clock): FormatProblem | undefined => {
  const birth = findBirthDate(text);
  if (birth === undefined) return wrong('证件号码中的出生日期不存在', 'The date of birth in the number does not exist');
  if (birth > chinaTime(now).slice(0, 10)) {
    return wrong('证件号码中的出生日期晚于今天', 'The date of birth in the number is in the future');
  }
  return text.endsWith(citizenIdCheckDigit(text.slice(0, 17)))
    ? undefined
    : wrong(
        '证件号码校验位不符，请核对',
        'The check digit of the number does not match. Compare the number with the document',
      );
};

/**
 * Residents of Hong Kong, Macao and Taiwan with a residence permit (2018): their numbers follow GB
 * 11643 with these divisions.
 */
const RESIDENCE_PERMIT = /^8[123]0000/;

/**
 * GB 11643, also for a child in the household book. The division is the one of the first
 * registration and may have been abolished, so only its province is checked. A residence permit
 * may be typed as a citizen number.
 */
export const checkCitizenId: FieldCheck = (text, clock) => {
  if (!/^\d{17}[\dX]$/.test(text))
    return wrong('公民身份号码应为18位', 'A citizen ID number has 17 digits and a digit or X');
  if (text.startsWith('9'))
    return wrong(
      '9开头的是外国人永久居留身份证号码，请选择该证件类型',
      'A number that begins with 9 is of a permanent residence card. Choose that kind of document',
    );
  const beyondTheStrait = /^[78]/.test(text);
  if (beyondTheStrait ? !RESIDENCE_PERMIT.test(text) : !hasProvince(text)) {
    return wrong('公民身份号码的地区代码不存在', 'The division in the ID number does not exist');
  }
  return checkBirthAndDigit(text, clock);
};

export const checkResidencePermit: FieldCheck = (text, clock) =>
  /^8[123]0000\d{11}[\dX]$/.test(text)
    ? checkBirthAndDigit(text, clock)
    : wrong(
        '港澳台居民居住证号码应为18位，以810000、820000或830000开头',
        'A residence permit number has 18 places and begins with 810000, 820000 or 830000',
      );

/** GA 2102-2023: 18 places that begin with 9; cards of before that have 3 letters and 12 digits. */
export const checkPermanentResidenceCard: FieldCheck = (text, clock) => {
  if (/^9\d{16}[\dX]$/.test(text)) return checkBirthAndDigit(text, clock);
  return /^[A-Z]{3}\d{12}$/.test(text)
    ? undefined
    : wrong(
        '外国人永久居留身份证号码应为9开头的18位号码，旧证为3位字母加12位数字',
        'A permanent residence card has 18 places that begin with 9; older ones have 3 letters and 12 digits',
      );
};

/** Hong Kong, Macao and Taiwan; other countries by the length of ITU-T E.164. */
const ABROAD = /^\+(?:852[4-9]\d{7}|853[68]\d{7}|8869\d{8}|(?!86|852|853|886)[1-9]\d{6,14})$/;

export const checkMobile: FieldCheck = (text) => {
  if (/^1[3-9]\d{9}$/.test(text)) return undefined;
  if (/^\+1[3-9]\d{9}$/.test(text))
    return unusual(
      '按北美号码读取，如为境内手机号码请去掉“+”',
      'Read as a number of North America. For a number of the mainland leave out the +',
    );
  if (ABROAD.test(text)) return undefined;
  return /^0\d{9,11}$/.test(text)
    ? unusual(
        '为固定电话，收不到短信，请核对',
        'A landline gets no text messages. Make sure that there is no mobile number',
      )
    : wrong(
        '手机号码应为11位数字，以1开头；境外号码前加“+”和国家（地区）代码',
        'A mobile number has 11 digits and starts with 1; a number from abroad begins with + and its country code',
      );
};
