import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkFormat, FORMAT_EXAMPLES } from '../../../domain/form/fields.ts';
import type { FieldFormat } from '../../../domain/matter/field-formats.ts';
import { citizenIdCheckDigit } from '../../../domain/form/person-formats.ts';
import { normalise } from '../../../domain/form/normalise.ts';
import { findBirthDate } from '../../../domain/matter/birth-dates.ts';
import { CLOCK } from '../authoring/small-matter.ts';

const require = createRequire(import.meta.url);
const IdValidator = require('id-validator') as new (divisions: unknown) => { isValid: (id: string) => boolean };
/** An independent implementation, with its own table of divisions. */
const oracle = new IdValidator(require('id-validator/src/GB2260'));

const isRight = (format: FieldFormat, text: string, clock = CLOCK): boolean =>
  checkFormat(format, normalise(format, text), clock) === undefined;

const digitsOf = (length: number) => fc.stringMatching(new RegExp(`^\\d{${length}}$`));
const birthDate = fc
  .date({ min: new Date('1900-01-01T00:00:00Z'), max: new Date('2024-11-20T23:59:59Z'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10).replaceAll('-', ''));
const PROVINCES = '11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65'.split(
  ' ',
);
const citizenId = fc
  .tuple(fc.constantFrom(...PROVINCES), digitsOf(4), birthDate, digitsOf(3))
  .map((parts) => parts.join(''))
  .map((first17) => first17 + citizenIdCheckDigit(first17));

describe('every format', () => {
  it.each(Object.entries(FORMAT_EXAMPLES))('%s accepts its example', (format, example) => {
    expect(checkFormat(format as FieldFormat, example, CLOCK)).toBeUndefined();
    expect(normalise(format as FieldFormat, example)).toBe(example);
  });

  it('reports what is wrong in Chinese and English, and never repeats the value', () => {
    const formats = fc.constantFrom(...(Object.keys(FORMAT_EXAMPLES) as FieldFormat[]));
    fc.assert(
      fc.property(formats, fc.string({ minLength: 4, unit: 'grapheme' }), (format, text) => {
        // No format has a number sign, so every one of these is wrong.
        const problem = checkFormat(format, `${text}#`, CLOCK);
        expect(problem?.message.zh).toMatch(/\p{Unified_Ideograph}/u);
        expect(problem?.message.en).toMatch(/^[A-Z]/);
        expect(JSON.stringify(problem)).not.toContain(`${text}#`);
      }),
    );
  });
});

describe('a citizen ID number (GB 11643)', () => {
  it.each([
    '11010519491231002X',
    '440524188001010014',
    '339900199003070018',
    '339900198802290020',
    '339900196501010057',
    '33990020241120004X',
    '339900202411200066',
    '339900201709120064',
  ])('%s has the check digit of the standard', (id) => {
    expect(citizenIdCheckDigit(id.slice(0, 17))).toBe(id.slice(17));
    // The second example of the standard has the birth year 1880, which is too early for the format.
    expect(isRight('citizen-id', id)).toBe(id !== '440524188001010014');
  });

  it('is accepted or refused as by an independent implementation', () => {
    fc.assert(
      fc.property(citizenId, (id) => {
        expect(isRight('citizen-id', id)).toBe(oracle.isValid(id));
        expect(isRight('citizen-id', id)).toBe(true);
      }),
    );
  });

  it('is accepted or refused as by an independent implementation if the division or the date may be wrong', () => {
    const parts = [digitsOf(6), fc.integer({ min: 1900, max: 2023 }), fc.nat(13), fc.nat(32), digitsOf(3)] as const;
    fc.assert(
      fc.property(...parts, (division, year, month, day, sequence) => {
        // The other implementation has no table for Hong Kong, Macao and Taiwan.
        fc.pre(!/^[789]/.test(division));
        const date = [month, day].map((part) => String(part).padStart(2, '0')).join('');
        const first17 = `${division}${year}${date}${sequence}`;
        const id = first17 + citizenIdCheckDigit(first17);
        // It accepts 30 February.
        const isRealDay = new Date(Date.UTC(year, month - 1, day)).getUTCDate() === day;
        expect(isRight('citizen-id', id)).toBe(oracle.isValid(id) && isRealDay);
      }),
      { numRuns: 2000 },
    );
  });

  it('is wrong with any one digit changed, and with any two neighbours swapped', () => {
    fc.assert(
      fc.property(citizenId, fc.nat(17), fc.nat(9), (id, place, digit) => {
        const one = `${id.slice(0, place)}${digit}${id.slice(place + 1)}`;
        expect(isRight('citizen-id', one)).toBe(one === id);
        const swapped = id.slice(0, place) + id.slice(place + 1, place + 2) + id.charAt(place) + id.slice(place + 2);
        if (place < 16) expect(isRight('citizen-id', swapped)).toBe(swapped === id);
      }),
    );
  });

  it('is refused with a birth date in the future, by the date in China', () => {
    const id = '33990020241120004X';
    expect(isRight('citizen-id', id, { now: Date.parse('2024-11-19T16:00:00Z') })).toBe(true);
    expect(isRight('citizen-id', id, { now: Date.parse('2024-11-19T15:59:59Z') })).toBe(false);
  });

  it.each([
    ['81000019900307001', true],
    ['82000019900307001', true],
    ['83000019900307001', true],
    ['81000119900307001', false],
    ['84000019900307001', false],
    ['90000019900307001', false],
    ['33990019900230001', false],
    ['33990019001301001', false],
    ['33990018991231001', false],
  ])('%s and its check digit: %s', (first17, right) => {
    expect(isRight('citizen-id', first17 + citizenIdCheckDigit(first17))).toBe(right);
  });

  it('may have a small x and spaces around it', () => {
    expect(normalise('citizen-id', ' 11010519491231002x ')).toBe('11010519491231002X');
  });
});

describe('a unified social credit code (GB 32100)', () => {
  it.each([
    '11330105002500287C',
    '11100000000013338W',
    '11339900MB0000019C',
    '11339900MB00000277',
    '11339900MB00000352',
    '11339900MB0000043W',
  ])('%s is right', (code) => {
    expect(isRight('credit-code', code)).toBe(true);
  });

  it('is wrong with any one place changed', () => {
    const characters = fc.constantFrom(...Array.from('0123456789ABCDEFGHJKLMNPQRTUWXY'));
    fc.assert(
      fc.property(fc.nat(17), characters, (place, character) => {
        const right = '11330105002500287C';
        const code = right.slice(0, place) + character + right.slice(place + 1);
        expect(isRight('credit-code', code)).toBe(code === right);
      }),
    );
  });
});

describe('a bank account', () => {
  it('has a Luhn check digit, so that any one wrong digit is found', () => {
    fc.assert(
      fc.property(fc.integer({ min: 15, max: 18 }).chain(digitsOf), fc.nat(15), fc.nat(9), (body, place, digit) => {
        const accounts = Array.from('0123456789', (check) => body + check).filter((text) =>
          isRight('bank-account', text),
        );
        expect(accounts).toHaveLength(1);
        const [account = ''] = accounts;
        const other = `${account.slice(0, place)}${digit}${account.slice(place + 1)}`;
        expect(isRight('bank-account', other)).toBe(other === account);
      }),
    );
  });

  it('has 16 to 19 digits', () => {
    expect(isRight('bank-account', '000000000000000')).toBe(false);
    expect(isRight('bank-account', '00000000000000000000')).toBe(false);
  });
});

describe('a date of birth', () => {
  it.each([
    ['339900199003070018', '1990-03-07'],
    ['810000199003070015', '1990-03-07'],
    ['93384019900307001X', '1990-03-07'],
    ['339900199002300018', undefined],
    ['E00000000', undefined],
    ['', undefined],
  ])('in the number %s is %s', (number, birth) => {
    expect(findBirthDate(number)).toBe(birth);
  });
});

describe('a date or time', () => {
  it('exists in the calendar', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1900, max: 2100 }), fc.nat(13), fc.nat(32), (year, month, day) => {
        const text = `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
        const date = new Date(Date.UTC(year, month - 1, day));
        const real = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
        expect(isRight('date', text)).toBe(real);
        expect(isRight('date-time', `${text}T23:59`)).toBe(real);
      }),
    );
  });

  it.each([
    ['2024-11-20T08:30', '2024-11-20T08:30:00+08:00'],
    ['2024-11-20T08:30:15', '2024-11-20T08:30:15+08:00'],
    ['2024-11-20T08:30+08:00', '2024-11-20T08:30:00+08:00'],
    ['2024-11-20T08:30:15+08:00', '2024-11-20T08:30:15+08:00'],
    ['2024-11-20 08:30', '2024-11-20T08:30:00+08:00'],
    ['2024/11/20 8:30', '2024-11-20T08:30:00+08:00'],
    ['2024年11月20日8：30', '2024-11-20T08:30:00+08:00'],
  ])('%s is kept as %s', (typed, kept) => {
    expect(normalise('date-time', typed)).toBe(kept);
    expect(isRight('date-time', typed)).toBe(true);
  });

  it.each(['2024-11-20T24:00', '2024-11-20T08:60', '2024-11-20 8h30', '2024-11-20T08:30Z', '2024-11-20T08:30+09:00'])(
    '%s is not a time',
    (text) => {
      expect(isRight('date-time', text)).toBe(false);
    },
  );
});

describe('a value that is unusual', () => {
  it.each<[FieldFormat, string]>([
    ['person-name', '岩'],
    ['person-name', '赵C'],
    ['person-name', '约翰·F·示例'],
    ['person-name', '佐々木ゆう'],
    ['person-name', "'Abd Example"],
    ['person-name', 'Gʻulom 1'],
    ['mobile', '0573-82000000'],
    ['mobile', '+13900000001'],
    ['bank-account', '6200 0000 0000 0000 013'],
    ['bank-account', '339900000000000000021'],
    ['bank-account', '339900000000015'],
    ['title-no', '嘉房权证秀字第00123456号'],
    ['title-no', '嘉秀国用（2010）第00001号'],
    ['title-no', '沪（2024）浦字不动产权第0012345号'],
  ])('%s %s is kept and asks for a second look', (format, text) => {
    const found = checkFormat(format, normalise(format, text), CLOCK);
    expect(found?.level).toBe('warning');
    expect(found?.message.zh).toMatch(/核对|去掉/);
  });

  it.each<[FieldFormat, string]>([
    ['person-name', '陈#'],
    ['person-name', '一'.repeat(51)],
    ['mobile', '139'],
    ['bank-account', '1234567'],
    ['bank-account', '62000000O0000005'],
    ['title-no', '房产证'],
    ['citizen-id', '710000199003070018'],
    ['citizen-id', '933840199003070018'],
  ])('%s %s is not kept', (format, text) => {
    expect(checkFormat(format, normalise(format, text), CLOCK)?.level).toBe('error');
  });
});

describe('a name, a plate and other numbers', () => {
  it.each<[FieldFormat, string, boolean]>([
    ['person-name', '陈一诺', true],
    ['person-name', '买买提·艾力', true],
    ['person-name', '阿卜杜拉•买买提', true],
    ['person-name', '𠮷田', true],
    ['person-name', '李䶮', true],
    ['person-name', 'María José O’Neill-Smith', true],
    ['person-name', 'Jr. Martin Luther', true],
    ['person-name', '陈', false],
    ['person-name', '·陈一', false],
    ['person-name', '陈··一', false],
    ['person-name', '陈1诺', false],
    ['person-name', '陈 一诺', true],
    ['person-name', '林　雨', true],
    ['person-name', '\uf9f4晓雨', true],
    ['person-name', '一'.repeat(50), true],
    ['person-name', '𠮷'.repeat(50), true],
    ['person-name', '一'.repeat(51), false],
    ['mobile', '13900000001', true],
    ['mobile', '12900000001', false],
    ['mobile', '+8613900000001', true],
    ['mobile', '86-13900000001', true],
    ['mobile', '0086 139 0000 0001', true],
    ['mobile', '+852 5123 4567', true],
    ['mobile', '00853 6123 4567', true],
    ['mobile', '+886 912 345 678', true],
    ['mobile', '+44 20 7946 0000', true],
    ['mobile', '+852 1123 4567', false],
    ['mobile', '+86 1390000001', false],
    ['mobile', '85251234567', false],
    ['passport', 'e12345678', true],
    ['passport', 'H0123456789', true],
    ['passport', 'EABCDEFGH', false],
    ['plate-no', '浙F12345', true],
    ['plate-no', '浙fd12345', true],
    ['plate-no', '浙A12345D', true],
    ['plate-no', '浙I12345', false],
    ['plate-no', '沪A12345', false],
    ['plate-no', '浙FI2345', false],
    ['vin', 'LSVAA00000000000', false],
    ['vin', 'LSVAA000000000000', true],
    ['vin', 'LSVAA00000000000O', false],
    ['title-no', '浙（2024）秀洲区不动产权第0012345号', true],
    ['title-no', '浙(2024)秀洲区不动产权第0012345号', true],
    ['title-no', '浙〔2024〕 秀洲区 不动产权第 0012345 号', true],
    ['unit-no', '330411 001001 GB00001 (F00010001)', true],
    ['nationality', 'usa', true],
    ['nationality', 'XYZ', false],
    ['military-id', '南字第0000000号', true],
    ['mainland-travel-permit', 'h 0000 0000', true],
    ['mainland-travel-permit', 'H0000000001', true],
    ['mainland-travel-permit', 'A00000000', false],
    ['taiwan-travel-permit', '00000000', true],
    ['taiwan-travel-permit', '0000000', false],
    ['permanent-residence-card', 'USA330000000000', true],
    ['permanent-residence-card', '933840199003070010', false],
    ['residence-permit', '339900199003070018', false],
    ['fraction', '1/3', true],
    ['fraction', ' １ ／ ３ ', true],
    ['fraction', '4/3', false],
    ['fraction', '0/3', false],
    ['fraction', '1/0', false],
    ['fraction', '33.33', false],
    ['title-no', '浙（2024）秀洲区不动产权第12345号', false],
    ['unit-no', '330411001001gb00001f00010001', true],
    ['unit-no', '330411001001GB00001F0001000', false],
    ['birth-certificate-no', 'T330000001', true],
    ['birth-certificate-no', '3300000010', false],
    ['contract-no', '2024预0012345', true],
    ['contract-no', '1', false],
    ['ethnicity', '01', true],
    ['ethnicity', '56', true],
    ['ethnicity', '57', false],
    ['ethnicity', '汉族', false],
  ])('%s %s: %s', (format, text, right) => {
    expect(isRight(format, text)).toBe(right);
  });
});
