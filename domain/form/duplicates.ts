import type { Matter } from '../matter/schema.ts';
import { isGroup, type Form } from '../matter/values.ts';

/** What two duplicate cases have in common: values that stand for a person, a property, a child. */
export interface DuplicateKey {
  key: string;
  /** The values that form the key together, in the order of the definition. */
  values: string[];
}

/**
 * The other cases that a rule of the definition calls duplicates. `find_duplicates` in
 * `db/migrations/0011_duplicate-statuses.sql` compares the values of a key with those of stored cases.
 */
export interface DuplicateRule {
  id: string;
  keys: DuplicateKey[];
  /** Matters of the other case. */
  against: string[];
  /** `open`: it has not ended; `granted`: nor if it ended with something granted. */
  other: 'open' | 'granted';
}

/**
 * The rules of a matter with the values of this form. A rule whose fields are all empty is left
 * out.
 */
export const duplicateRules = (matter: Matter, form: Form): DuplicateRule[] =>
  matter.duplicates.flatMap(({ id, key, of, months, against, other }) => {
    const keys = of
      .flatMap((fields) => listTuples(form, fields))
      .flatMap((values) => (months === undefined ? [values] : nearMonths(values, months)))
      .map((values) => ({ key, values }));
    return keys.length === 0 ? [] : [{ id, keys, against: against ?? [matter.code], other }];
  });

/**
 * The combined values of some fields: once, or once for each item of the list that they are in. A
 * combination with a missing value is left out.
 */
const listTuples = (form: Form, fields: readonly string[]): string[][] => {
  const list = fields.find((field) => field.includes('[]'))?.split('[]')[0];
  const items = list === undefined ? [undefined] : listOf(form[list]);
  return items.flatMap((item) => {
    const values = fields.map((field) => {
      const inItem = list !== undefined && field.startsWith(`${list}[].`);
      return inItem ? valueAt(item, field.slice(list.length + 3)) : valueAt(form, field);
    });
    return values.every((value) => value !== undefined) ? [values] : [];
  });
};

/**
 * The values with each month from that of the last value on. Two cases whose dates are at most
 * `months` apart have one of them in common.
 */
const nearMonths = (values: readonly string[], months: number): string[][] => {
  const [year = 0, month = 0] = (values.at(-1) ?? '').split('-').map(Number);
  const first = year * 12 + month;
  return Array.from({ length: months + 1 }, (_, later) => [...values.slice(0, -1), String(first + later)]);
};

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

const valueAt = (group: unknown, path: string): string | undefined => {
  const value = path
    .split('.')
    .reduce<unknown>((inside, id) => (isGroup(inside) && Object.hasOwn(inside, id) ? inside[id] : undefined), group);
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
};
