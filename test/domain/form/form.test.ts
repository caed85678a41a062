import Ajv2020 from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkForm, jsonSchemaOf } from '../../../domain/form/form.ts';
import type { Form } from '../../../domain/matter/values.ts';
import { changeSource, CLOCK, parseSource } from '../authoring/small-matter.ts';

const { matter } = parseSource();

const FORM: Form = {
  applicant: { name: '林晓雨', idNo: '339900198802290020' },
  way: 'post',
  address: '嘉兴市秀洲区示例路8号',
  children: [
    { name: '陈一诺', born: '2024-11-18', share: 33.35 },
    { name: '陈一言', born: '2024-11-18', share: 66.65 },
  ],
};

const problemsOf = (form: unknown, definition = matter): string[] => {
  const checked = checkForm(definition, form, CLOCK);
  return checked.ok ? [] : checked.problems.map(({ path, rule }) => `${path} ${rule}`);
};

describe('checkForm', () => {
  it('accepts a valid form and returns it', () => {
    expect(checkForm(matter, FORM, CLOCK)).toEqual({ ok: true, form: FORM, warnings: [] });
  });

  it('returns the form normalised and without empty values', () => {
    const form = {
      ...FORM,
      applicant: { name: ' 买买提•艾力 ', idNo: '11010519491231002x', passportNo: '', foreign: null },
      children: [],
    };
    expect(checkForm(matter, form, CLOCK)).toEqual({
      ok: true,
      form: {
        applicant: { name: '买买提·艾力', idNo: '11010519491231002X' },
        way: 'post',
        address: '嘉兴市秀洲区示例路8号',
      },
      warnings: [],
    });
  });

  it('reports every problem at once, by path, in both languages', () => {
    const form = {
      applicant: { name: 3, idNo: '339900198802290021', nickname: 'x' },
      way: 'pigeon',
      children: [
        { name: '陈一诺', born: '2024-11-31' },
        { born: '2024-11-22', share: 33.333 },
        { name: '陈一言', born: '2024-11-18', share: 101 },
        'x',
      ],
    };
    expect(problemsOf(form)).toEqual([
      'applicant.name wrong-type',
      'applicant.idNo citizen-id',
      'applicant.nickname unknown-field',
      'way not-a-choice',
      'children[0].born date',
      'children[1].share too-many-decimals',
      'children[2].share too-large',
      'children[3] wrong-type',
      'children[1].name required',
      'children[1].born born-before-today',
    ]);
    const checked = checkForm(matter, form, CLOCK);
    const messages = checked.ok ? [] : checked.problems.map(({ message }) => message);
    expect(messages).toContainEqual({ zh: '出生日期不得晚于今天', en: 'Born after today' });
    expect(messages).toContainEqual({ zh: '请填写姓名', en: 'Name is required' });
  });

  it('requires a field with a condition only if the condition is true', () => {
    const { address: _, ...withoutAddress } = FORM;
    expect(problemsOf(withoutAddress)).toEqual(['address required']);
    expect(problemsOf({ ...withoutAddress, way: 'window' })).toEqual([]);
    expect(problemsOf({ ...FORM, applicant: { name: '林晓雨', foreign: true } })).toEqual([
      'applicant.passportNo required',
    ]);
    expect(problemsOf({ ...FORM, applicant: { name: '林晓雨', foreign: false } })).toEqual([]);
  });

  it('reports the required fields of a missing or empty required group', () => {
    const { applicant: _, ...without } = FORM;
    expect(problemsOf(without)).toEqual(['applicant.name required']);
    expect(problemsOf({ ...without, applicant: { name: '  ' } })).toEqual(['applicant.name required']);
    expect(problemsOf({ ...without, applicant: 'x' })).toEqual(['applicant wrong-type']);
  });

  it('requires nothing of an optional group until a field in it has a value', () => {
    const optional = parseSource(changeSource('    type: group\n    required: true\n', '    type: group\n')).matter;
    const { applicant: _, ...without } = FORM;
    expect(problemsOf({ ...without, applicant: {} }, optional)).toEqual([]);
    expect(problemsOf({ ...without, applicant: { idNo: '339900198802290020' } }, optional)).toEqual([
      'applicant.name required',
    ]);
  });

  it('compares sums without errors from binary fractions', () => {
    const children = [33.33, 33.33, 33.34].map((share) => ({ name: '陈一诺', born: '2024-11-18', share }));
    expect(problemsOf({ ...FORM, children })).toEqual([]);
    expect(problemsOf({ ...FORM, children: children.slice(1) })).toEqual(['children shares-sum']);
  });

  it('fails a check that cannot be evaluated only if nothing else is wrong', () => {
    const unsure = parseSource(
      changeSource('expr: sum(children.share) = 100', 'expr: sum(children.share) > 99'),
    ).matter;
    const children = [
      { name: '陈一诺', born: '2024-11-18', share: 100 },
      { name: '陈一言', born: '2024-11-18' },
    ];
    expect(problemsOf({ ...FORM, children }, unsure)).toEqual(['children shares-sum']);
    expect(problemsOf({ ...FORM, children, way: '' }, unsure)).toEqual(['way required']);
  });

  it('evaluates time from the given instant, in China time', () => {
    const form = { ...FORM, children: [{ name: '陈一诺', born: '2024-11-22' }] };
    const at = (text: string) => checkForm(matter, form, { now: Date.parse(text) }).ok;
    expect(at('2024-11-21T15:59:59Z')).toBe(false);
    expect(at('2024-11-21T16:00:00Z')).toBe(true);
  });

  it('counts characters, not code units', () => {
    expect(problemsOf({ ...FORM, address: '𠮷𠮷𠮷𠮷' })).toEqual(['address too-short']);
    expect(problemsOf({ ...FORM, address: '𠮷'.repeat(500) })).toEqual([]);
    expect(problemsOf({ ...FORM, address: '𠮷'.repeat(501) })).toEqual(['address too-long']);
  });

  it.each(['\0', '\ud800', '\ufffd', '\u202e', '\u2066', '\u2028', '\n', '\ue000'])(
    'refuses a text that contains %j',
    (mark) => {
      expect(problemsOf({ ...FORM, address: `示例路${mark}8号` })).toEqual(['address unreadable']);
    },
  );

  it('keeps no marks that mean nothing', () => {
    const checked = checkForm(matter, { ...FORM, address: '\ufeff示例\u200b路\u00ad8号 \u2060' }, CLOCK);
    expect(checked).toMatchObject({ ok: true, form: { address: '示例路8号' } });
  });

  it.each([null, undefined, 'x', 3, [], [FORM]])('refuses %j, which is not a form', (form) => {
    expect(problemsOf(form)[0]).toBe(' wrong-type');
  });

  it('refuses a form that is too deep or too large without reading it', () => {
    const deep = JSON.parse(`${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`) as unknown;
    expect(problemsOf(deep)).toEqual([' too-big']);
    expect(problemsOf({ ...FORM, children: Array(100_000).fill({}) })).toEqual([' too-big']);
    expect(problemsOf({ ...FORM, children: Array(5).fill(FORM['children']) })).toContain('children too-many');
  });

  it('reads no more items than a list may have, so that a long list costs no more than a full one', () => {
    const itemsOf = (count: number) => problemsOf({ ...FORM, children: Array(count).fill({}) });
    expect(itemsOf(390)).toEqual(['children too-many', ...itemsOf(4)]);
    expect(itemsOf(4)).toHaveLength(8);
  });

  it.each(['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty'])('refuses the key %s', (key) => {
    const form = JSON.parse(`{ "applicant": { "name": "林晓雨", "${key}": { "idNo": "x" } }, "${key}": 1 }`) as unknown;
    const problems = problemsOf(form);
    expect(problems.filter((problem) => problem.endsWith('unknown-field'))).toHaveLength(2);
    expect(({} as Record<string, unknown>)['idNo']).toBeUndefined();
  });

  it('never repeats a value, nor a key that could contain one', () => {
    const planted = '339900198802290020';
    const form = { applicant: { name: planted, idNo: `${planted}1`, [planted]: 1 }, way: planted, children: planted };
    const checked = checkForm(matter, form, CLOCK);
    expect(checked.ok).toBe(false);
    expect(JSON.stringify(checked)).not.toContain(planted);
  });

  it('answers any JSON with problems or a form, and accepts its own result again', () => {
    const anything = fc.record(
      Object.fromEntries(
        Object.entries(FORM).map(([key, value]) => [key, fc.oneof(fc.constant(value), fc.jsonValue())]),
      ),
    );
    fc.assert(
      fc.property(anything, (form) => {
        const checked = checkForm(matter, form, CLOCK);
        if (checked.ok) expect(checkForm(matter, checked.form, CLOCK)).toEqual(checked);
        else expect(checked.problems.length).toBeGreaterThan(0);
      }),
    );
  });
});

describe('a check', () => {
  const CHECK = '  - id: shares-sum\n';
  const withCheck = (check: string) => parseSource(changeSource(CHECK, `  - ${check}\n${CHECK}`)).matter;
  const message = 'message: { zh: 核对, en: Look again }';
  const found = (form: unknown, definition: typeof matter) => {
    const checked = checkForm(definition, form, CLOCK);
    return {
      problems: checked.ok ? [] : checked.problems.map(({ path, rule }) => `${path} ${rule}`),
      warnings: checked.warnings.map(({ path, rule }) => `${path} ${rule}`),
    };
  };

  it('of level warning leaves the form valid, and is reported together with problems', () => {
    const definition = withCheck(`{ id: by-post, field: way, level: warning, expr: way != "post", ${message} }`);
    expect(found(FORM, definition)).toEqual({ problems: [], warnings: ['way by-post'] });
    const { address: _, ...without } = FORM;
    expect(found(without, definition)).toEqual({ problems: ['address required'], warnings: ['way by-post'] });
  });

  it('says which places of the form it reads, also through derived names', () => {
    const definition = withCheck(
      `{ id: once, field: 'children[].name', each: children, level: warning, when: byPost, expr: item.share = 0, ${message} }`,
    );
    const checked = checkForm(definition, FORM, CLOCK);
    expect(checked.warnings.map(({ reads }) => reads)).toEqual([
      ['children[0].name', 'way', 'children[0].share'],
      ['children[1].name', 'way', 'children[1].share'],
    ]);
  });

  it.each([
    ['another field', 'applicant.name = "x"', { applicant: { name: 3 } }, 'applicant.name wrong-type'],
    ['a field that is missing', 'applicant.name = "x"', { applicant: {} }, 'applicant.name required'],
    ['a group that is no group', 'applicant.name = "x"', { applicant: 'x' }, 'applicant wrong-type'],
    ['a derived name', 'not(byPost)', { way: 'pigeon' }, 'way not-a-choice'],
    ['a list of the wrong type', 'count(children) = 9', { children: 'x' }, 'children wrong-type'],
    [
      'an item of a list',
      'every child in children satisfies child.born = "x"',
      { children: [{ name: '甲', born: '-' }] },
      'children[0].born date',
    ],
    [
      'a filtered list',
      'count(children[born = "x"]) = 9',
      { children: [{ name: '甲', born: '-' }] },
      'children[0].born date',
    ],
  ])('is not judged where %s that it reads is wrong', (_what, expr, change, problem) => {
    const definition = withCheck(`{ id: other, field: address, expr: '${expr}', ${message} }`);
    expect(problemsOf(FORM, definition)).toEqual(['address other']);
    expect(problemsOf({ ...FORM, ...change }, definition)).toEqual([problem]);
  });

  it('of one item is judged although another item is wrong', () => {
    const children = [
      { name: '甲', born: '-' },
      { name: '乙', born: '2024-11-22' },
    ];
    expect(problemsOf({ ...FORM, children })).toEqual(['children[0].born date', 'children[1].born born-before-today']);
  });

  it('can compare the date of birth in a number, and fractions', () => {
    const definition = withCheck(
      `{ id: born, field: applicant.idNo, expr: 'birthDateOf(applicant.idNo) = date("1988-02-29")', ${message} }`,
    );
    expect(problemsOf(FORM, definition)).toEqual([]);
    const other = { ...FORM, applicant: { name: '林晓雨', idNo: '339900199003070018' } };
    expect(problemsOf(other, definition)).toEqual(['applicant.idNo born']);
  });
});

describe('jsonSchemaOf', () => {
  const schema = jsonSchemaOf(matter);
  const validate = new Ajv2020.default({ strict: false }).compile(schema);

  it('is a JSON Schema that accepts a valid form and rejects an invalid one', () => {
    expect(validate(FORM)).toBe(true);
    expect(validate({ ...FORM, way: 'pigeon' })).toBe(false);
    expect(validate({ ...FORM, other: 1 })).toBe(false);
    expect(validate({ ...FORM, applicant: {} })).toBe(false);
  });

  it('has the Chinese and English name of every field and when it is required', () => {
    expect(schema).toMatchObject({
      'x-name': matter.name,
      required: ['applicant', 'way'],
      properties: {
        applicant: {
          'x-name': { zh: '申请人', en: 'Applicant' },
          properties: { idNo: { 'x-format': 'citizen-id', 'x-personal': true, examples: ['339900199003070018'] } },
        },
        way: { oneOf: [{ const: 'post', 'x-name': { zh: '邮寄', en: 'By post' } }, { const: 'window' }] },
        address: { 'x-required-when': 'way = "post"', minLength: 5 },
        children: { type: 'array', maxItems: 4, items: { required: ['name', 'born'] } },
      },
    });
  });
});
