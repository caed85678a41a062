import { describe, expect, it } from 'vitest';
import { loadMatter } from '../../../domain/authoring/load.ts';
import { AGENCIES, expectBothLanguages, SMALL_MATTER } from './small-matter.ts';

/** The small matter, in which the card gives a number and the entry is sent it. */
const SOURCE = SMALL_MATTER.replace(
  '    output: { id: card, name: { zh: 卡, en: Card } }\n',
  `    output:
      id: card
      name: { zh: 卡, en: Card }
      fields:
        - { id: cardNo, name: { zh: 卡号, en: Card number }, type: text, required: true, personal: true }
        - { id: copies, name: { zh: 份数, en: Copies }, type: integer }
`,
).replace('discloses: [children, applicant.name]', 'discloses: [children, applicant.name, result:card.cardNo]');

const change = (from: string, to: string): string => {
  expect(SOURCE.split(from)).toHaveLength(2);
  return SOURCE.replace(from, () => to);
};
const findProblems = (source: string) => {
  const loaded = loadMatter(source, 'small-matter/matter.yaml', AGENCIES);
  return loaded.ok ? [] : loaded.problems;
};
const rule = (expr: string) =>
  `rules:\n      - { id: result, name: { zh: 结果, en: Result }, source: 测试, expr: '${expr}' }`;

describe('a matter with results', () => {
  it('has no finding', () => {
    expect(findProblems(SOURCE)).toEqual([]);
  });

  it.each([
    ['an unknown step', 'result:card.cardNo', 'result:crad.cardNo', 'unknown-step', 'card'],
    ['an unknown field', 'result:card.cardNo', 'result:card.cardNumber', 'unknown-result', 'cardNo'],
    ['a step without a result', 'result:card.cardNo', 'result:check.cardNo', 'unknown-result', 'No name is known'],
    ['its own result', "discloses: ['children[].name']", 'discloses: [result:card.cardNo]', 'result-order', 'card'],
    [
      'the result of a step that it does not wait for',
      'discloses: [applicant.idNo]',
      'discloses: [applicant.idNo, result:card.cardNo]',
      'result-order',
      'Add card to its needs',
    ],
    [
      'the result of a later step in a rule',
      'rules:\n      - { id: has-number, name: { zh: 有号码, en: Has a number }, source: 测试, expr: applicant.idNo != null }',
      rule('count(results.card) > 0'),
      'result-order',
      'Add card to its needs',
    ],
    [
      'a personal result that is only delivered',
      'discloses: [address]',
      'discloses: [address, result:card.cardNo]',
      'needless-result',
      'Remove it',
    ],
    ['a path that is none', 'result:card.cardNo', "'result:card'", 'wrong-value', 'result:<step>.<field>'],
    ['a field twice', 'id: copies', 'id: cardNo', 'duplicate-id', 'another id'],
    ['a group as a result', 'type: integer }', 'type: group }', 'wrong-value', 'text'],
    [
      'a condition for a field',
      'required: true, personal: true }\n        - { id: copies',
      'required: 1 = 1, personal: true }\n        - { id: copies',
      'wrong-value',
      'true',
    ],
  ])('finds %s', (_, from, to, found, fix) => {
    const problems = findProblems(change(from, to));
    expect(problems.map((problem) => problem.rule)).toContain(found);
    const problem = problems.find((one) => one.rule === found)!;
    expect(`${problem.message.en} ${problem.fix.en}`).toContain(fix);
    expectBothLanguages(problem);
  });

  it('knows the values of a result in rules only, by the name of the step in camelCase', () => {
    const inWhen = change('when: byPost', 'when: count(results.card) > 0');
    expect(findProblems(inWhen).map((problem) => problem.rule)).toContain('unknown-name');
    const entry = 'agency: police\n    kind: register';
    const withRule = (expr: string) => change(entry, `agency: police\n    kind: instant\n    ${rule(expr)}`);
    expect(findProblems(withRule('results.card.copies > 0'))).toEqual([]);
    expect(findProblems(withRule('results.card.copys > 0')).map((problem) => problem.rule)).toEqual(['unknown-name']);
    expect(findProblems(withRule('results.card.copies = "1"')).map((problem) => problem.rule)).toEqual([
      'type-mismatch',
    ]);
  });
});
