import { describe, expect, it } from 'vitest';
import { changeSource, expectProblem, problemsOf, type Mistake } from './small-matter.ts';

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

describe('the linter of expressions', () => {
  it.each(EXPRESSIONS)('reports the place of %s and how to fix it', (...mistake) => {
    expectProblem(mistake);
  });

  it('allows an undecided rule of an instant step, because a person then decides', () => {
    expect(
      problemsOf(changeSource('expr: applicant.idNo != null', 'expr: string length(applicant.idNo) = 18')),
    ).toEqual([]);
  });
});
