import { divisionProblem } from '../division/problem.ts';
import { isCountry } from './countries.ts';
import { isDateTime, matching, unusual, wrong, type FieldCheck, type FormatProblem } from './format-check.ts';
import {
  checkCitizenId,
  checkMobile,
  checkPermanentResidenceCard,
  checkPersonName,
  checkResidencePermit,
} from './person-formats.ts';
import { isDate } from '../matter/birth-dates.ts';
import type { FieldFormat } from '../matter/field-formats.ts';
import type { Field } from '../matter/schema.ts';
import { isGroup, type Clock } from '../matter/values.ts';

/**
 * The check of every format. Where no source is named, the pattern is our own (docs/matters.md).
 */
const FIELD_CHECKS: Readonly<Record<FieldFormat, FieldCheck>> = {
  'person-name': checkPersonName,
  'citizen-id': checkCitizenId,
  /**
   * Passports have at most 9 places (ICAO Doc 9303-4), travel permits of Hong Kong, Macao and
   * Taiwan 11, residence permits and permanent residence cards 18.
   */
  passport: matching(
    /^(?=.*\d)[A-Z0-9]{5,18}$/,
    wrong(
      '护照或通行证号码应为5至18位字母和数字，至少含1位数字',
      'A passport or permit number has 5 to 18 letters and digits, at least one digit',
    ),
  ),
  'military-id': matching(
    /^[\p{Unified_Ideograph}A-Z0-9]{6,18}$/u,
    wrong(
      '军人证件号码应为6至18位汉字、字母或数字',
      'A military number has 6 to 18 Chinese characters, letters or digits',
    ),
  ),
  'mainland-travel-permit': matching(
    /^[HM]\d{8}(?:\d{2})?$/,
    wrong(
      '港澳居民来往内地通行证号码应为H或M加8位数字（旧证10位）',
      'The travel permit of a resident of Hong Kong or Macao has H or M and 8 digits (10 on older cards)',
    ),
  ),
  'taiwan-travel-permit': matching(
    /^\d{8}$/,
    wrong('台湾居民来往大陆通行证号码应为8位数字', 'The travel permit of a resident of Taiwan has 8 digits'),
  ),
  'residence-permit': checkResidencePermit,
  'permanent-residence-card': checkPermanentResidenceCard,
  /** GB/T 2659, as ISO 3166-1. */
  nationality: (text) =>
    isCountry(text)
      ? undefined
      : wrong('国籍应为GB/T 2659的三位字母代码，如CHN', 'The nationality is a code of three letters, such as CHN'),
  mobile: checkMobile,
  /** GB/T 2260. */
  division: (text) => {
    const problem = divisionProblem(text, 'any');
    return problem && wrong(problem.zh, problem.en);
  },
  date: (text) =>
    isDate(text)
      ? undefined
      : wrong('日期不存在或格式不正确，格式如2024-11-20', 'Must be an existing date such as 2024-11-20'),
  'date-time': (text) =>
    isDateTime(text)
      ? undefined
      : wrong('时间不存在或格式不正确，格式如2024-11-20T08:30', 'Must be an existing time such as 2024-11-20T08:30'),
  'bank-account': (text) => checkBankAccount(text),
  'birth-certificate-no': matching(
    /^[A-Z]\d{9}$/,
    wrong('出生医学证明编号应为1个字母加9位数字', 'A birth certificate number has one letter and nine digits'),
  ),
  'title-no': (text) => checkTitleNo(text),
  /** GB/T 37346: 12 digits of the division, 7 of the parcel, 9 of the building and unit. */
  'unit-no': matching(
    /^\d{12}[A-Z]{2}\d{5}[A-Z]\d{8}$/,
    wrong('不动产单元号应为28位', 'A real-estate unit number has 28 characters'),
  ),
  /** Each city has its own format. */
  'contract-no': matching(
    /^[\p{Unified_Ideograph}A-Za-z0-9()（）〔〕[\]-]{4,40}$/u,
    wrong(
      '网签合同号应为4至40位字母、数字或汉字',
      'A contract number has 4 to 40 letters, digits or Chinese characters',
    ),
  ),
  /** GA 36: Zhejiang's plates of 5 places, and of 6 for new-energy vehicles. */
  'plate-no': matching(
    /^浙[A-HJ-L](?:[A-HJ-NP-Z0-9]{5}|[A-HJK][A-HJ-NP-Z0-9]\d{4}|\d{5}[A-HJK])$/,
    wrong('号牌号码应为浙江号牌', 'Must be a plate number of Zhejiang'),
  ),
  /** GB 16735. The check digit is not verified, because imported vehicles need not have one. */
  vin: matching(
    /^[A-HJ-NPR-Z0-9]{17}$/,
    wrong('车辆识别代号应为17位，不含I、O、Q', 'A VIN has 17 letters and digits without I, O and Q'),
  ),
  'credit-code': (text) => checkCreditCode(text),
  /** GB/T 3304: 56 peoples, 97 others, 98 of foreign descent. */
  ethnicity: matching(
    /^(?:0[1-9]|[1-4]\d|5[0-6]|97|98)$/,
    wrong('民族代码应为GB/T 3304的两位数字', 'The ethnicity is a two-digit code of GB/T 3304'),
  ),
  /** A share as the register has it. */
  fraction: (text) => {
    const [numerator = 0, denominator = 0] = text.split('/').map(Number);
    return /^[1-9]\d{0,5}\/[1-9]\d{0,5}$/.test(text) && numerator <= denominator
      ? undefined
      : wrong('份额应为不大于1的分数，如1/3', 'A share is a fraction of at most 1, such as 1/3');
  },
};

/**
 * What is wrong with a text for its format; undefined: nothing. The text is as `normalise` returns
 * it.
 */
export const checkFormat = (format: FieldFormat, text: string, clock: Clock): FormatProblem | undefined =>
  FIELD_CHECKS[format](text, clock);

/** The format of a field in a group of the form: its own, or the one for the choice beside it. */
export const formatOf = ({ format, formatBy }: Field, group: unknown): FieldFormat | undefined => {
  if (!formatBy) return format;
  const choice = isGroup(group) ? group[formatBy.field] : undefined;
  return typeof choice === 'string' && Object.hasOwn(formatBy.formats, choice) ? formatBy.formats[choice] : undefined;
};

/** A valid value of every format, of no real person (division 339900). */
export const FORMAT_EXAMPLES: Readonly<Record<FieldFormat, string>> = {
  'person-name': '示例',
  'citizen-id': '339900199003070018',
  passport: 'E00000000',
  'military-id': '000000',
  'mainland-travel-permit': 'H00000000',
  'taiwan-travel-permit': '00000000',
  'residence-permit': '810000199003070015',
  'permanent-residence-card': '93384019900307001X',
  nationality: 'CHN',
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
  fraction: '1/3',
};

const TITLE_NO = /^[\p{Unified_Ideograph}]（\d{4}）.{1,30}不动产权第\d{7}号$/u;
/** Titles of before the unified register (2015) stay valid: 不动产登记暂行条例 art. 33. */
const OLD_TITLE_NO =
  /^[\p{Unified_Ideograph}A-Z0-9（）、.-]{0,40}(?:权证|房产证|国用|集用|他项)[\p{Unified_Ideograph}A-Z0-9（）、.-]{0,40}\d[\p{Unified_Ideograph}A-Z0-9（）、.-]{0,20}$/iu;

const checkTitleNo = (text: string): FormatProblem | undefined => {
  if (TITLE_NO.test(text)) {
    return text.startsWith('浙')
      ? undefined
      : unusual(
          '不动产权证号不是浙江省的，请与证书核对',
          'The title number is not one of Zhejiang. Compare it with the certificate',
        );
  }
  return OLD_TITLE_NO.test(text)
    ? unusual(
        '为统一登记前的旧证号（房屋所有权证、土地使用权证），请与证书核对',
        'A number of before the unified register (title of a house or of land use). Compare it with the certificate',
      )
    : wrong(
        '不动产权证号格式应如“浙（2024）××不动产权第0000000号”，旧证按证书所载填写',
        'A title number has the form 浙（2024）…不动产权第0000000号; an old one is typed as it is printed',
      );
};

/** Cards have 16 to 19 digits with the Luhn check digit of ISO/IEC 7812-1; passbooks have any length. */
const checkBankAccount = (text: string): FormatProblem | undefined => {
  if (!/^\d{8,32}$/.test(text)) return wrong('银行账号应为8至32位数字', 'A bank account has 8 to 32 digits');
  const sum = Array.from(text, Number)
    .reverse()
    .reduce((total, digit, place) => total + (place % 2 === 0 ? digit : digit * 2 - (digit > 4 ? 9 : 0)), 0);
  return text.length >= 16 && text.length <= 19 && sum % 10 === 0
    ? undefined
    : unusual(
        '账号不是常见的银行卡号（存折等除外），请与卡或存折核对',
        'Not a usual card number (a passbook, perhaps). Compare it with the card or passbook',
      );
};

const CREDIT_CODE_CHARACTERS = '0123456789ABCDEFGHJKLMNPQRTUWXY';

/** GB 32100: 18 places, the last of them (31 − Σ cᵢ·3ⁱ mod 31) mod 31. */
const checkCreditCode = (text: string): FormatProblem | undefined => {
  if (!/^[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}$/.test(text)) {
    return wrong('统一社会信用代码应为18位', 'A unified social credit code has 18 characters');
  }
  const sum = Array.from(text.slice(0, 17)).reduce(
    (total, character, place) => total + CREDIT_CODE_CHARACTERS.indexOf(character) * (3 ** place % 31),
    0,
  );
  return text.endsWith(CREDIT_CODE_CHARACTERS.charAt((31 - (sum % 31)) % 31))
    ? undefined
    : wrong('统一社会信用代码校验位不符，请核对', 'The check digit of the credit code does not match');
};
