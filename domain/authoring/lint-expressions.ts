import { listLength, MAX_OPERATIONS } from '../matter/bounds.ts';
import { evaluateFeel } from '../matter/expressions.ts';
import { readExpression, type ExpressionReading, type Names, type Shape } from './feel-names.ts';
import { EXPRESSION_FINDINGS } from '../words/expression-findings.ts';
import type { DefinitionPath, Finding } from './findings.ts';
import { resultFields, resultName } from '../matter/results.ts';
import type { ApplicantLimit, Field, Matter, Step } from '../matter/schema.ts';

/** A condition of a matter, and the list whose `item` and `index` it can use. */
export interface Condition {
  expr: string;
  /** It is only judged if this holds. */
  guard?: string | undefined;
  list?: string | undefined;
  /** The step whose rule it is: the rule can use `results`. */
  step?: Step;
  path: DefinitionPath;
}

/**
 * All conditions of checks, materials, steps, rules and limits of the applicant. The conditions of
 * form fields belong to the form.
 */
export const listConditions = (matter: Matter): Condition[] => [
  ...matter.checks.flatMap(({ when, expr, each }, index) => [
    ...toConditions(when, ['checks', index, 'when'], each),
    { expr, guard: when, list: each, path: ['checks', index, 'expr'] },
  ]),
  ...matter.materials.flatMap(({ when }, index) => toConditions(when, ['materials', index, 'when'])),
  ...matter.steps.flatMap((step, index) => [
    ...toConditions(step.when, ['steps', index, 'when'], step.forEach),
    ...(step.rules ?? []).map(({ expr }, place) => {
      const path = ['steps', index, 'rules', place, 'expr'];
      return { expr, list: step.forEach, step, path };
    }),
  ]),
  ...matter.applicantLimits.flatMap((limit, index) =>
    limit.within.flatMap(({ when }, place) =>
      toConditions(when, ['applicantLimits', index, 'within', place, 'when'], listOfLimit(matter, limit)),
    ),
  ),
];

/** The expressions of the applicant's limits that give dates. */
export const listDates = (matter: Matter): Condition[] =>
  matter.applicantLimits.map((limit, index) => ({
    expr: limit.from,
    list: listOfLimit(matter, limit),
    path: ['applicantLimits', index, 'from'],
  }));

const listOfLimit = ({ steps }: Matter, { each, step }: ApplicantLimit): string | undefined =>
  each ?? steps.find(({ id }) => id === step)?.forEach;

const toConditions = (expr: string | undefined, path: DefinitionPath, list?: string): Condition[] =>
  expr === undefined ? [] : [{ expr, list, path }];

/** The operations of an expression, for every item that it is judged for. */
interface Cost {
  path: DefinitionPath;
  operations: number;
}

/** Syntax, names, types and cost of every expression, and conditions that never hold. */
export const lintExpressions = (matter: Matter): Finding[] => {
  const findings: Finding[] = [];
  const costs: Cost[] = [];
  const names = new Map<string, Shape>([
    ...partsOf(matter.form),
    ['now', { kind: 'date-time' }],
    ['today', { kind: 'date' }],
  ]);
  for (const [index, { id, expr }] of matter.derived.entries()) {
    const reading = readExpression(expr, names);
    const path = ['derived', index, 'expr'];
    findings.push(...placeFindings(reading, path));
    costs.push({ path, operations: reading.operations });
    names.set(id, reading.shape);
  }
  const lintOne = (
    expr: string,
    known: Names,
    path: DefinitionPath,
    repeated: number,
    lintReading = lintCondition,
  ): Finding[] => {
    const reading = readExpression(expr, known);
    costs.push({ path, operations: reading.operations * repeated });
    return lintReading(expr, reading, path);
  };
  const lintListed = (lintReading: typeof lintCondition, { expr, list, step, path }: Condition): Finding[] => {
    const known = step ? withResults(names, matter, step) : names;
    return list === undefined
      ? lintOne(expr, known, path, 1, lintReading)
      : lintOne(expr, withItem(known, names.get(list)), path, listLength(matter, { forEach: list }), lintReading);
  };
  const lintRequired = (fields: readonly Field[], known: Names, path: DefinitionPath, repeated: number): Finding[] =>
    fields.flatMap((field, index) => {
      const { required, fields: inside = [], type, maxItems = 0 } = field;
      const isList = type === 'list';
      return [
        ...(typeof required === 'string' ? lintOne(required, known, [...path, index, 'required'], repeated) : []),
        ...lintRequired(
          inside,
          isList ? withItem(known, shapeOf(field)) : known,
          [...path, index, 'fields'],
          isList ? repeated * maxItems : repeated,
        ),
      ];
    });
  findings.push(
    ...lintRequired(matter.form, names, ['form'], 1),
    ...listConditions(matter).flatMap((condition) => lintListed(lintCondition, condition)),
    ...listDates(matter).flatMap((condition) => lintListed(lintDate, condition)),
  );
  return [...findings, ...lintCosts(costs)];
};

/** All expressions together are bounded; the finding is at the one that costs most. */
const lintCosts = (costs: readonly Cost[]): Finding[] => {
  const all = costs.reduce((sum, { operations }) => sum + operations, 0);
  const [most] = costs.toSorted((a, b) => b.operations - a.operations);
  if (all <= MAX_OPERATIONS || !most) return [];
  return [
    {
      rule: 'costly-expressions',
      path: most.path,
      ...EXPRESSION_FINDINGS.costly(all, most.operations),
    },
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
      return { kind: 'list', item: group, most: field.maxItems ?? 0 };
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

/**
 * Another rule reports a step whose result is read and not waited for, so every step with a result
 * is known here.
 */
const withResults = (names: Names, matter: Matter, step: Step): Names => {
  const shapeOfResult = (giver: Step): Shape => {
    const group: Shape = { kind: 'group', parts: partsOf(resultFields(giver)) };
    const isSameItem = giver.forEach === undefined || giver.forEach === step.forEach;
    return isSameItem ? group : { kind: 'list', item: group, most: listLength(matter, giver) };
  };
  const givers = matter.steps.filter((giver) => resultFields(giver).length > 0);
  const parts = new Map(givers.map((giver) => [resultName(giver.id), shapeOfResult(giver)]));
  return new Map([...names, ['results', { kind: 'group', parts }]]);
};

const placeFindings = ({ findings }: ExpressionReading, path: DefinitionPath): Finding[] =>
  findings.map((finding) => ({ ...finding, path }));

const lintDate = (_expr: string, reading: ExpressionReading, path: DefinitionPath): Finding[] => {
  const findings = placeFindings(reading, path);
  const { kind } = reading.shape;
  if (findings.length > 0 || kind === 'date' || kind === 'any') return findings;
  return [{ rule: 'no-date', path, ...EXPRESSION_FINDINGS.noDate() }];
};

const lintCondition = (expr: string, reading: ExpressionReading, path: DefinitionPath): Finding[] => {
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
