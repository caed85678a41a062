import type { FoundStep } from '../definition/compile.ts';
import { disclose } from './form.ts';
import { uses } from './lineage.ts';
import type { Matter, Text } from '../definition/schema.ts';
import { isGroup, type Form, type FormValue } from './values.ts';

/** A material as it was handed in: in which way, where not as the matter defines it, and its number or the id of the document. */
export interface HandedIn {
  id: string;
  source?: 'upload' | 'photo' | 'sharing' | 'shown' | undefined;
  reference?: string | undefined;
}

/** What was handed in, and which materials are to follow by a pledge (容缺) and have not come. */
export interface Papers {
  form: Form;
  materials: readonly HandedIn[];
  gaps: readonly string[];
}

/** Whether what we once checked and sealed is a list of materials; what is in it was checked then. */
export const areHandedIn = (value: unknown): value is HandedIn[] => Array.isArray(value);

/** A material as the step's agency is told of it. */
export interface ShownMaterial {
  id: string;
  name: Text;
  source: Matter['materials'][number]['source']['kind'];
  reference?: string;
  /** It is to follow: the agency may go on without it, as far as the law lets it. */
  pledged?: true;
}

/** The materials that the step's agency may see, as they are now. */
export const shownMaterials = (
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

/** One thing that an agency found missing: a place in the form or a material, and why. */
export interface Asked {
  field?: string | undefined;
  material?: string | undefined;
  reason?: string | undefined;
}

/** The same with what was handed in for it: the value that is in the form now, or the material. */
export interface AskedAndAnswered extends Asked {
  value?: FormValue;
  source?: HandedIn['source'];
  reference?: string;
}

/**
 * What a step's agency had asked for, item by item with its answer. A value is only told where the step discloses it: asking for a
 * field does not open it.
 */
export const answersTo = (
  found: FoundStep,
  { form, materials }: Pick<Papers, 'form' | 'materials'>,
  asked: readonly Asked[],
): AskedAndAnswered[] => {
  const open = disclose(form, found.step.discloses);
  return asked.map(({ field, material, reason }) => {
    const given = materials.find(({ id }) => id === material);
    const value = field !== undefined && uses(found, field) ? valueAt(open, field) : undefined;
    return {
      ...(field !== undefined && { field }),
      ...(value !== undefined && { value }),
      ...(material !== undefined && { material }),
      ...(given?.source !== undefined && { source: given.source }),
      ...(given?.reference !== undefined && { reference: given.reference }),
      ...(reason !== undefined && { reason }),
    };
  });
};

/** The value at a place such as `children[0].name`; undefined: the form has none there. */
const valueAt = (form: Form, place: string): FormValue | undefined =>
  place.split(/\.|\[|\]\.?/).reduce<FormValue | undefined>((value, key) => {
    if (key === '') return value;
    if (Array.isArray(value)) return value[Number(key)];
    return isGroup(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  }, form);
