import { evaluate, parseExpression } from 'feelin';
import { EXPRESSION_FINDINGS } from '../words/expression-findings.ts';
import type { FindingWords } from '../words/findings.ts';
import {
  findUnbounded,
  lengthOfRange,
  listChildren,
  listSources,
  type FeelNode as Node,
} from '../matter/expression-cost.ts';

import { OWN_FUNCTIONS } from '../matter/functions.ts';
import { suggest } from './findings.ts';

/** What is known about a name before there is a form. */
export type Shape =
  | { kind: 'text' | 'number' | 'boolean' | 'date' | 'date-time' | 'any' }
  | { kind: 'choice'; values: readonly string[] }
  | { kind: 'group'; parts: ReadonlyMap<string, Shape> }
  /** `most`: the most items. */
  | { kind: 'list'; item: Shape; most: number };

export type Names = ReadonlyMap<string, Shape>;

/** A mistake in an expression; `offset` counts its characters from 0. */
interface ExpressionFinding extends FindingWords {
  rule: 'expression-syntax' | 'unknown-name' | 'unknown-choice' | 'type-mismatch' | 'unbounded-expression';
  offset: number;
}

/**
 * The result of reading an expression: its mistakes, the shape of its value as far as it is known,
 * whether it uses no name at all, and the most operations of one evaluation.
 */
export interface ExpressionReading {
  findings: ExpressionFinding[];
  shape: Shape;
  constant: boolean;
  operations: number;
}

const ANY: Shape = { kind: 'any' };
const BOOLEAN: Shape = { kind: 'boolean' };

/**
 * Walks over the syntax tree of an expression without evaluating it, so that a wrong name is also
 * found in a branch that no sample takes, and inside a filter or quantifier over an empty list.
 */
export const readExpression = (expression: string, names: Names): ExpressionReading => {
  const findings: ExpressionFinding[] = [];
  let constant = true;
  let operations = 0;
  /** How often the node that is being read is evaluated at most. */
  let times = 1;

  const textOf = (node: Node): string => expression.slice(node.from, node.to);
  const report = (rule: ExpressionFinding['rule'], node: Node, words: FindingWords): Shape => {
    findings.push({ rule, offset: node.from, ...words });
    return ANY;
  };
  const shapeEach = (nodes: readonly Node[], known: Names): Shape[] => nodes.map((node) => shapeOf(node, known));

  const shapeInside = (node: Node, known: Names, repeated: number): Shape => {
    const before = times;
    times *= repeated;
    const shape = shapeOf(node, known);
    times = before;
    return shape;
  };

  const shapeOf = (node: Node, known: Names): Shape => {
    const parts = listChildren(node);
    operations += times;
    switch (node.name) {
      case 'StringLiteral':
        return { kind: 'text' };
      case 'NumericLiteral':
        return { kind: 'number' };
      case 'BooleanLiteral':
        return BOOLEAN;
      case 'VariableName':
        constant = false;
        return known.get(textOf(node)) ?? reportUnknownName(node, known);
      case 'PathExpression':
        return shapeOfPath(node, parts, known);
      case 'FilterExpression':
        return shapeOfFilter(parts, known);
      case 'QuantifiedExpression':
      case 'ForExpression': {
        const { inside, most } = readIterations(parts, known);
        const body = shapeInside(lastOf(parts, node), inside, most);
        return node.name === 'ForExpression' ? { kind: 'list', item: body, most } : BOOLEAN;
      }
      case 'FunctionInvocation':
        return shapeOfCall(parts, known);
      case 'List':
        return { kind: 'list', item: mergeShapes(shapeEach(parts.slice(1, -1), known)), most: parts.length - 2 };
      case 'DateTimeLiteral':
        shapeEach(parts, known);
        return DATE_SHAPES.get(parts[0] ? textOf(parts[0]) : '') ?? ANY;
      case 'NamedParameter':
        return shapeOf(lastOf(parts, node), known);
      case 'Comparison':
        return shapeOfComparison(node, parts, known);
      case 'Conjunction':
      case 'Disjunction':
        shapeEach(parts, known);
        return BOOLEAN;
      case 'InstanceOfExpression':
        shapeEach(parts.slice(0, 1), known);
        return BOOLEAN;
      case 'IfExpression': {
        const [, , , then = ANY, , otherwise = ANY] = shapeEach(parts, known);
        return mergeShapes([then, otherwise]);
      }
      case 'ArithmeticExpression':
        shapeEach(parts, known);
        return ANY;
      case 'ParenthesizedExpression':
        return shapeEach(parts, known)[1] ?? ANY;
      case 'Expression':
      case 'FunctionBody':
        return shapeEach(parts, known)[0] ?? ANY;
      default:
        shapeEach(parts, known);
        return ANY;
    }
  };

  const reportUnknownName = (node: Node, known: Names): Shape => {
    const name = textOf(node);
    return report('unknown-name', node, EXPRESSION_FINDINGS.unknownName(name, suggest(name, [...known.keys()])));
  };

  const shapeOfPath = (node: Node, parts: readonly Node[], known: Names): Shape => {
    const holder = parts[0] ? shapeOf(parts[0], known) : ANY;
    const name = lastOf(parts, node);
    return shapeOfPart(holder, name, parts[0] ? textOf(parts[0]) : '');
  };

  const shapeOfPart = (holder: Shape, name: Node, holderText: string): Shape => {
    const id = textOf(name);
    if (holder.kind === 'any') return ANY;
    if (holder.kind === 'list') {
      operations += times * holder.most;
      return { ...holder, item: shapeOfPart(holder.item, name, holderText) };
    }
    if (holder.kind === 'date' || holder.kind === 'date-time') return { kind: 'number' };
    if (holder.kind !== 'group') {
      return report('unknown-name', name, EXPRESSION_FINDINGS.noParts(holderText, id));
    }
    return (
      holder.parts.get(id) ??
      report('unknown-name', name, EXPRESSION_FINDINGS.noPart(holderText, id, suggest(id, [...holder.parts.keys()])))
    );
  };

  const shapeOfFilter = ([source, , condition]: readonly Node[], known: Names): Shape => {
    const list = source ? shapeOf(source, known) : ANY;
    const item = list.kind === 'list' ? list.item : list;
    const inside = new Map([...known, ...(item.kind === 'group' ? item.parts : []), ['item', item] as const]);
    const most = list.kind === 'list' ? list.most : 1;
    const by = condition ? shapeInside(condition, inside, most) : ANY;
    return by.kind === 'boolean' ? { kind: 'list', item, most } : item;
  };

  /**
   * The names of `for`, `some` and `every`, and the most iterations; each may use the names before
   * it.
   */
  const readIterations = (parts: readonly Node[], known: Names): { inside: Names; most: number } => {
    const inside = new Map(known);
    let most = 1;
    for (const iteration of listSources(parts)) {
      const [name, , over = iteration] = listChildren(iteration);
      const list = shapeOfSource(listChildren(over), inside, most);
      if (name) inside.set(textOf(name), list.kind === 'list' ? list.item : ANY);
      if (list.kind === 'list') most *= list.most;
    }
    return { inside, most };
  };

  const shapeOfSource = (over: readonly Node[], known: Names, repeated: number): Shape => {
    const [first] = over;
    if (!first) return ANY;
    const mistakes = findings.length;
    const shape = shapeInside(first, known, repeated);
    if (over.length > 1) return { kind: 'list', item: { kind: 'number' }, most: lengthOfRange(over, textOf) ?? 0 };
    return shape.kind === 'any' && findings.length === mistakes
      ? report('unbounded-expression', first, EXPRESSION_FINDINGS.unknownLength())
      : shape;
  };

  const shapeOfCall = ([name, , ...parameters]: readonly Node[], known: Names): Shape => {
    const given = parameters.flatMap((part) => (part.name.endsWith('Parameters') ? listChildren(part) : []));
    const shapes = shapeEach(given, known);
    const called = name ? textOf(name) : '';
    const isClock = called === 'now' || called === 'today';
    if (name && isClock) return report('unknown-name', name, EXPRESSION_FINDINGS.notAFunction(called));
    if (name && !Object.hasOwn(OWN_FUNCTIONS, called) && !isBuiltIn(called)) {
      return report('unknown-name', name, EXPRESSION_FINDINGS.noFunction(called));
    }
    const values = shapes.reduce((sum, shape) => sum + countValues(shape), 0);
    operations += times * (COMPARING.has(called) ? values * values : values);
    if (!LIST_FUNCTIONS.has(called)) return FUNCTION_SHAPES.get(called) ?? ANY;
    const items = shapes.map((shape) => (shape.kind === 'list' ? shape.item : shape));
    const [item = ANY] = items;
    const isOfOneKind = called !== 'flatten' && items.every((one) => one === item || one.kind === 'number');
    return { kind: 'list', item: isOfOneKind ? item : ANY, most: values };
  };

  const shapeOfComparison = (node: Node, parts: readonly Node[], known: Names): Shape => {
    const operands = parts.filter(({ name }) => !OPERATORS.has(name));
    const swallowed = parts.find(
      (part) => part.name === 'PositiveUnaryTest' && SWALLOWERS.has(part.firstChild?.name ?? ''),
    );
    if (swallowed) {
      const start = expression.slice(node.from, swallowed.from);
      return report('expression-syntax', swallowed, EXPRESSION_FINDINGS.swallowed(start));
    }
    const doubled = parts.find(
      ({ name, prevSibling }) => name.startsWith('Simple') && prevSibling?.name === 'CompareOp',
    );
    if (doubled) return report('expression-syntax', doubled, EXPRESSION_FINDINGS.twoOperators());
    const shapes = shapeEach(operands, known);
    const choice = shapes.find((shape) => shape.kind === 'choice');
    for (const literal of choice ? operands.flatMap(listLiterals) : []) {
      const value = textOf(literal).slice(1, -1);
      if (choice && !choice.values.includes(value)) {
        report('unknown-choice', literal, EXPRESSION_FINDINGS.unknownChoice(value, suggest(value, choice.values)));
      }
    }
    const [left, right] = shapes.map(comparableKind);
    if (left && right && left !== right && shapes.length === 2) {
      report('type-mismatch', node, EXPRESSION_FINDINGS.mismatch(left, right));
    }
    return BOOLEAN;
  };

  const { topNode } = parseExpression(expression, {}, undefined);
  const broken = findError(topNode);
  if (broken) {
    const rest = expression.slice(broken.from).slice(0, 40);
    return {
      findings: [{ rule: 'expression-syntax', offset: broken.from, ...EXPRESSION_FINDINGS.unreadable(rest) }],
      shape: ANY,
      constant: false,
      operations,
    };
  }
  const unbounded = findUnbounded(expression).map(({ reason, offset }) => ({
    rule: 'unbounded-expression' as const,
    offset,
    ...EXPRESSION_FINDINGS.unbounded(reason),
  }));
  // Its names are not read: a part that is not allowed may have names of its own.
  if (unbounded.length > 0) return { findings: unbounded, shape: ANY, constant: false, operations };
  const shape = shapeOf(topNode, names);
  return { shape, findings, constant, operations };
};

/** The values in a value: what a function over it looks at. */
const countValues = (shape: Shape): number => {
  if (shape.kind === 'list') return 1 + shape.most * countValues(shape.item);
  if (shape.kind !== 'group') return 1;
  return [...shape.parts.values()].reduce((sum, part) => sum + countValues(part), 1);
};

/** The shape of a value that has one of these shapes; of lists, of the longest. */
const mergeShapes = ([first = ANY, ...others]: readonly Shape[]): Shape =>
  others.reduce((merged, shape) => {
    if (merged.kind !== shape.kind) return ANY;
    if (merged.kind !== 'list' || shape.kind !== 'list') return merged;
    return { kind: 'list', item: mergeShapes([merged.item, shape.item]), most: Math.max(merged.most, shape.most) };
  }, first);

/** Functions that give a list, with at most all values that they are given. */
const LIST_FUNCTIONS: ReadonlySet<string> = new Set([
  ...['sublist', 'append', 'concatenate', 'insert before', 'remove', 'reverse', 'index of', 'union', 'distinct values'],
  ...['flatten', 'list replace', 'mode'],
]);

/** Functions that compare every value with every other. */
const COMPARING: ReadonlySet<string> = new Set(['union', 'distinct values', 'mode']);

/** What `x in [a, b] and y` becomes: x in ([a, b] and y). */
const SWALLOWERS: ReadonlySet<string> = new Set(['Conjunction', 'Disjunction', 'Comparison']);

/** FEEL writes these between the operands of a comparison. */
const OPERATORS: ReadonlySet<string> = new Set(['CompareOp', 'in', 'between', 'and', '(', ')']);

const FUNCTION_SHAPES: ReadonlyMap<string, Shape> = new Map<string, Shape>([
  ...['not', 'starts with', 'ends with', 'contains', 'matches', 'list contains', 'all', 'any', 'even', 'odd'].map(
    (name) => [name, BOOLEAN] as const,
  ),
  ...['count', 'sum', 'min', 'max', 'mean', 'string length', 'abs', 'floor', 'ceiling', 'decimal', 'number'].map(
    (name) => [name, { kind: 'number' }] as const,
  ),
  ...['substring', 'upper case', 'lower case', 'string'].map((name) => [name, { kind: 'text' }] as const),
  ['birthDateOf', { kind: 'date' }],
  ['addUpToOne', BOOLEAN],
]);

/** `date(…)` and `date and time(…)` are not functions in FEEL's grammar. */
const DATE_SHAPES: ReadonlyMap<string, Shape> = new Map<string, Shape>([
  ['date', { kind: 'date' }],
  ['date and time', { kind: 'date-time' }],
]);

/** The kinds that can be distinguished; undefined for those that can be of any kind. */
const comparableKind = ({ kind }: Shape): Shape['kind'] | undefined => {
  if (kind === 'choice') return 'text';
  return kind === 'any' || kind === 'group' || kind === 'list' ? undefined : kind;
};

/** The texts that a choice is compared with: by themselves, or in a list or tests after `in`. */
const listLiterals = (node: Node): Node[] => {
  if (node.name === 'StringLiteral') return [node];
  return LITERAL_HOLDERS.has(node.name) ? listChildren(node).flatMap(listLiterals) : [];
};
const LITERAL_HOLDERS: ReadonlySet<string> = new Set(['List', 'PositiveUnaryTest', 'PositiveUnaryTests']);

/** feelin does not export its table of functions, so its evaluator is asked. */
const isBuiltIn = (name: string): boolean => {
  const { warnings } = evaluate(`${name}()`, {});
  return !warnings.some(({ type }) => type === 'NO_VARIABLE_FOUND');
};

const lastOf = (nodes: readonly Node[], otherwise: Node): Node => nodes.at(-1) ?? otherwise;

const findError = (node: Node): Node | undefined => {
  if (node.type.isError) return node;
  for (const child of listChildren(node)) {
    const error = findError(child);
    if (error) return error;
  }
  return undefined;
};
