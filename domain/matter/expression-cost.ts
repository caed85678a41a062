import { parseExpression } from 'feelin';
import { MAX_NESTED_ITERATIONS, MAX_RANGE } from './bounds.ts';

/**
 * What makes the cost of an expression depend on more than the lists of the form. The library has no
 * budget for an evaluation, so such an expression is not evaluated, and the linter refuses it. The
 * linter counts what the others cost (`domain/authoring/feel-names.ts`).
 * - `range`: an iteration over numbers that are many, or not known beforehand
 * - `pattern`: a regular expression that may go back over a text again and again
 * - `function`: a function of texts by pattern, or the results of an iteration before its end
 * - `definition`: a function or a context, with which an expression can use its own results
 * - `nested`: iterations in iterations
 */
export type CostReason = 'range' | 'pattern' | 'function' | 'definition' | 'nested';

interface Unbounded {
  reason: CostReason;
  /** The number of characters before it. */
  offset: number;
}

/** A node of the syntax tree of an expression. */
export type FeelNode = ReturnType<typeof parseExpression>['topNode'];

export const listChildren = (node: FeelNode): FeelNode[] => {
  const found: FeelNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) found.push(child);
  return found;
};

const UNBOUNDED_NAMES: ReadonlySet<string> = new Set(['matches', 'replace', 'split', 'partial']);

/** Throws if the text is no expression. */
export const findUnbounded = (expression: string): Unbounded[] => {
  const found: Unbounded[] = [];
  const textOf = (node: FeelNode): string => expression.slice(node.from, node.to);
  const report = (reason: CostReason, node: FeelNode): void => {
    found.push({ reason, offset: node.from });
  };

  const visit = (node: FeelNode, depth: number): void => {
    if (node.type.isError) throw new Error('not an expression');
    const parts = listChildren(node);
    switch (node.name) {
      case 'FunctionDefinition':
      case 'Context':
        report('definition', node);
        return;
      case 'VariableName':
        if (UNBOUNDED_NAMES.has(textOf(node))) report('function', node);
        return;
      case 'FunctionInvocation':
        if (parts[0] && textOf(parts[0]) === 'matches') {
          if (!isSafeMatch(parts[2] ? listChildren(parts[2]) : [], textOf)) report('pattern', node);
          visitAll(parts.slice(1), depth);
        } else visitAll(parts, depth);
        return;
      case 'IterationContext':
        if (parts.length > 1 ? !isShortRange(parts, textOf) : parts.some(yieldsRange)) report('range', node);
        visitAll(parts, depth);
        return;
      case 'ForExpression':
      case 'QuantifiedExpression': {
        const sources = listSources(parts);
        // Every source is evaluated for every item of those before it.
        for (const [before, source] of sources.entries()) visitInside(source, depth + before);
        visitInside(parts.at(-1), depth + sources.length);
        return;
      }
      case 'FilterExpression':
        visitAll(parts.slice(0, 1), depth);
        visitInside(parts[2], depth + 1);
        return;
      default:
        visitAll(parts, depth);
    }
  };
  const visitAll = (nodes: readonly FeelNode[], depth: number): void => {
    for (const node of nodes) visit(node, depth);
  };
  const visitInside = (node: FeelNode | undefined, depth: number): void => {
    if (node && depth > MAX_NESTED_ITERATIONS) report('nested', node);
    else if (node) visit(node, depth);
  };

  visit(parseExpression(expression, {}, undefined).topNode, 0);
  return found;
};

/** The `x in list` of `for`, `some` and `every`. */
export const listSources = (parts: readonly FeelNode[]): FeelNode[] =>
  parts
    .flatMap((part) => (part.name === 'InExpressions' ? listChildren(part) : []))
    .filter(({ name }) => name === 'InExpression');

/** The number of items of `1..12`; undefined: it is not known beforehand. */
export const lengthOfRange = (
  [from, , to]: readonly FeelNode[],
  textOf: (node: FeelNode) => string,
): number | undefined => {
  if (from?.name !== 'NumericLiteral' || to?.name !== 'NumericLiteral') return undefined;
  const length = Math.abs(Number(textOf(to)) - Number(textOf(from))) + 1;
  return Number.isFinite(length) ? length : undefined;
};

const isShortRange = (parts: readonly FeelNode[], textOf: (node: FeelNode) => string): boolean =>
  (lengthOfRange(parts, textOf) ?? Infinity) <= MAX_RANGE;

/** Whether an iteration may go over an interval, which has as many items as whole numbers. */
const yieldsRange = (node: FeelNode): boolean => {
  if (node.name === 'Interval') return true;
  if (node.name === 'Comparison') return false;
  const parts = listChildren(node);
  return (node.name === 'FilterExpression' ? parts.slice(0, 1) : parts).some(yieldsRange);
};

/**
 * One character or class of a regular expression, and how often it occurs. FEEL turns `\u0028` and two
 * backslashes into other characters of the expression, so neither is a piece.
 */
const PIECE = /\\[^uU\\]|\[(?:\\[^uU\\]|[^\]\\])*\]|[^\\[\](){}|*+?.^$]|\./u;
const TIMES = /\{\d{1,3}\}|(?<open>\*|\+|\?|\{\d{1,3},\d{0,3}\})/u;
const PATTERN = new RegExp(`^\\^?(?:(?:${PIECE.source})(?:${TIMES.source.replace('?<open>', '')})?)*\\$?$`, 'u');
const OPEN_TIMES = new RegExp(`(?:${PIECE.source})(?:${TIMES.source})?`, 'gu');

/**
 * Whether the pattern is a text without groups and alternatives in which at most one part has an open
 * number of repetitions: with two, a search may take the square of the square of the length.
 */
const isSafeMatch = (parameters: readonly FeelNode[], textOf: (node: FeelNode) => string): boolean => {
  const [, pattern, ...more] = parameters;
  if (pattern?.name !== 'StringLiteral' || more.length > 0) return false;
  const text = textOf(pattern).slice(1, -1);
  if (!PATTERN.test(text)) return false;
  return [...text.matchAll(OPEN_TIMES)].filter(({ groups }) => groups?.['open'] !== undefined).length <= 1;
};
