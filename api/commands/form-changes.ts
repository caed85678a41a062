import { isGroup } from '../../domain/matter/values.ts';

type Key = string | number;

/**
 * Returns a copy of the form with single values replaced by path (`mother.mobile`,
 * `children[0].name`); null clears a field. `lost` are the paths that do not exist in the form.
 * `checkForm` checks the others.
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
    // A list cannot get new items this way: the steps of the case were planned for the items that
    // it had.
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
