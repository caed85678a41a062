import { describe, expect, it } from 'vitest';
import { changeSource, expectProblem, positionOf, problemsOf, type Mistake } from './small-matter.ts';

const CARD_WHEN = 'when: item.share = null or item.share > 0';

const EXPRESSIONS: Mistake[] = [
  ['a misspelt name', 'when: byPost', 'when: byPots', 'byPots', 'unknown-name', '“byPost”'],
  [
    'a misspelt part of a path',
    'expr: applicant.idNo !=',
    'expr: applicant.idNoo !=',
    'idNoo',
    'unknown-name',
    '“idNo”',
  ],
  [
    'a misspelt part of an item',
    CARD_WHEN,
    'when: item.share = null or item.shar > 0',
    'shar > 0',
    'unknown-name',
    '“share”',
  ],
  [
    'a misspelt name in a quantifier',
    'satisfies child.share',
    'satisfies child.shares',
    'shares != null',
    'unknown-name',
    '“share”',
  ],
  [
    'a misspelt name in a filter',
    'expr: count(children) > 1',
    `expr: 'count(children[shar > 1]) > 1'`,
    'shar > 1',
    'unknown-name',
    '“share”',
  ],
  [
    'a misspelt name in a branch never taken',
    'expr: count(children) > 1',
    'expr: if true then several2 else false',
    'several2',
    'unknown-name',
    'Known here',
  ],
  [
    'a misspelt function',
    'expr: count(children) > 1',
    'expr: cuont(children) > 1',
    'cuont',
    'unknown-name',
    'built-in',
  ],
  ['a part of what has none', 'when: byPost', 'when: address.street = "x"', 'street', 'unknown-name', 'Remove'],
  [
    'an item outside a list',
    'when: byPost',
    'when: item.share > 1',
    'item.share > 1\n    whenText: { zh: 邮',
    'unknown-name',
    'Known here',
  ],
  [
    'a derived name before its definition',
    'expr: way = "post" }',
    'expr: several }',
    'several }',
    'unknown-name',
    'Known here',
  ],
  [
    'a wrong name in a required',
    'required: applicant.foreign }',
    'required: applicant.foreigner }',
    'foreigner }',
    'unknown-name',
    '“foreign”',
  ],
  [
    'a value that a choice does not have',
    'required: way = "post" }',
    'required: way = "pst" }',
    '"pst"',
    'unknown-choice',
    '“post”',
  ],
  [
    'a value that a choice does not have, in a list',
    'when: byPost',
    `when: 'way in ["post", "pickup"]'`,
    '"pickup"',
    'unknown-choice',
    'post, window',
  ],
  [
    'a text compared with a date',
    'expr: date(item.born) <= today',
    'expr: item.born <= today',
    'item.born <= today',
    'type-mismatch',
    'date(…)',
  ],
  [
    'a clock called as a function',
    'expr: date(item.born) <= today',
    'expr: date(item.born) <= today()',
    'today()',
    'unknown-name',
    'without ()',
  ],
  [
    'an incomplete expression',
    'when: byPost',
    'when: byPost and',
    '\n    whenText: { zh: 邮',
    'expression-syntax',
    'Complete or correct',
  ],
  [
    'operators of other languages',
    'when: byPost',
    'when: byPost && several',
    '&& several',
    'expression-syntax',
    'FEEL',
  ],
  [
    'a doubled equals sign',
    'when: byPost',
    'when: way == "post"',
    '= "post"\n    whenText',
    'expression-syntax',
    'single =',
  ],
  [
    'a test that swallows what follows',
    'when: byPost',
    `when: way in ["post"] and several`,
    '["post"] and',
    'expression-syntax',
    'brackets',
  ],
  [
    'a mistake in a folded text',
    'when: byPost',
    'when: >-\n      byPost and\n      sevral',
    'sevral',
    'unknown-name',
    '“several”',
  ],
  [
    'a mistake in a quoted text',
    'when: byPost',
    `when: "way = \\"post\\" and sevral"`,
    'sevral',
    'unknown-name',
    '“several”',
  ],
  [
    'a value where a condition belongs',
    'when: byPost',
    'when: address',
    'address\n    whenText',
    'not-a-condition',
    'comparison',
  ],
  ['a condition that never holds', 'when: byPost', 'when: 1 = 2', '1 = 2', 'unreachable-step', 'remove the step'],
  ['a condition that always holds', 'when: byPost', 'when: 1 = 1', '1 = 1', 'constant-condition', 'remove it'],
  [
    'a condition that an empty field leaves open',
    'when: byPost',
    'when: string length(address) > 10',
    'string length(address) > 10',
    'undecided-condition',
    'Handle empty fields',
  ],
  [
    'a derived value that an empty field leaves open',
    'expr: way = "post" }',
    'expr: applicant.idNo + "x" }',
    'applicant.idNo + "x"',
    'undecided-condition',
    'Handle empty fields',
  ],
];

const RULE = 'expr: count(children) > 1';
const COSTLY: Mistake[] = [
  ['2.5 s', RULE, 'expr: count(for i in 1..3000000 return i) > 1', '1..3000000', 'unbounded-expression', 'short range'],
  [
    '8.3 s',
    RULE,
    'expr: some i in 1..3000000 satisfies i > 5000000',
    '1..3000000',
    'unbounded-expression',
    'short range',
  ],
  [
    'more than 90 s',
    RULE,
    `expr: 'replace("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "^(a+)+$", "x") = "x"'`,
    'replace(',
    'unbounded-expression',
    'starts with',
  ],
  [
    'a time that the form sets',
    RULE,
    `expr: 'some i in 1..children[1].share satisfies i > 5'`,
    '1..children',
    'unbounded-expression',
    'short range',
  ],
  [
    'the time of an interval',
    RULE,
    'expr: "some i in [1..9] satisfies i > 5"',
    '[1..9]',
    'unbounded-expression',
    'list',
  ],
  [
    'the time of a list of unknown length',
    RULE,
    `expr: 'some i in get value(applicant, "name") satisfies i > 5'`,
    'get value',
    'unbounded-expression',
    'list of the form',
  ],
  ['the time of a pattern', RULE, `expr: 'matches(address, "(a|a)+")'`, 'matches', 'unbounded-expression', 'simpler'],
  [
    'the time of two repetitions',
    RULE,
    `expr: 'matches(address, "a+b*c")'`,
    'matches',
    'unbounded-expression',
    'simpler',
  ],
  ['a function of its own', RULE, `expr: '{f: function(x) x}.f(1) = 1'`, '{f', 'unbounded-expression', 'derived'],
  [
    'three nested iterations',
    RULE,
    `expr: 'some a in children, b in children, c in children satisfies a = b'`,
    'a = b',
    'unbounded-expression',
    'derived',
  ],
];

describe('the linter of expressions', () => {
  it.each(COSTLY)('reports an expression that takes %s', (...mistake) => {
    expectProblem(mistake);
  });

  it('reports expressions that take too long together, at the one that takes most', () => {
    const compared = `'every a in children, b in children satisfies a = b or a = item'`;
    const source = changeSource('maxItems: 4', 'maxItems: 20').replace('date(item.born) <= today', compared);
    expect(problemsOf(source)).toEqual([]);
    expect(problemsOf(source.replace('maxItems: 20', 'maxItems: 60'))).toEqual([
      `${positionOf(source, compared)} costly-expressions checks[0].expr`,
    ]);
  });

  it('allows short ranges, and patterns with one open repetition', () => {
    for (const expr of [
      'some i in 1..12 satisfies i > count(children)',
      `'matches(address, "^[0-9]{12}$")'`,
      `'matches(address, "[A-Za-z]") or matches(address, "^A\\d{4}.*$")'`,
      'count(distinct values(children.name)) > 1',
      `'some a in children, b in children satisfies a.name = b.name'`,
    ]) {
      expect(problemsOf(changeSource(RULE, `expr: ${expr}`)).filter((one) => !one.includes('undecided'))).toEqual([]);
    }
  });

  it.each(EXPRESSIONS)('reports the place of %s and how to fix it', (...mistake) => {
    expectProblem(mistake);
  });

  it('allows an undecided rule of an instant step, because a person then decides', () => {
    expect(
      problemsOf(changeSource('expr: applicant.idNo != null', 'expr: string length(applicant.idNo) = 18')),
    ).toEqual([]);
  });
});
