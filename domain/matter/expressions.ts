import { evaluate, FeelDate, isFunction } from 'feelin';
import { findUnbounded } from './expression-cost.ts';

/** The names and values that an expression is evaluated over. */
export type Scope = Readonly<Record<string, unknown>>;

/**
 * `fault` is the reason why there is no usable value: the text of the expression and a reason,
 * never a value of the form.
 */
export interface Evaluation {
  value: unknown;
  fault?: string;
}

/**
 * An unknown name is a mistake in the expression, even if the rest of the expression gives a value.
 */
const NAME_WARNINGS: ReadonlySet<string> = new Set([
  'NO_VARIABLE_FOUND',
  'NO_CONTEXT_ENTRY_FOUND',
  'NO_PROPERTY_FOUND',
  'NO_FUNCTION_FOUND',
]);

/**
 * Evaluates a FEEL expression (DMN 1.5). A warning about a name is a fault. Any other warning (a
 * sum over nothing, a text that is not a date) is a fault only if there is no value, because FEEL
 * evaluates both sides of `and` and `or`: `x != null and x + 1 > 2` warns for a null `x` and is
 * still correctly false.
 */
export const evaluateFeel = (expression: string, scope: Scope): Evaluation => {
  try {
    // Scopes inherit from each other, and some from `Object`, whose names are none of theirs.
    const names = namesIn(expression).filter((name) => name in scope && !(name in Object.prototype));
    const { text, run } = compile(expression, names);
    if (!run) return { value: null, fault: 'its cost is not bounded' };
    const { value, warnings } = run(names.map((name) => scope[name]));
    const warning = warnings.find(({ type }) => NAME_WARNINGS.has(type)) ?? (value === null ? warnings[0] : undefined);
    if (!warning) return { value };
    const { from, to } = warning.position;
    return { value: null, fault: `${warning.type} at “${text.slice(from, to)}”` };
  } catch {
    // The error may quote a value.
    return { value: null, fault: 'it cannot be evaluated' };
  }
};

/** All identifiers of an expression without repetition, among them the names that it uses. */
const namesIn = (expression: string): readonly string[] => {
  const known = words.get(expression);
  if (known) return known;
  const found = [...new Set(expression.match(/[A-Za-z]\w*/g))];
  remember(words, expression, found);
  return found;
};

interface CompiledExpression {
  text: string;
  /** Absent: the cost of the expression has no bound. */
  run?: (values: unknown[]) => Pick<ReturnType<typeof evaluate>, 'value' | 'warnings'>;
}

/** Both caches hold definitions only, so they grow with published matters and not with cases. */
const words = new Map<string, readonly string[]>();
const cache = new Map<string, CompiledExpression>();
const MAX_CACHED = 5000;

/** The cache is emptied when it is full of old versions. */
const remember = <T>(kept: Map<string, T>, key: string, value: T): void => {
  if (kept.size >= MAX_CACHED) kept.clear();
  kept.set(key, value);
};

/**
 * feelin parses an expression at every evaluation, which took nine tenths of the time of checking a
 * form. As the body of a FEEL function, an expression is parsed once; each call adds its warnings
 * to the same list. `names` are the names that the expression uses: feelin copies everything that
 * it is given.
 */
const compile = (expression: string, names: readonly string[]): CompiledExpression => {
  // The line breaks end a comment at the end of the expression.
  const text = `function(${names.join(', ')}) (\n${expression}\n)`;
  const known = cache.get(text);
  if (known) return known;
  if (findUnbounded(expression).length > 0) {
    remember(cache, text, { text });
    return { text };
  }
  const { value: body, warnings } = evaluate(text);
  const run: CompiledExpression['run'] = (values) => {
    const value: unknown = isFunction(body) ? body.invoke(values) : null;
    return { value, warnings: warnings.splice(0) };
  };
  remember(cache, text, { text, run });
  return { text, run };
};

/**
 * Whether a condition holds; `holds` is absent when it is neither true nor false, and `fault` says
 * why.
 */
export type Judgement = { holds: boolean } | { holds?: undefined; fault: string };

export const judge = (condition: string, scope: Scope): Judgement => {
  const { value, fault } = evaluateFeel(condition, scope);
  if (fault !== undefined) return { fault };
  return typeof value === 'boolean' ? { holds: value } : { fault: 'it gives neither true nor false' };
};

/** The date (YYYY-MM-DD) that an expression gives; null: none. `fault` says why it is no date. */
export type DateReading = { date: string | null } | { date?: undefined; fault: string };

export const evaluateDate = (expression: string, scope: Scope): DateReading => {
  const { value, fault } = evaluateFeel(expression, scope);
  if (fault !== undefined) return { fault };
  if (value === null) return { date: null };
  return value instanceof FeelDate ? { date: value.toString() } : { fault: 'it gives no date' };
};
