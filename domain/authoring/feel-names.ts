import { evaluate, parseExpression } from 'feelin';
import {
  findUnbounded,
  lengthOfRange,
  listChildren,
  listSources,
  type CostReason,
  type FeelNode as Node,
} from '../matter/expression-cost.ts';
import { MAX_NESTED_ITERATIONS, MAX_RANGE } from '../matter/bounds.ts';
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
interface ExpressionFinding {
  rule: 'expression-syntax' | 'unknown-name' | 'unknown-choice' | 'type-mismatch' | 'unbounded-expression';
  offset: number;
  message: string;
  fix: string;
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
  const report = (rule: ExpressionFinding['rule'], node: Node, message: string, fix: string): Shape => {
    findings.push({ rule, offset: node.from, message, fix });
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
    return report('unknown-name', node, `“${name}” is not known here`, suggest(name, [...known.keys()]));
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
      return report('unknown-name', name, `“${holderText}” has no parts, so no “${id}”`, `Remove “.${id}”.`);
    }
    return (
      holder.parts.get(id) ??
      report('unknown-name', name, `“${holderText}” has no “${id}”`, suggest(id, [...holder.parts.keys()]))
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
      ? report('unbounded-expression', first, 'It is not known how long this list is', COST_FIXES.range)
      : shape;
  };

  const shapeOfCall = ([name, , ...parameters]: readonly Node[], known: Names): Shape => {
    const given = parameters.flatMap((part) => (part.name.endsWith('Parameters') ? listChildren(part) : []));
    const shapes = shapeEach(given, known);
    const called = name ? textOf(name) : '';
    const isClock = called === 'now' || called === 'today';
    if (name && isClock)
      return report('unknown-name', name, `“${called}” is a value, not a function`, `Write ${called} without ().`);
    if (name && !isBuiltIn(called)) {
      return report('unknown-name', name, `There is no function “${called}”`, 'Use one of FEEL’s built-in functions.');
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
      const fix = `Put brackets around it: (${expression.slice(node.from, swallowed.from)}…).`;
      return report('expression-syntax', swallowed, 'FEEL reads everything after “in” as part of the test', fix);
    }
    const doubled = parts.find(
      ({ name, prevSibling }) => name.startsWith('Simple') && prevSibling?.name === 'CompareOp',
    );
    if (doubled)
      return report('expression-syntax', doubled, 'There are two operators in a row', 'FEEL compares with a single =.');
    const shapes = shapeEach(operands, known);
    const choice = shapes.find((shape) => shape.kind === 'choice');
    for (const literal of choice ? operands.flatMap(listLiterals) : []) {
      const value = textOf(literal).slice(1, -1);
      if (choice && !choice.values.includes(value)) {
        report('unknown-choice', literal, `“${value}” is not one of the choices`, suggest(value, choice.values));
      }
    }
    const [left, right] = shapes.map(comparableKind);
    if (left && right && left !== right && shapes.length === 2) {
      report(
        'type-mismatch',
        node,
        `A ${left} is compared with a ${right}, which is never true`,
        MISMATCH_FIXES[right] ?? MISMATCH_FIXES[left] ?? 'Compare values of the same type.',
      );
    }
    return BOOLEAN;
  };

  const { topNode } = parseExpression(expression, {}, undefined);
  const broken = findError(topNode);
  if (broken) {
    const rest = expression.slice(broken.from);
    const message =
      rest === '' ? 'The expression is incomplete' : `The expression cannot be read from “${rest.slice(0, 40)}”`;
    const fix = 'Complete or correct the FEEL here. In YAML, put an expression with “: ” or “#” in quotes.';
    return {
      findings: [{ rule: 'expression-syntax', offset: broken.from, message, fix }],
      shape: ANY,
      constant: false,
      operations,
    };
  }
  const unbounded = findUnbounded(expression).map(({ reason, offset }) => ({
    ...{ rule: 'unbounded-expression' as const, offset },
    ...{ message: COST_MESSAGES[reason], fix: COST_FIXES[reason] },
  }));
  // Its names are not read: a part that is not allowed may have names of its own.
  if (unbounded.length > 0) return { findings: unbounded, shape: ANY, constant: false, operations };
  const shape = shapeOf(topNode, names);
  return { shape, findings, constant, operations };
};

const COST_MESSAGES: Readonly<Record<CostReason, string>> = {
  range: `A range has at most ${MAX_RANGE} numbers and is written with numbers, such as 1..12`,
  pattern: 'A pattern is a text without groups and alternatives, with at most one *, +, ? or {n,m}',
  function: 'replace, split and partial are not available, and matches is only called',
  definition: 'An expression defines no functions and no contexts',
  nested: `At most ${MAX_NESTED_ITERATIONS} iterations or filters are nested`,
};

const COST_FIXES: Readonly<Record<CostReason, string>> = {
  range: 'Iterate over a list of the form, or over a short range of numbers.',
  pattern: 'Use a simpler pattern, or several conditions.',
  function: 'Use starts with, ends with, contains or substring.',
  definition: 'Write it out, or use derived names.',
  nested: 'Use a derived name for a part, or check fewer things at once.',
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
]);

/** `date(…)` and `date and time(…)` are not functions in FEEL's grammar. */
const DATE_SHAPES: ReadonlyMap<string, Shape> = new Map<string, Shape>([
  ['date', { kind: 'date' }],
  ['date and time', { kind: 'date-time' }],
]);

const MISMATCH_FIXES: Readonly<Record<string, string>> = {
  date: 'Write date(…) around the text.',
  'date-time': 'Write date and time(…) around the text.',
};

/** The kinds that can be distinguished; undefined for those that can be of any kind. */
const comparableKind = ({ kind }: Shape): string | undefined => {
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
