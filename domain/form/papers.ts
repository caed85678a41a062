import type { FoundStep } from '../matter/compile.ts';
import { disclose } from './disclose.ts';
import { uses } from './lineage.ts';
import type { Matter, Text } from '../matter/schema.ts';
import { isGroup, type Form, type FormValue } from '../matter/values.ts';

/**
 * A material as it was handed in: the way it came, if it differs from the definition, and its
 * number or the id of the document.
 */
export interface HandedInMaterial {
  id: string;
  source?: 'upload' | 'photo' | 'sharing' | 'shown' | undefined;
  reference?: string | undefined;
}

/**
 * The form and the materials that were handed in, and the pledged materials (容缺) that are still
 * missing.
 */
export interface Papers {
  form: Form;
  materials: readonly HandedInMaterial[];
  gaps: readonly string[];
}

/**
 * Whether a value that we checked and sealed is a list of materials. Its content was checked at
 * that time.
 */
export const areHandedIn = (value: unknown): value is HandedInMaterial[] => Array.isArray(value);

/** A material as the agency of the step sees it. */
export interface ShownMaterial {
  id: string;
  name: Text;
  source: Matter['materials'][number]['source']['kind'];
  reference?: string;
  /** It will follow: the agency can go on without it, as far as the law allows. */
  pledged?: true;
}

/** The materials that the agency of the step may see, in their current state. */
export const listShownMaterials = (
  matter: Matter,
  { step }: FoundStep,
  { materials, gaps }: Pick<Papers, 'materials' | 'gaps'>,
): ShownMaterial[] =>
  matter.materials
    .filter(({ id }) => step.materials.includes(id))
    .map(({ id, name, source }) => {
      const given = materials.find((material) => material.id === id);
      return {
        id,
        name,
        source: given?.source ?? source.kind,
        ...(given?.reference !== undefined && { reference: given.reference }),
        ...(gaps.includes(id) && { pledged: true as const }),
      };
    });

/**
 * One missing thing that an agency asked for: a place in the form or a material, and the reason.
 */
export interface AskedItem {
  field?: string | undefined;
  material?: string | undefined;
  reason?: string | undefined;
  /** The applicant had nothing to add to it. */
  nothingFurther?: true;
}

/** The same with the answer: the current value of the form, or the material. */
export interface AnsweredItem extends AskedItem {
  value?: FormValue;
  source?: HandedInMaterial['source'];
  reference?: string;
}

/**
 * What the agency of a step had asked for, item by item with its answer. A value is included only
 * if the step discloses it: asking for a field does not disclose it.
 */
export const listAnswers = (
  found: FoundStep,
  { form, materials }: Pick<Papers, 'form' | 'materials'>,
  asked: readonly AskedItem[],
): AnsweredItem[] => {
  const open = disclose(form, found.step.discloses);
  return asked.map(({ field, material, reason, nothingFurther }) => {
    const given = materials.find(({ id }) => id === material);
    const value = field !== undefined && uses(found, field) ? valueAt(open, field) : undefined;
    return {
      ...(field !== undefined && { field }),
      ...(value !== undefined && { value }),
      ...(material !== undefined && { material }),
      ...(given?.source !== undefined && { source: given.source }),
      ...(given?.reference !== undefined && { reference: given.reference }),
      ...(reason !== undefined && { reason }),
      ...(nothingFurther && { nothingFurther }),
    };
  });
};

/** The value at a place such as `children[0].name`; undefined: the form has no value there. */
const valueAt = (form: Form, place: string): FormValue | undefined =>
  place.split(/\.|\[|\]\.?/).reduce<FormValue | undefined>((value, key) => {
    if (key === '') return value;
    if (Array.isArray(value)) return value[Number(key)];
    return isGroup(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  }, form);
