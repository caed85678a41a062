import { isForm, type Form, type FormValue, type ListItem } from '../matter/values.ts';

/**
 * Returns only the fields at `paths` (the `discloses` of a step); a group or list includes
 * everything in it. With `item`, only that item of its list, still as a list.
 */
export const disclose = (form: Form, paths: readonly string[], item?: ListItem): Form => {
  const chosen = item ? onlyItem(form, item) : form;
  return pick(
    chosen,
    paths.map((path) => path.replaceAll('[]', '').split('.')),
  );
};

const onlyItem = (form: Form, { list, index }: ListItem): Form => {
  const items = form[list];
  return Array.isArray(items) ? { ...form, [list]: items.slice(index, index + 1) } : form;
};

const pick = (group: Form, paths: readonly string[][]): Form =>
  Object.fromEntries(
    Object.entries(group).flatMap(([id, value]): [string, FormValue][] => {
      const below = paths.filter(([first]) => first === id).map(([, ...rest]) => rest);
      if (below.some((path) => path.length === 0)) return [[id, value]];
      if (below.length === 0) return [];
      if (Array.isArray(value)) return [[id, value.map((item) => (isForm(item) ? pick(item, below) : null))]];
      return isForm(value) ? [[id, pick(value, below)]] : [];
    }),
  );
