import { hasProvince } from '../division/divisions.ts';
import { divisionProblem } from '../division/problem.ts';
import type { FIELD_FORMATS, Text } from '../matter/schema.ts';
import { chinaTime } from '../matter/scope.ts';
import type { Clock } from '../matter/values.ts';

export type FieldFormat = (typeof FIELD_FORMATS)[number];

/** What is wrong with a normalised text; undefined: nothing. The message never repeats the text. */
type FieldCheck = (text: string, clock: Clock) => Text | undefined;

const says = (zh: string, en: string): Text => ({ zh, en });

const matching =
  (pattern: RegExp, message: Text): FieldCheck =>
  (text) =>
    pattern.test(text) ? undefined : message;

/**
 * The check of every format. Where no source is named, the pattern is our own (docs/matters.md).
 */
const FIELD_CHECKS: Readonly<Record<FieldFormat, FieldCheck>> = {
  'person-name': (text) => personNameProblem(text),
  'citizen-id': (text, clock) => citizenIdProblem(text, clock),
  /**
   * Passports have at most 9 places (ICAO Doc 9303-4), travel permits of Hong Kong, Macao and
   * Taiwan 11, residence permits 18.
   */
  passport: matching(
    /^(?=.*\d)[A-Z0-9]{5,18}$/,
    says(
      '护照或通行证号码应为5至18位字母和数字，至少含1位数字',
      'A passport or permit number has 5 to 18 letters and digits, at least one digit',
    ),
  ),
  mobile: matching(
    /^1[3-9]\d{9}$/,
    says('手机号码应为11位数字，以1开头', 'A mobile number has 11 digits and starts with 1'),
  ),
  /** GB/T 2260. */
  division: (text) => divisionProblem(text, 'any'),
  date: (text) =>
    isDate(text)
      ? undefined
      : says('日期不存在或格式不正确，格式如2024-11-20', 'Must be an existing date such as 2024-11-20'),
  'date-time': (text) =>
    isDateTime(text)
      ? undefined
      : says('时间不存在或格式不正确，格式如2024-11-20T08:30', 'Must be an existing time such as 2024-11-20T08:30'),
  'bank-account': (text) => bankAccountProblem(text),
  'birth-certificate-no': matching(
    /^[A-Z]\d{9}$/,
    says('出生医学证明编号应为1个字母加9位数字', 'A birth certificate number has one letter and nine digits'),
  ),
  'title-no': matching(
    /^浙（\d{4}）.{1,30}不动产权第\d{7}号$/,
    says(
      '不动产权证号格式应如“浙（2024）××不动产权第0000000号”',
      'A title number has the form 浙（2024）…不动产权第0000000号',
    ),
  ),
  /** GB/T 37346: 12 digits of the division, 7 of the parcel, 9 of the building and unit. */
  'unit-no': matching(
    /^\d{12}[A-Z]{2}\d{5}[A-Z]\d{8}$/,
    says('不动产单元号应为28位', 'A real-estate unit number has 28 characters'),
  ),
  /** Each city has its own format. */
  'contract-no': matching(
    /^[\p{Unified_Ideograph}A-Za-z0-9()（）〔〕[\]-]{4,40}$/u,
    says(
      '网签合同号应为4至40位字母、数字或汉字',
      'A contract number has 4 to 40 letters, digits or Chinese characters',
    ),
  ),
  /** GA 36: Zhejiang's plates of 5 places, and of 6 for new-energy vehicles. */
  'plate-no': matching(
    /^浙[A-HJ-L](?:[A-HJ-NP-Z0-9]{5}|[A-HJK][A-HJ-NP-Z0-9]\d{4}|\d{5}[A-HJK])$/,
    says('号牌号码应为浙江号牌', 'Must be a plate number of Zhejiang'),
  ),
  /** GB 16735. The check digit is not verified, because imported vehicles need not have one. */
  vin: matching(
    /^[A-HJ-NPR-Z0-9]{17}$/,
    says('车辆识别代号应为17位，不含I、O、Q', 'A VIN has 17 letters and digits without I, O and Q'),
  ),
  'credit-code': (text) => creditCodeProblem(text),
  /** GB/T 3304: 56 peoples, 97 others, 98 of foreign descent. */
  ethnicity: matching(
    /^(?:0[1-9]|[1-4]\d|5[0-6]|97|98)$/,
    says('民族代码应为GB/T 3304的两位数字', 'The ethnicity is a two-digit code of GB/T 3304'),
  ),
};

/**
 * What is wrong with a text for its format; undefined: nothing. The text is as `normalise` returns
 * it.
 */
export const formatProblem = (format: FieldFormat, text: string, clock: Clock): Text | undefined =>
  FIELD_CHECKS[format](text, clock);

/** A valid value of every format, of no real person (division 339900). */
export const FORMAT_EXAMPLES: Readonly<Record<FieldFormat, string>> = {
  'person-name': '示例',
  'citizen-id': '339900199003070018',
  passport: 'E00000000',
  mobile: '13900000000',
  division: '339900',
  date: '2024-11-20',
  'date-time': '2024-11-20T08:30:00+08:00',
  'bank-account': '6200000000000005',
  'birth-certificate-no': 'A000000000',
  'title-no': '浙（2024）示例不动产权第0000000号',
  'unit-no': '339900000000GB00000F00000000',
  'contract-no': '2024-000000',
  'plate-no': '浙F00000',
  vin: 'L0000000000000000',
  'credit-code': '11339900MB0000019C',
  ethnicity: '01',
};

/** A date of the Gregorian calendar in ISO 8601. */
const isDate = (text: string): boolean => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const instant = Date.parse(`${text}T00:00:00Z`);
  // 30 February parses as 1 March.
  return !Number.isNaN(instant) && new Date(instant).toISOString().startsWith(text);
};

const isDateTime = (text: string): boolean => {
  const parts = /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d:[0-5]\d\+08:00$/.exec(text);
  return parts?.[1] !== undefined && isDate(parts[1]);
};

const HAN_NAME = /^[\p{Unified_Ideograph}〇]+(?:·[\p{Unified_Ideograph}〇]+)*$/u;
const LATIN_NAME = /^\p{Script=Latin}[\p{Script=Latin}\p{M}]*(?:[ .,'’-]{1,2}[\p{Script=Latin}\p{M}]+)*\.?$/u;

/**
 * 2 to 50 characters: Chinese ones of every CJK extension, with `·` between parts; or Latin letters
 * for a foreign person.
 */
const personNameProblem = (text: string): Text | undefined => {
  const { length } = Array.from(text);
  if (length < 2 || length > 50) return says('姓名应为2至50个字', 'A name has 2 to 50 characters');
  return HAN_NAME.test(text) || LATIN_NAME.test(text)
    ? undefined
    : says(
        '姓名应为汉字（可含“·”），外国人可用拉丁字母',
        'A name has Chinese characters (with ·) or, for a foreign person, Latin letters',
      );
};

const CITIZEN_ID_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/**
 * The last character of a citizen ID number, computed from the 17 before it: GB 11643, ISO 7064 MOD
 * 11-2.
 */
export const citizenIdCheckDigit = (first17: string): string => {
  const sum = CITIZEN_ID_WEIGHTS.reduce((total, weight, place) => total + weight * Number(first17[place]), 0);
  return '10X98765432'.charAt(sum % 11);
};

/**
 * Residents of Hong Kong, Macao and Taiwan with a residence permit (2018): their numbers follow GB
 * 11643 with these divisions.
 */
const RESIDENCE_PERMIT = /^8[123]0000/;

/**
 * GB 11643. The division is the one of the first registration and may have been abolished, so only
 * its province is checked.
 */
const citizenIdProblem = (text: string, { now }: Clock): Text | undefined => {
  if (!/^\d{17}[\dX]$/.test(text))
    return says('公民身份号码应为18位', 'A citizen ID number has 17 digits and a digit or X');
  const beyondTheStrait = /^8/.test(text);
  if (beyondTheStrait ? !RESIDENCE_PERMIT.test(text) : !hasProvince(text)) {
    return says('公民身份号码的地区代码不存在', 'The division in the ID number does not exist');
  }
  const birth = `${text.slice(6, 10)}-${text.slice(10, 12)}-${text.slice(12, 14)}`;
  if (!isDate(birth) || birth < '1900-01-01') {
    return says('公民身份号码中的出生日期不存在', 'The date of birth in the ID number does not exist');
  }
  if (birth > chinaTime(now).slice(0, 10)) {
    return says('公民身份号码中的出生日期晚于今天', 'The date of birth in the ID number is in the future');
  }
  return text.endsWith(citizenIdCheckDigit(text.slice(0, 17)))
    ? undefined
    : says(
        '公民身份号码校验位不符，请核对',
        'The check digit of the ID number does not match. Compare the number with the card',
      );
};

/** 16 to 19 digits with the Luhn check digit of ISO/IEC 7812-1. */
const bankAccountProblem = (text: string): Text | undefined => {
  if (!/^\d{16,19}$/.test(text)) return says('银行账号应为16至19位数字', 'A bank account has 16 to 19 digits');
  const sum = Array.from(text, Number)
    .reverse()
    .reduce((total, digit, place) => total + (place % 2 === 0 ? digit : digit * 2 - (digit > 4 ? 9 : 0)), 0);
  return sum % 10 === 0
    ? undefined
    : says('银行账号校验位不符，请核对', 'The check digit of the bank account does not match');
};

const CREDIT_CODE_CHARACTERS = '0123456789ABCDEFGHJKLMNPQRTUWXY';

/** GB 32100: 18 places, the last of them (31 − Σ cᵢ·3ⁱ mod 31) mod 31. */
const creditCodeProblem = (text: string): Text | undefined => {
  if (!/^[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}$/.test(text)) {
    return says('统一社会信用代码应为18位', 'A unified social credit code has 18 characters');
  }
  const sum = Array.from(text.slice(0, 17)).reduce(
    (total, character, place) => total + CREDIT_CODE_CHARACTERS.indexOf(character) * (3 ** place % 31),
    0,
  );
  return text.endsWith(CREDIT_CODE_CHARACTERS.charAt((31 - (sum % 31)) % 31))
    ? undefined
    : says('统一社会信用代码校验位不符，请核对', 'The check digit of the credit code does not match');
};
