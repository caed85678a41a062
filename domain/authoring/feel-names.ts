import { evaluate, parseExpression } from 'feelin';
import { suggestion } from './findings.ts';

/** What is known about a name before there is a form. */
export type Shape =
  | { kind: 'text' | 'number' | 'boolean' | 'date' | 'date-time' | 'any' }
  | { kind: 'choice'; values: readonly string[] }
  | { kind: 'group'; parts: ReadonlyMap<string, Shape> }
  | { kind: 'list'; item: Shape };

export type Names = ReadonlyMap<string, Shape>;

/** A mistake in an expression; `offset` counts its characters from 0. */
interface ExpressionFinding {
  rule: 'expression-syntax' | 'unknown-name' | 'unknown-choice' | 'type-mismatch';
  offset: number;
  message: string;
  fix: string;
}

/**
 * The result of reading an expression: its mistakes, the shape of its value as far as it is known,
 * and whether it uses no name at all.
 */
export interface ExpressionReading {
  findings: ExpressionFinding[];
  shape: Shape;
  constant: boolean;
}

type Node = ReturnType<typeof parseExpression>['topNode'];

const ANY: Shape = { kind: 'any' };
const BOOLEAN: Shape = { kind: 'boolean' };

/**
 * Walks over the syntax tree of an expression without evaluating it, so that a wrong name is also
 * found in a branch that no sample takes, and inside a filter or quantifier over an empty list.
 */
export const readExpression = (expression: string, names: Names): ExpressionReading => {
  const findings: ExpressionFinding[] = [];
  let constant = true;

  const textOf = (node: Node): string => expression.slice(node.from, node.to);
  const find = (rule: ExpressionFinding['rule'], node: Node, message: string, fix: string): Shape => {
    findings.push({ rule, offset: node.from, message, fix });
    return ANY;
  };
  const each = (nodes: readonly Node[], known: Names): Shape[] => nodes.map((node) => shapeOf(node, known));

  const shapeOf = (node: Node, known: Names): Shape => {
    const parts = children(node);
    switch (node.name) {
      case 'StringLiteral':
        return { kind: 'text' };
      case 'NumericLiteral':
        return { kind: 'number' };
      case 'BooleanLiteral':
        return BOOLEAN;
      case 'VariableName':
        constant = false;
        return known.get(textOf(node)) ?? unknownName(node, known);
      case 'PathExpression':
        return partOf(node, parts, known);
      case 'FilterExpression':
        return filtered(parts, known);
      case 'QuantifiedExpression':
      case 'ForExpression': {
        const body = shapeOf(last(parts, node), iterated(parts, known));
        return node.name === 'ForExpression' ? { kind: 'list', item: body } : BOOLEAN;
      }
      case 'FunctionInvocation':
        return invoked(parts, known);
      case 'FunctionDefinition':
        each(parts.slice(-1), new Map([...known, ...parameters(parts).map((name) => [textOf(name), ANY] as const)]));
        return ANY;
      case 'DateTimeLiteral':
        each(parts, known);
        return DATE_SHAPES.get(parts[0] ? textOf(parts[0]) : '') ?? ANY;
      case 'NamedParameter':
        return shapeOf(last(parts, node), known);
      case 'Context':
        return contextOf(parts, known);
      case 'Comparison':
        return compared(node, parts, known);
      case 'Conjunction':
      case 'Disjunction':
        each(parts, known);
        return BOOLEAN;
      case 'InstanceOfExpression':
        each(parts.slice(0, 1), known);
        return BOOLEAN;
      case 'IfExpression': {
        const [, , , then = ANY, , otherwise = ANY] = each(parts, known);
        return then.kind === otherwise.kind ? then : ANY;
      }
      case 'ArithmeticExpression':
        each(parts, known);
        return ANY;
      case 'ParenthesizedExpression':
        return each(parts, known)[1] ?? ANY;
      case 'Expression':
      case 'FunctionBody':
        return each(parts, known)[0] ?? ANY;
      default:
        each(parts, known);
        return ANY;
    }
  };

  const unknownName = (node: Node, known: Names): Shape => {
    const name = textOf(node);
    return find('unknown-name', node, `“${name}” is not known here`, suggestion(name, [...known.keys()]));
  };

  const partOf = (node: Node, parts: readonly Node[], known: Names): Shape => {
    const holder = parts[0] ? shapeOf(parts[0], known) : ANY;
    const name = last(parts, node);
    return part(holder, name, parts[0] ? textOf(parts[0]) : '');
  };

  const part = (holder: Shape, name: Node, holderText: string): Shape => {
    const id = textOf(name);
    if (holder.kind === 'any') return ANY;
    if (holder.kind === 'list') return { kind: 'list', item: part(holder.item, name, holderText) };
    if (holder.kind === 'date' || holder.kind === 'date-time') return { kind: 'number' };
    if (holder.kind !== 'group') {
      return find('unknown-name', name, `“${holderText}” has no parts, so no “${id}”`, `Remove “.${id}”.`);
    }
    return (
      holder.parts.get(id) ??
      find('unknown-name', name, `“${holderText}” has no “${id}”`, suggestion(id, [...holder.parts.keys()]))
    );
  };

  const filtered = ([source, , condition]: readonly Node[], known: Names): Shape => {
    const list = source ? shapeOf(source, known) : ANY;
    const item = list.kind === 'list' ? list.item : list;
    const inside = new Map([...known, ...(item.kind === 'group' ? item.parts : []), ['item', item] as const]);
    const by = condition ? shapeOf(condition, inside) : ANY;
    return by.kind === 'boolean' ? { kind: 'list', item } : item;
  };

  /** The names of `for`, `some` and `every`; each iteration may use those before it. */
  const iterated = (parts: readonly Node[], known: Names): Names => {
    const inside = new Map(known);
    for (const iteration of parts.flatMap((node) => (node.name === 'InExpressions' ? children(node) : []))) {
      const [name, , over] = children(iteration);
      const list = over ? shapeOf(children(over)[0] ?? over, inside) : ANY;
      if (name) inside.set(textOf(name), list.kind === 'list' ? list.item : ANY);
    }
    return inside;
  };

  const invoked = ([name, ...parameters]: readonly Node[], known: Names): Shape => {
    each(parameters, known);
    const called = name ? textOf(name) : '';
    const isClock = called === 'now' || called === 'today';
    if (name && isClock)
      return find('unknown-name', name, `“${called}” is a value, not a function`, `Write ${called} without ().`);
    if (name && !isBuiltIn(called)) {
      return find('unknown-name', name, `There is no function “${called}”`, 'Use one of FEEL’s built-in functions.');
    }
    return FUNCTION_SHAPES.get(called) ?? ANY;
  };

  const contextOf = (parts: readonly Node[], known: Names): Shape => {
    const entries = new Map<string, Shape>();
    for (const entry of parts.filter(({ name }) => name === 'ContextEntry')) {
      const [key, value] = children(entry);
      if (key && value) entries.set(textOf(key).replaceAll('"', ''), shapeOf(value, new Map([...known, ...entries])));
    }
    return { kind: 'group', parts: entries };
  };

  const compared = (node: Node, parts: readonly Node[], known: Names): Shape => {
    const operands = parts.filter(({ name }) => !OPERATORS.has(name));
    const swallowed = parts.find(
      (part) => part.name === 'PositiveUnaryTest' && SWALLOWERS.has(part.firstChild?.name ?? ''),
    );
    if (swallowed) {
      const fix = `Put brackets around it: (${expression.slice(node.from, swallowed.from)}…).`;
      return find('expression-syntax', swallowed, 'FEEL reads everything after “in” as part of the test', fix);
    }
    const doubled = parts.find(
      ({ name, prevSibling }) => name.startsWith('Simple') && prevSibling?.name === 'CompareOp',
    );
    if (doubled)
      return find('expression-syntax', doubled, 'There are two operators in a row', 'FEEL compares with a single =.');
    const shapes = each(operands, known);
    const choice = shapes.find((shape) => shape.kind === 'choice');
    for (const literal of choice ? operands.flatMap(literals) : []) {
      const value = textOf(literal).slice(1, -1);
      if (choice && !choice.values.includes(value)) {
        find('unknown-choice', literal, `“${value}” is not one of the choices`, suggestion(value, choice.values));
      }
    }
    const [left, right] = shapes.map(comparable);
    if (left && right && left !== right && shapes.length === 2) {
      find(
        'type-mismatch',
        node,
        `A ${left} is compared with a ${right}, which is never true`,
        MISMATCH_FIXES[right] ?? MISMATCH_FIXES[left] ?? 'Compare values of the same type.',
      );
    }
    return BOOLEAN;
  };

  const { topNode } = parseExpression(expression, {}, undefined);
  const broken = firstError(topNode);
  if (broken) {
    const rest = expression.slice(broken.from);
    const message =
      rest === '' ? 'The expression is incomplete' : `The expression cannot be read from “${rest.slice(0, 40)}”`;
    const fix = 'Complete or correct the FEEL here. In YAML, put an expression with “: ” or “#” in quotes.';
    return {
      findings: [{ rule: 'expression-syntax', offset: broken.from, message, fix }],
      shape: ANY,
      constant: false,
    };
  }
  return { shape: shapeOf(topNode, names), findings, constant };
};

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
  ...['substring', 'upper case', 'lower case', 'string', 'replace'].map((name) => [name, { kind: 'text' }] as const),
]);

/** `date(…)` and `date and time(…)` are not functions in FEEL's grammar. */
const DATE_SHAPES: ReadonlyMap<string, Shape> = new Map<string, Shape>([
  ['date', { kind: 'date' }],
  ['date and time', { kind: 'date-time' }],
]);

/** The names between the brackets of `function(a, b) …`. */
const parameters = (parts: readonly Node[]): Node[] =>
  parts.flatMap((node) =>
    node.name === 'FormalParameters' ? children(node).flatMap((one) => children(one).slice(0, 1)) : [],
  );

const MISMATCH_FIXES: Readonly<Record<string, string>> = {
  date: 'Write date(…) around the text.',
  'date-time': 'Write date and time(…) around the text.',
};

/** The kinds that can be distinguished; undefined for those that can be of any kind. */
const comparable = ({ kind }: Shape): string | undefined => {
  if (kind === 'choice') return 'text';
  return kind === 'any' || kind === 'group' || kind === 'list' ? undefined : kind;
};

/** The texts that a choice is compared with: by themselves, or in a list or tests after `in`. */
const literals = (node: Node): Node[] => {
  if (node.name === 'StringLiteral') return [node];
  return LITERAL_HOLDERS.has(node.name) ? children(node).flatMap(literals) : [];
};
const LITERAL_HOLDERS: ReadonlySet<string> = new Set(['List', 'PositiveUnaryTest', 'PositiveUnaryTests']);

/** feelin does not export its table of functions, so its evaluator is asked. */
const isBuiltIn = (name: string): boolean => {
  const { warnings } = evaluate(`${name}()`, {});
  return !warnings.some(({ type }) => type === 'NO_VARIABLE_FOUND');
};

const children = (node: Node): Node[] => {
  const found: Node[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) found.push(child);
  return found;
};

const last = (nodes: readonly Node[], otherwise: Node): Node => nodes.at(-1) ?? otherwise;

const firstError = (node: Node): Node | undefined => {
  if (node.type.isError) return node;
  for (const child of children(node)) {
    const error = firstError(child);
    if (error) return error;
  }
  return undefined;
};
