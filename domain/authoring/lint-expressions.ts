import { evaluateFeel } from '../matter/expressions.ts';
import { readExpression, type ExpressionReading, type Names, type Shape } from './feel-names.ts';
import { EXPRESSION_FINDINGS } from '../words/expression-findings.ts';
import type { DefinitionPath, Finding } from './findings.ts';
import type { Field, Matter } from '../matter/schema.ts';

/** A condition of a matter, and the list whose `item` and `index` it can use. */
export interface Condition {
  expr: string;
  /** It is only judged if this holds. */
  guard?: string | undefined;
  list?: string | undefined;
  path: DefinitionPath;
}

/**
 * All conditions of checks, materials, steps and rules. The conditions of form fields belong to the
 * form.
 */
export const listConditions = (matter: Matter): Condition[] => [
  ...matter.checks.flatMap(({ when, expr, each }, index) => [
    ...toConditions(when, ['checks', index, 'when'], each),
    { expr, guard: when, list: each, path: ['checks', index, 'expr'] },
  ]),
  ...matter.materials.flatMap(({ when }, index) => toConditions(when, ['materials', index, 'when'])),
  ...matter.steps.flatMap(({ when, rules = [], forEach }, index) => [
    ...toConditions(when, ['steps', index, 'when'], forEach),
    ...rules.map(({ expr }, place) => ({ expr, list: forEach, path: ['steps', index, 'rules', place, 'expr'] })),
  ]),
];

const toConditions = (expr: string | undefined, path: DefinitionPath, list?: string): Condition[] =>
  expr === undefined ? [] : [{ expr, list, path }];

/** Syntax, names and types of every expression, and conditions that never hold. */
export const lintExpressions = (matter: Matter): Finding[] => {
  const findings: Finding[] = [];
  const names = new Map<string, Shape>([
    ...partsOf(matter.form),
    ['now', { kind: 'date-time' }],
    ['today', { kind: 'date' }],
  ]);
  for (const [index, { id, expr }] of matter.derived.entries()) {
    const reading = readExpression(expr, names);
    findings.push(...placeFindings(reading, ['derived', index, 'expr']));
    names.set(id, reading.shape);
  }
  return [
    ...findings,
    ...lintRequired(matter.form, names, ['form']),
    ...listConditions(matter).flatMap(({ expr, list, path }) =>
      lintCondition(expr, list === undefined ? names : withItem(names, names.get(list)), path),
    ),
  ];
};

const partsOf = (fields: readonly Field[]): Map<string, Shape> =>
  new Map(fields.map((field) => [field.id, shapeOf(field)]));

const shapeOf = (field: Field): Shape => {
  const group: Shape = { kind: 'group', parts: partsOf(field.fields ?? []) };
  switch (field.type) {
    case 'group':
      return group;
    case 'list':
      return { kind: 'list', item: group };
    case 'choice':
      return { kind: 'choice', values: (field.choices ?? []).map(({ value }) => value) };
    case 'integer':
    case 'number':
      return { kind: 'number' };
    case 'boolean':
    case 'text':
      return { kind: field.type };
  }
};

/** Another rule reports an unknown list, so its items can have any shape here. */
const withItem = (names: Names, list: Shape | undefined): Names =>
  new Map([...names, ['item', list?.kind === 'list' ? list.item : { kind: 'any' }], ['index', { kind: 'number' }]]);

const lintRequired = (fields: readonly Field[], names: Names, path: DefinitionPath): Finding[] =>
  fields.flatMap((field, index) => [
    ...(typeof field.required === 'string' ? lintCondition(field.required, names, [...path, index, 'required']) : []),
    ...lintRequired(field.fields ?? [], field.type === 'list' ? withItem(names, shapeOf(field)) : names, [
      ...path,
      index,
      'fields',
    ]),
  ]);

const placeFindings = ({ findings }: ExpressionReading, path: DefinitionPath): Finding[] =>
  findings.map((finding) => ({ ...finding, path }));

const lintCondition = (expr: string, names: Names, path: DefinitionPath): Finding[] => {
  const reading = readExpression(expr, names);
  const findings = placeFindings(reading, path);
  if (findings.length > 0) return findings;
  if (reading.shape.kind !== 'boolean' && reading.shape.kind !== 'any') {
    return [{ rule: 'not-a-condition', path, ...EXPRESSION_FINDINGS.notACondition(reading.shape.kind) }];
  }
  if (!reading.constant) return [];
  const { value } = evaluateFeel(expr, {});
  const isStep = path[0] === 'steps' && path.at(-1) === 'when';
  return isStep && value !== true
    ? [
        {
          rule: 'unreachable-step',
          path,
          ...EXPRESSION_FINDINGS.unreachableStep(),
        },
      ]
    : [
        {
          rule: 'constant-condition',
          path,
          ...EXPRESSION_FINDINGS.constantCondition(String(value)),
        },
      ];
};
