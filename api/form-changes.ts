import { isGroup } from '../matters/form/values.ts';

type Key = string | number;

/**
 * A form with single values replaced, by place (`mother.mobile`, `children[0].name`); null empties a field. The form itself is left
 * as it was. `lost` are the places that lead nowhere; whether the others are fields is for `checkForm` to judge.
 */
export const changeForm = (
  form: unknown,
  changes: Readonly<Record<string, unknown>>,
): { form: unknown; lost: string[] } => {
  const changed: unknown = structuredClone(form);
  const lost = Object.entries(changes).filter(([place, value]) => !put(changed, keysOf(place), value));
  return { form: changed, lost: lost.map(([place]) => place) };
};

const keysOf = (place: string): Key[] =>
  place.split(/\.|(?=\[)/).map((part) => (part.startsWith('[') ? Number(part.slice(1, -1)) : part));

const put = (target: unknown, [key, ...rest]: readonly Key[], value: unknown): boolean => {
  if (typeof key === 'number') {
    // A list gets no items this way: the case's steps were planned for those that it had.
    if (!Array.isArray(target) || key >= target.length) return false;
    if (rest.length > 0) return put(target[key], rest, value);
    target[key] = value;
    return true;
  }
  if (key === undefined || !isGroup(target)) return false;
  if (rest.length > 0) return put((target[key] ??= {}), rest, value);
  target[key] = value;
  return true;
};
