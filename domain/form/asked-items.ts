import type { Field, Matter } from '../matter/schema.ts';
import type { AskedItem } from './papers.ts';

/** The names that an item of a supplement notice can have in a matter. */
export interface AskableNames {
  /** Places in the form; `[]` stands for any item of a list. */
  fields: string[];
  materials: string[];
}

export const listAskableNames = ({ form, materials }: Matter): AskableNames => ({
  fields: listPlaces(form, ''),
  materials: materials.map(({ id }) => id),
});

const listPlaces = (fields: readonly Field[], prefix: string): string[] =>
  fields.flatMap(({ id, type, fields: inner = [] }) => {
    const place = `${prefix}${id}`;
    const inside = type === 'list' ? `${place}[].` : `${place}.`;
    return [place, ...(type === 'list' ? [`${place}[]`] : []), ...listPlaces(inner, inside)];
  });

/** The items that name something that the matter does not have. */
export const findUnknownItems = (
  matter: Matter,
  items: readonly AskedItem[],
): { index: number; key: 'field' | 'material' }[] => {
  const { fields, materials } = listAskableNames(matter);
  const known = new Set(fields);
  return items.flatMap(({ field, material }, index) => [
    ...(field === undefined || known.has(withoutIndexes(field)) ? [] : [{ index, key: 'field' as const }]),
    ...(material === undefined || materials.includes(material) ? [] : [{ index, key: 'material' as const }]),
  ]);
};

const withoutIndexes = (place: string): string => place.replaceAll(/\[\d+\]/g, '[]');

/** What an applicant gives for the items of a notice. */
export interface GivenAnswer {
  /** New values by place in the form; null clears a field. */
  changes: Readonly<Record<string, unknown>>;
  materials: readonly { id: string }[];
  /** The items to which the applicant has nothing to add. */
  nothingFurther: readonly string[];
}

/**
 * The items for which an answer gives neither a value, nor a material, nor the word that there is
 * nothing further. An item that asks only with a reason takes any value or material.
 */
export const listUnansweredItems = (
  asked: readonly (AskedItem & { id: string })[],
  { changes, materials, nothingFurther }: GivenAnswer,
): string[] => {
  const places = Object.keys(changes).filter((place) => changes[place] !== null);
  const isGiven = ({ field, material }: AskedItem): boolean => {
    if (field === undefined && material === undefined) return places.length > 0 || materials.length > 0;
    const hasValue = field !== undefined && places.some((place) => isWithin(place, field));
    return hasValue || (material !== undefined && materials.some(({ id }) => id === material));
  };
  return asked.filter((item) => !nothingFurther.includes(item.id) && !isGiven(item)).map(({ id }) => id);
};

/** Whether a place is the asked one or part of it. */
const isWithin = (place: string, field: string): boolean => {
  const at = field.includes('[]') ? withoutIndexes(place) : place;
  return at === field || at.startsWith(`${field}.`) || at.startsWith(`${field}[`);
};
