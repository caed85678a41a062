import { parseExpression } from 'feelin';
import { listChildren, listSources, type FeelNode } from './expression-cost.ts';
import type { Field, Matter } from './schema.ts';

/**
 * The places of the form that an expression reads: `mother.idNo`, `children[].name` (of every item),
 * and `children[#].name` (of the item for which the expression is judged). A name of `derived` stands
 * for what its expression reads. `list` is the list of `item`.
 */
export type FindReads = (expression: string, list?: string) => readonly string[];

/** A place that a name or path of an expression stands for. */
interface Place {
  path: string;
  fields: readonly Field[];
  isList: boolean;
}

/** What a name of an expression stands for: a place, or the reads of a derived value. */
type Bound = Place | { reads: readonly string[] };
type Names = ReadonlyMap<string, Bound>;

const finders = new WeakMap<object, FindReads>();

/** Reads are found once for each expression of a matter. */
export const findReadsOf = (matter: Pick<Matter, 'form' | 'derived'>): FindReads => {
  const known = finders.get(matter) ?? createFinder(matter);
  finders.set(matter, known);
  return known;
};

const createFinder = ({ form, derived }: Pick<Matter, 'form' | 'derived'>): FindReads => {
  const names = new Map<string, Bound>(form.map((field) => [field.id, placeOf(field, '')]));
  for (const { id, expr } of derived) names.set(id, { reads: findReads(expr, names) });
  const known = new Map<string, readonly string[]>();
  return (expression, list) => {
    const key = `${list ?? ''} ${expression}`;
    const found = known.get(key) ?? findReads(expression, withItem(names, form, list));
    known.set(key, found);
    return found;
  };
};

const placeOf = ({ id, type, fields = [] }: Field, prefix: string): Place => ({
  path: prefix + id,
  fields,
  isList: type === 'list',
});

const itemOf = ({ path, fields }: Place, mark: '[]' | '[#]' = '[]'): Place => ({
  path: path + mark,
  fields,
  isList: false,
});

const withItem = (names: Names, form: readonly Field[], list: string | undefined): Names => {
  const field = form.find(({ id }) => id === list);
  return field ? new Map([...names, ['item', itemOf(placeOf(field, ''), '[#]')]]) : names;
};

const findReads = (expression: string, names: Names): string[] => {
  const reads = new Set<string>();
  const textOf = (node: FeelNode): string => expression.slice(node.from, node.to);

  /** Adds what the node reads. */
  const visit = (node: FeelNode, known: Names): void => {
    const place = resolve(node, known);
    if (place) reads.add(place.path);
  };
  const visitAll = (nodes: readonly FeelNode[], known: Names): void => {
    for (const node of nodes) visit(node, known);
  };

  /**
   * The place that the node stands for, which is not read yet; undefined: everything that the node
   * reads was added.
   */
  const resolve = (node: FeelNode, known: Names): Place | undefined => {
    const parts = listChildren(node);
    switch (node.name) {
      case 'VariableName':
        return resolveName(textOf(node), known);
      case 'PathExpression':
        return resolvePath(parts, known);
      case 'FilterExpression':
        return resolveFilter(parts, known);
      case 'ParenthesizedExpression':
        return parts[1] && resolve(parts[1], known);
      case 'QuantifiedExpression':
      case 'ForExpression': {
        const inside = new Map(known);
        for (const source of listSources(parts)) {
          const [name, , over = source] = listChildren(source);
          const [list, ...range] = listChildren(over);
          const place = list && range.length === 0 ? resolve(list, inside) : undefined;
          visitAll(range, inside);
          if (place) reads.add(place.path);
          if (name && place) inside.set(textOf(name), itemOf(place));
        }
        visitAll(parts.slice(-1), inside);
        return undefined;
      }
      default:
        visitAll(parts, known);
        return undefined;
    }
  };

  const resolveName = (name: string, known: Names): Place | undefined => {
    const bound = known.get(name);
    if (!bound || 'path' in bound) return bound;
    for (const read of bound.reads) reads.add(read);
    return undefined;
  };

  const resolvePath = (parts: readonly FeelNode[], known: Names): Place | undefined => {
    const [holder] = parts;
    const name = parts.at(-1);
    const place = holder && resolve(holder, known);
    const field = name && place?.fields.find(({ id }) => id === textOf(name));
    if (place && field) return placeOf(field, `${place.path}${place.isList ? '[]' : ''}.`);
    if (place) reads.add(place.path);
    return undefined;
  };

  const resolveFilter = ([source, , condition]: readonly FeelNode[], known: Names): Place | undefined => {
    const place = source && resolve(source, known);
    const item = place && itemOf(place);
    const inside = item
      ? new Map([
          ...known,
          ...item.fields.map((field) => [field.id, placeOf(field, `${item.path}.`)] as const),
          ['item', item],
        ])
      : known;
    if (condition) visit(condition, inside);
    return place;
  };

  visit(parseExpression(expression, {}, undefined).topNode, names);
  return [...reads];
};
