import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { duplicateRules } from '../../../domain/form/duplicates.ts';
import { lintComparisons } from '../../../domain/authoring/lint-duplicates.ts';
import type { Form } from '../../../domain/matter/values.ts';
import { createInventor } from '../../../domain/form/invented.ts';
import { changeSource, expectProblem, parseSource, type Mistake } from '../authoring/small-matter.ts';

const withRule = (rule: string) => `duplicates:\n  - ${rule}\nsteps:\n  - id: intake\n`;
const matterWith = (rule: string) => parseSource(changeSource('steps:\n  - id: intake\n', withRule(rule))).matter;

const RULE = (of: string, more = '') =>
  `{ id: twice, message: { zh: 重复, en: Twice }, key: person, of: ${of}, other: open${more} }`;

const FORM: Form = {
  applicant: { name: '林晓雨', idNo: '339900198802290020' },
  way: 'post',
  children: [{ name: '林一', born: '2024-01-01' }, { name: '林二' }],
};

const valuesOf = (of: string, form = FORM) =>
  duplicateRules(matterWith(RULE(of)), form).flatMap(({ keys }) => keys.map(({ values }) => values));

describe('the values that are compared for duplicates', () => {
  it.each([
    ['one field', '[[applicant.idNo]]', [['339900198802290020']]],
    ['several ways to be the same', '[[applicant.idNo], [applicant.passportNo]]', [['339900198802290020']]],
    ['fields that only together say who it is', '[[applicant.name, way]]', [['林晓雨', 'post']]],
    ['one for each item of a list', '[["children[].name"]]', [['林一'], ['林二']]],
    ['items that lack a value', '[["children[].name", "children[].born"]]', [['林一', '2024-01-01']]],
    [
      'an item and a field outside the list',
      '[[applicant.idNo, "children[].born"]]',
      [['339900198802290020', '2024-01-01']],
    ],
    ['a field that is not filled in', '[[applicant.passportNo]]', []],
  ])('are read from %s', (_what, of, values) => {
    expect(valuesOf(of)).toEqual(values);
  });

  it('are compared by months where the rule says so, across the turn of the year', () => {
    const near = matterWith(RULE('[[applicant.idNo, "children[].born"]]', ', months: 2'));
    const monthsOf = (born: string) =>
      duplicateRules(near, { ...FORM, children: [{ name: '甲', born }] })
        .flatMap(({ keys }) => keys)
        .map(({ values }) => values.join(' '));
    const common = (one: string, other: string) => monthsOf(one).some((key) => monthsOf(other).includes(key));
    expect(monthsOf('2024-11-18')).toHaveLength(3);
    expect(common('2024-11-30', '2025-01-01')).toBe(true);
    expect(common('2024-11-01', '2025-02-01')).toBe(false);
    expect(common('2025-01-01', '2024-11-30')).toBe(true);
  });

  it('are compared within the same matter unless the rule names others', () => {
    const [own] = duplicateRules(matterWith(RULE('[[way]]')), FORM);
    const [other] = duplicateRules(matterWith(RULE('[[way]]', ', against: [moving]')), FORM);
    expect([own?.against, other?.against]).toEqual([['small-matter'], ['moving']]);
  });
});

const STEPS = 'steps:\n  - id: intake\n';
const MISTAKES: Mistake[] = [
  ['an unknown field', STEPS, withRule(RULE('[[applicant.idNr]]')), 'applicant.idNr', 'unknown-field', '“idNo”'],
  ['a group', STEPS, withRule(RULE('[[applicant]]')), 'applicant]]', 'duplicate-field', 'holds one value'],
  [
    'months without a date',
    STEPS,
    withRule(RULE('[[applicant.idNo]]', ', months: 8')),
    'applicant.idNo]]',
    'duplicate-field',
    'Put a date last',
  ],
  [
    'a yes-or-no',
    STEPS,
    withRule(RULE('[[applicant.foreign]]')),
    'applicant.foreign]]',
    'duplicate-field',
    'holds one value',
  ],
];

describe('the linter', () => {
  it.each(MISTAKES)('reports %s in a duplicate rule', (...mistake) => {
    expectProblem(mistake);
  });

  it('reports a comparison with a matter that does not exist or has no such key', () => {
    const matter = matterWith(RULE('[[way]]', ', against: [small-matter, other-matter]'));
    const silent = parseSource().matter;
    const rules = (all: Parameters<typeof lintComparisons>[1]) => lintComparisons(matter, all).map(({ rule }) => rule);
    expect(rules([matter])).toEqual(['unknown-matter']);
    expect(rules([matter, { ...matter, code: 'other-matter' }])).toEqual([]);
    expect(rules([matter, { ...silent, code: 'other-matter' }])).toEqual(['key-unmatched']);
  });
});

describe('invented persons', () => {
  const sample = '{"a":"339900199003070018","b":"339900199003070018","unitNo":"330411001001GB00001F00010001"}';

  it('differ from case to case, and are the same person everywhere in one case', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000 }), (first) => {
        const invent = createInventor(first);
        const [one, two] = [invent(sample), invent(sample)].map(
          (text) => JSON.parse(text) as { a: string; b: string; unitNo: string },
        );
        expect(one!.a).toBe(one!.b);
        expect(one!.a).toMatch(/^339900\d{11}[\dX]$/);
        expect(one!.unitNo).toMatch(/^330411001001GB00001F\d{8}$/);
        expect(two!.a).not.toBe(one!.a);
        expect(two!.unitNo).not.toBe(one!.unitNo);
      }),
    );
  });
});
