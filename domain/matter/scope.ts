import { date, dateAndTime } from 'feelin';
import { evaluateFeel, type Scope } from './expressions.ts';
import { OWN_FUNCTIONS } from './functions.ts';
import type { Field, Matter } from './schema.ts';
import { isGroup, type Clock, type Form } from './values.ts';

/** China Standard Time, the only civil time of the product: UTC+8 without summer time. */
const CHINA_OFFSET_MS = 8 * 60 * 60 * 1000;

/** An instant (ms since 1970, UTC) as China Standard Time: `2024-11-20T08:30:00+08:00`. */
export const chinaTime = (instant: number): string =>
  `${new Date(instant + CHINA_OFFSET_MS).toISOString().slice(0, 19)}+08:00`;

/**
 * The names that conditions can use for a case, and the `derived` names that could not be computed.
 */
export interface CaseScope {
  scope: Scope;
  faults: { id: string; fault: string }[];
}

/**
 * Every field of the form has a name in the scope, whether it is filled in or not, so that an
 * unknown name is always a mistake in the definition: null for a field, a group of nulls for a
 * group, an empty list, false for a yes-no field that is not required.
 */
export const caseScope = (matter: Matter, form: Form, { now }: Clock): CaseScope => {
  const time = chinaTime(now);
  const scope: Record<string, unknown> = {
    // Only the names that are set here exist: no `constructor`.
    __proto__: null,
    ...fillGroup(matter.form, form),
    ...OWN_FUNCTIONS,
    now: dateAndTime(time),
    today: date(time.slice(0, 10)),
  };
  const faults: CaseScope['faults'] = [];
  for (const { id, expr } of matter.derived) {
    const { value, fault } = evaluateFeel(expr, scope);
    if (fault !== undefined) faults.push({ id, fault });
    scope[id] = value;
  }
  return { scope, faults };
};

/**
 * The scope with `item`, an item of a list, and `index`, its number counted from 1 as FEEL does;
 * `place` counts from 0.
 */
export const itemScope = (scope: Scope, item: unknown, place: number): Scope => ({
  // Not a copy, because every condition of every item makes one.
  __proto__: scope,
  item,
  index: place + 1,
});

/** The items of one of the form's lists, as expressions see them. */
export const listItems = (scope: Scope, list: string): unknown[] => {
  const items = scope[list];
  return Array.isArray(items) ? items : [];
};

const fillGroup = (fields: readonly Field[], group: unknown): Record<string, unknown> =>
  Object.fromEntries(
    fields.map((field) => [
      field.id,
      fillField(field, isGroup(group) && Object.hasOwn(group, field.id) ? group[field.id] : null),
    ]),
  );

const fillField = (field: Field, value: unknown): unknown => {
  if (field.type === 'group') return fillGroup(field.fields ?? [], value);
  if (field.type === 'list')
    return Array.isArray(value) ? value.map((item) => fillGroup(field.fields ?? [], item)) : [];
  if (field.type === 'boolean' && field.required !== true) return value ?? false;
  return value ?? null;
};
