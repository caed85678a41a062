import { describe, expect, it } from 'vitest';
import { loadMatter } from '../../../domain/authoring/load.ts';
import { AGENCIES, changeSource, expectProblem, problemsOf, SMALL_MATTER, type Mistake } from './small-matter.ts';

const CARD_WHEN = 'when: item.share = null or item.share > 0';

const STEPS: Mistake[] = [
  ['an unknown lead', 'lead: police', 'lead: polic', 'polic\n', 'unknown-agency', '“police”'],
  ['an unknown agency of a step', 'agency: post', 'agency: pots', 'pots\n', 'unknown-agency', '“post”'],
  ['an unknown sharing agency', 'agency: police }', 'agency: tax }', 'tax }', 'unknown-agency', 'window, police'],
  ['an unknown needed step', 'needs: [intake]', 'needs: [intak]', 'intak]', 'unknown-step', '“intake”'],
  ['an unknown alternative', 'anyOf: [card, check]', 'anyOf: [card, chek]', 'chek]', 'unknown-step', '“check”'],
  [
    'an unknown settled step',
    'settled: [entry, parcel]',
    'settled: [entry, post]',
    'post]\n    limit',
    'unknown-step',
    'intake, check',
  ],
  ['an unknown someOf step', 'someOf: [card, entry]', 'someOf: [cart, entry]', 'cart, entry', 'unknown-step', '“card”'],
  ['an unknown accepting step', 'acceptedBy: intake', 'acceptedBy: take', 'take\n', 'unknown-step', 'intake'],
  ['an unknown standsAfter', 'standsAfter: [card]', 'standsAfter: [crd]', 'crd]', 'unknown-step', '“card”'],
  ['an unknown whenFails', 'whenFails: [entry]', 'whenFails: [entri]', 'entri]', 'unknown-step', '“entry”'],
  [
    'an unknown list',
    `forEach: children\n    ${CARD_WHEN}`,
    `forEach: child\n    ${CARD_WHEN}`,
    'child\n    when',
    'unknown-list',
    'children',
  ],
  [
    'a division that is no division',
    '    agency: window\n    kind: review',
    '    agency: window\n    division: applicant.name\n    kind: review',
    'applicant.name\n    kind',
    'not-a-division',
    'format: division',
  ],
  [
    'an unknown division',
    '    agency: window\n    kind: review',
    '    agency: window\n    division: applicant.nam\n    kind: review',
    'applicant.nam\n    kind',
    'unknown-field',
    '“name”',
  ],
  ['an unknown material', 'materials: [id-card]', 'materials: [id-cart]', 'id-cart', 'unknown-material', '“id-card”'],
  ['an unknown producing step', 'step: card }', 'step: crad }', 'crad }', 'unknown-step', 'card'],
  ['a material that no step makes', 'step: card }', 'step: check }', 'check } }', 'material-unproduced', 'Add output'],
  [
    'a material used before it is made',
    'materials: [id-card]',
    'materials: [card]',
    'card]\n    undo',
    'material-order',
    'Add card to its needs',
  ],
  [
    'an acceptance that may be skipped',
    'acceptedBy: intake',
    'acceptedBy: parcel',
    'parcel\n',
    'conditional-acceptance',
    'without when',
  ],
  [
    'an acceptance of a kind that cannot be refused',
    'acceptedBy: intake',
    'acceptedBy: notice',
    'notice\n',
    'acceptance-never-refused',
    'kind review',
  ],
  [
    'a cycle',
    '    agency: window\n    kind: review',
    '    agency: window\n    kind: review\n    needs: [notice]',
    '[notice]',
    'cycle',
    'Remove one',
  ],
  ['a step that needs itself', 'needs: [check]', 'needs: [card]', '[card]\n    limit', 'cycle', 'Remove one'],
  [
    'an undo that always or never applies',
    'whenFails: [entry]',
    'whenFails: [check]',
    'check] }',
    'undo-order',
    'comes after card',
  ],
  ['two steps of one id', 'id: notice\n', 'id: parcel\n', 'parcel\n    name: { zh: 告知', 'duplicate-id', 'another id'],
  ['two materials of one id', 'id: record,', 'id: card,', 'card, name: { zh: 记录', 'duplicate-id', 'another id'],
  [
    'two rules of one id',
    'id: adult,',
    'id: has-number,',
    'has-number, name: { zh: 成年',
    'duplicate-id',
    'another id',
  ],
  [
    'a condition without words',
    '    whenText: { zh: 邮寄的, en: By post }\n',
    '',
    'when: byPost',
    'missing',
    'whenText',
  ],
  ['words without a condition', '    when: byPost\n', '', 'whenText: { zh: 邮寄的', 'needless-when-text', 'when'],
  [
    'an instant step without rules',
    'kind: review',
    'kind: instant',
    'instant\n    limit: { promised: { workingM',
    'instant-without-rules',
    'kind: approve',
  ],
  [
    'rules of a step that people decide',
    'kind: instant',
    'kind: approve',
    'rules:\n',
    'rules-without-instant',
    'kind: instant',
  ],
  [
    'a promise beyond the law',
    'statutory: { workingDays: 20 }',
    'statutory: { workingDays: 3 }',
    '5 }, statutory',
    'limit-order',
    'statutory',
  ],
  [
    'an undisclosable field',
    'discloses: [applicant.idNo]',
    'discloses: [applicant.idNr]',
    'applicant.idNr',
    'unknown-field',
    '“idNo”',
  ],
  [
    'a list’s field without its mark',
    "discloses: ['children[].name']",
    'discloses: [children.name]',
    'children.name',
    'unknown-field',
    'children[]',
  ],
  [
    'a list mark on a field that is not a list',
    'discloses: [address]',
    "discloses: ['address[]']",
    "'address[]'",
    'unknown-field',
    'address without []',
  ],
];

const FORM: Mistake[] = [
  ['two fields of one id', 'id: idNo,', 'id: name,', 'name, name: { zh: 身份号码', 'duplicate-id', 'another id'],
  ['a derived name that is a field', 'id: byPost,', 'id: way,', 'way, expr', 'duplicate-id', 'another id'],
  ['a choice offered twice', 'value: window', 'value: post', 'post, name: { zh: 自取', 'duplicate-id', 'another id'],
  ['a name that expressions have', 'id: several,', 'id: today,', 'today, expr', 'reserved-name', 'another name'],
  ['a word of FEEL', 'id: several,', 'id: between,', 'between, expr', 'reserved-name', 'another name'],
  ['a name that is unsafe', 'id: foreign,', 'id: constructor,', 'constructor', 'reserved-name', 'another id'],
  [
    'a format of a yes-no',
    'en: Foreign }, type: boolean',
    'en: Foreign }, type: boolean, format: date',
    'format: date }',
    'field-shape',
    'no further keys',
  ],
  ['a choice without choices', 'type: choice', 'type: text', 'choices:', 'field-shape', 'format, minLength'],
  ['a group without fields', 'type: boolean', 'type: group', '{ id: foreign', 'field-shape', 'Add fields'],
  ['a list without an end', '    maxItems: 4\n', '', 'id: children', 'field-shape', 'Add maxItems'],
  [
    'a form that no body could hold',
    'form:\n  - id: applicant',
    `form:
  - { id: many, name: { zh: 多, en: Many }, type: list, maxItems: 400, fields: [{ id: a, name: { zh: 甲, en: A }, type: text }] }
  - id: applicant`,
    '- { id: many',
    'form-too-large',
    'Lower maxItems',
  ],
  ['a range that is empty', 'minimum: 0', 'minimum: 200', '200, maximum', 'field-shape', 'Swap'],
  [
    'a check of an unknown field',
    'field: children[].born',
    'field: children[].brn',
    'children[].brn',
    'unknown-field',
    '“born”',
  ],
  ['a check over an unknown list', 'each: children', 'each: address', 'address\n    expr', 'unknown-list', 'children'],
  ['a check without an item', '    each: children\n', '', 'children[].born', 'unknown-field', 'Add each: children'],
];

const ITEM = `items:
  - id: card
    name: { zh: 卡, en: Card }
    lead: police
    steps: [card, entry]
    limit: { promised: { workingDays: 2 }, statutory: { workingDays: 5 } }
steps:
  - id: intake`;
const withItem = (from: string, to: string): string => ITEM.replace(from, () => to);

const ITEMS: Mistake[] = [
  ['an unknown lead', withItem('lead: police', 'lead: polic'), 'polic\n    steps', 'unknown-agency', '“police”'],
  ['an unknown step', withItem('card, entry', 'card, entri'), 'entri]', 'unknown-step', '“entry”'],
  ['steps of two lists', withItem('card, entry', 'card, check'), 'check]\n    limit', 'item-of-two-lists', 'forEach'],
  ['a step twice', withItem('card, entry', 'card, card'), 'card]\n    limit', 'step-in-two-items', 'one of the two'],
  ['more time than the law allows', withItem('workingDays: 2', 'workingDays: 6'), '6 }', 'limit-order', 'at most'],
  [
    'a repeated id',
    withItem(
      'steps:\n',
      `  - { id: card, name: { zh: 卡, en: C }, lead: post, steps: [check], limit: { promised: { seconds: 1 } } }\nsteps:\n`,
    ),
    'card, name: { zh: 卡, en: C }',
    'duplicate-id',
    '',
  ],
].map(([what = '', to = '', at = '', rule = '', fix = '']): Mistake => [
  what,
  'steps:\n  - id: intake',
  to,
  at,
  rule,
  fix,
]);

describe('lintMatter', () => {
  it('finds nothing in a matter without mistakes', () => {
    expect(problemsOf(SMALL_MATTER)).toEqual([]);
  });

  it.each([...STEPS, ...FORM])('reports the place of %s and how to fix it', (...mistake) => {
    expectProblem(mistake);
  });

  it('names a cycle from end to end', () => {
    const source = changeSource('    kind: review\n', '    kind: review\n    needs: [notice]\n');
    const result = loadMatter(source, 'small-matter/matter.yaml', AGENCIES);
    expect(result.ok ? [] : result.problems.map(({ message }) => message.en)).toEqual([
      'These steps wait for each other: intake → notice → entry → intake',
    ]);
  });

  it('reports the problems of the form, the steps and the expressions together', () => {
    const source = changeSource('lead: police', 'lead: polic')
      .replace('each: children', 'each: address')
      .replace('when: byPost', 'when: byPots');
    const rules = problemsOf(source).map((problem) => problem.split(' ')[1]);
    expect(rules).toEqual(expect.arrayContaining(['unknown-agency', 'unknown-list', 'unknown-name']));
  });
});

describe('the items of a matter', () => {
  it('are optional', () => {
    expect(problemsOf(changeSource('steps:\n  - id: intake', ITEM))).toEqual([]);
  });

  it.each(ITEMS)('are refused with %s', (...mistake) => {
    expectProblem(mistake);
  });
});
