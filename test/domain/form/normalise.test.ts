import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkFormat, FORMAT_EXAMPLES } from '../../../domain/form/fields.ts';
import type { FieldFormat } from '../../../domain/matter/field-formats.ts';
import { comparable, normalise, normaliseNumber } from '../../../domain/form/normalise.ts';
import { CLOCK } from '../authoring/small-matter.ts';

const FORMATS = Object.keys(FORMAT_EXAMPLES) as FieldFormat[];
const NUMBERS = FORMATS.filter((format) => /^[A-Z\d]+$/.test(FORMAT_EXAMPLES[format]));

const isRight = (format: FieldFormat, text: string): boolean =>
  checkFormat(format, normalise(format, text), CLOCK) === undefined;

const RANGES = [
  [0x200b, 0x200f],
  [0x202a, 0x202e],
  [0x2060, 0x2069],
  [0xfeff, 0xfeff],
] as const;
const invisible = fc
  .oneof(...RANGES.map(([min, max]) => fc.integer({ min, max })))
  .map((code) => String.fromCodePoint(code));
const separator = fc.constantFrom(' ', '\u00a0', '\u3000', '-', '－', '‐', '–');
const dot = fc.constantFrom('·', '•', '・', '‧', '∙', '⋅', '･', '．', '.');

const fullWidth = (character: string): string =>
  /[0-9A-Za-z]/.test(character) ? String.fromCharCode(character.charCodeAt(0) + 0xfee0) : character;

/**
 * The text as a person may paste it: some digits and letters in full width, and `between` them
 * characters that are ignored.
 */
const insertMarks = (text: string, between: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .tuple(
      ...Array.from(text, (character) => fc.tuple(between, fc.constantFrom(character, fullWidth(character)))),
      between,
    )
    .map((parts) => parts.flat().join(''));
const joinGap = (filler: fc.Arbitrary<string>) => fc.array(filler, { maxLength: 2 }).map((all) => all.join(''));

const han = fc.stringMatching(/^[甲乙丙丁𠮷〇林]{1,6}$/u);

describe('a normalised text', () => {
  it('does not change when it is normalised again', () => {
    const anyFormat = fc.constantFrom(undefined, ...FORMATS);
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: 'binary' }),
      fc
        .array(
          fc.oneof(invisible, separator, dot, han, fc.constantFrom('e', '\u0301', 'Ａ', 'ｅ', '１', 'ß', '\uf9f4')),
        )
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(anyFormat, text, (format, typed) => {
        const once = normalise(format, typed);
        expect(normalise(format, once)).toBe(once);
        expect(comparable(format, once)).toBe(comparable(format, typed));
      }),
      { numRuns: 2000 },
    );
  });

  it.each(NUMBERS)('of format %s is the same for every grouping and paste', (format) => {
    const example = FORMAT_EXAMPLES[format];
    fc.assert(
      fc.property(insertMarks(example, joinGap(fc.oneof(invisible, separator))), (typed) => {
        expect(normalise(format, typed)).toBe(example);
        expect(isRight(format, typed)).toBe(true);
        expect(comparable(format, typed)).toBe(comparable(format, example));
      }),
    );
  });

  it.each(['date', 'date-time', 'title-no', 'contract-no'] as const)(
    'of format %s has no invisible marks and no full-width digits',
    (format) => {
      const example = FORMAT_EXAMPLES[format];
      fc.assert(
        fc.property(insertMarks(example, joinGap(invisible)), (typed) => {
          expect(normalise(format, typed)).toBe(example);
          expect(isRight(format, typed)).toBe(true);
        }),
      );
    },
  );

  it('of a Chinese name has the same dot for every typed dot', () => {
    fc.assert(
      fc.property(
        fc.array(han, { minLength: 2, maxLength: 4 }),
        dot,
        dot,
        joinGap(invisible),
        (parts, typed, sought, mark) => {
          const name = parts.join('·');
          const entered = mark + parts.join(mark + typed) + mark;
          expect(normalise('person-name', entered)).toBe(name);
          expect(isRight('person-name', entered)).toBe(true);
          expect(comparable('person-name', parts.join(sought))).toBe(comparable('person-name', entered));
        },
      ),
    );
  });

  it.each([
    ['Jr. Martin Luther', 'Jr. Martin Luther'],
    ['ＪＯＨＮ　ＥＸＡＭＰＬＥ', 'JOHN EXAMPLE'],
    ['Jose\u0301 ', 'José'],
    ['J．Example', 'J.Example'],
    ['\u202d林晓雨\u202c', '林晓雨'],
  ])('of the name %s is %s', (typed, kept) => {
    expect(normalise('person-name', typed)).toBe(kept);
    expect(isRight('person-name', typed)).toBe(true);
  });

  it('without a format loses only the spaces at its ends', () => {
    expect(normalise(undefined, ' 秀洲区　８号 ')).toBe('秀洲区　８号');
  });
});

describe('an invalid value stays invalid', () => {
  it('a number that contains a letter, a sign or another digit', () => {
    const numbers = fc.constantFrom(...(['citizen-id', 'mobile', 'bank-account', 'division', 'ethnicity'] as const));
    const intruder = fc.constantFrom('A', 'ａ', 'O', 'l', '/', '.', '+', '_', '甲', '①', '٣');
    fc.assert(
      fc.property(numbers, fc.nat(), intruder, (format, number, wrong) => {
        const example = FORMAT_EXAMPLES[format];
        const place = number % example.length;
        // A number from abroad begins with this sign.
        fc.pre(format !== 'mobile' || wrong !== '+' || place > 0);
        expect(isRight(format, example.slice(0, place) + wrong + example.slice(place))).toBe(false);
        expect(isRight(format, example.slice(0, place) + wrong + example.slice(place + 1))).toBe(false);
      }),
    );
  });

  it.each(['·陈一', '陈··一', '陈..一', '陈1诺', '陈１诺', '陈-一诺'])('the name %s', (name) => {
    expect(isRight('person-name', name)).toBe(false);
  });
});

describe('a case number or a query code', () => {
  it('may have groups, full-width digits and pasted marks', () => {
    fc.assert(
      fc.property(insertMarks('33041120241120000018', joinGap(fc.oneof(invisible, separator))), (typed) => {
        expect(normaliseNumber(typed)).toBe('33041120241120000018');
      }),
    );
    expect(normaliseNumber(' ３２ 10-45\u200b')).toBe('321045');
    expect(normaliseNumber('32104O')).toBe('32104O');
  });
});
