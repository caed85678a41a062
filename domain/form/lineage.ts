import { findStep, type FoundStep } from '../matter/compile.ts';
import type { Matter } from '../matter/schema.ts';

/**
 * New values and papers: places in the form (`mother.mobile`, `children[0].name`) and ids of
 * materials.
 */
export interface NewValues {
  places: readonly string[];
  materials: readonly string[];
}

/**
 * The steps of a case whose agency was or will be sent one of these values or materials: a step
 * uses what its definition discloses, and the division that decides it. A step for one item of a list does not use the values of
 * another item.
 */
export const stepsUsing = (matter: Matter, stepIds: readonly string[], { places, materials }: NewValues): string[] =>
  stepIds.filter((stepId) => {
    const found = findStep(matter, stepId);
    if (!found) return false;
    if (found.step.materials.some((id) => materials.includes(id))) return true;
    const { division } = found.step;
    const read = division === undefined ? found.step.discloses : [...found.step.discloses, division];
    return places.some((place) => isAmong(found, read, place));
  });

/** Whether the step's agency is sent the value at a place, or part of it. */
export const uses = (found: FoundStep, place: string): boolean => isAmong(found, found.step.discloses, place);

const isAmong = ({ item }: FoundStep, disclosed: readonly string[], place: string): boolean => {
  const other = item && findIndex(item.list, place) !== undefined && findIndex(item.list, place) !== item.index;
  const path = place.replaceAll(/\[\d+\]/g, '[]');
  return !other && disclosed.some((one) => covers(one, path));
};

/** A group or a list includes everything in it, and a value in it belongs to the whole. */
const covers = (disclosed: string, path: string): boolean => {
  const [wide, narrow] = disclosed.length <= path.length ? [disclosed, path] : [path, disclosed];
  return narrow === wide || narrow.startsWith(`${wide}.`) || narrow.startsWith(`${wide}[]`);
};

/** The number of the list item that contains a place; undefined: the place is not in this list. */
const findIndex = (list: string, place: string): number | undefined => {
  const [, index] = new RegExp(String.raw`^${list}\[(\d+)\]`).exec(place) ?? [];
  return index === undefined ? undefined : Number(index);
};
