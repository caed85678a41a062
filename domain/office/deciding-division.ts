import { divisionProblem } from '../division/problem.ts';
import { findStep, type FoundStep } from '../matter/compile.ts';
import type { Matter, Text } from '../matter/schema.ts';
import { isForm, type Form, type FormValue } from '../matter/values.ts';

/**
 * Where a step is decided. A case has the division of its window; a step with a `division` has the
 * one that the form names there, for instance that of the household that a child joins.
 */

/** The values at a path such as `children[].household.division`, with their places in the form. */
const valuesAt = (form: Form, path: string): { place: string; value: FormValue }[] =>
  path.split('.').reduce<{ place: string; value: FormValue }[]>(
    (found, part) =>
      found.flatMap(({ place, value }) => {
        const id = part.replace('[]', '');
        const inner = isForm(value) ? value[id] : undefined;
        const at = place === '' ? id : `${place}.${id}`;
        if (inner === undefined || inner === null) return [];
        if (!part.endsWith('[]')) return [{ place: at, value: inner }];
        return Array.isArray(inner) ? inner.map((item, index) => ({ place: `${at}[${index}]`, value: item })) : [];
      }),
    [{ place: '', value: form }],
  );

/** The division that the form names for a step; undefined: the step is decided where the case is. */
const findNamedDivision = ({ step, item }: FoundStep, form: Form): string | undefined => {
  if (step.division === undefined) return undefined;
  const values = valuesAt(form, step.division);
  // The linter allows a list in the path only if the step is repeated for it.
  const isOfItem = item !== undefined && step.division.includes('[]');
  const named = isOfItem ? values.find(({ place }) => place.startsWith(`${item.list}[${item.index}].`)) : values[0];
  return typeof named?.value === 'string' ? named.value : undefined;
};

/** The division that decides each of these steps of a case, by the id of the step. */
export const decidingDivisions = (
  matter: Matter,
  stepIds: readonly string[],
  form: Form,
  region: string,
): ReadonlyMap<string, string> =>
  new Map(
    stepIds.map((id) => {
      const found = findStep(matter, id);
      return [id, (found && findNamedDivision(found, form)) ?? region];
    }),
  );

/**
 * The divisions in a form that decide where a step is decided and are not of county level: an office
 * can only be found for a county.
 */
export const findWideDivisions = (matter: Matter, form: Form): { path: string; message: Text }[] => {
  const paths = new Set(matter.steps.flatMap(({ division }) => division ?? []));
  return [...paths].flatMap((path) =>
    valuesAt(form, path).flatMap(({ place, value }) => {
      const message = typeof value === 'string' ? divisionProblem(value, 'county') : undefined;
      return message ? [{ path: place, message }] : [];
    }),
  );
};
