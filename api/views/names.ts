import type { AgencyRecord } from '../../db/agencies/agencies.ts';
import { findStep } from '../../domain/matter/compile.ts';
import { parseStepId } from '../../domain/case/step-id.ts';
import type { Field, Matter, Text } from '../../domain/matter/schema.ts';

/** The name of a step. */
export const stepName = (matter: Matter, stepId: string): Text =>
  addNumber(findStep(matter, stepId)?.step.name ?? { zh: stepId, en: stepId }, stepId);

/** A step that is repeated for a list (`card.2`) has its number in the name. */
export const addNumber = (name: Text, id: string): Text => {
  const number = parseStepId(id)?.number;
  return number === undefined ? name : countUp(name, number);
};

const countUp = ({ zh, en }: Text, number: number): Text => ({ zh: `${zh}（${number}）`, en: `${en} (${number})` });

/** The name of a material; its id if the matter does not define it. */
export const materialName = (matter: Matter, id: string): Text =>
  matter.materials.find((material) => material.id === id)?.name ?? { zh: id, en: id };

/**
 * The name of a place in the form, with the names of what it is in: `children[1].name` is “child (2)
 * · name”. Undefined: the form has no such place.
 */
export const placeName = ({ form }: Pick<Matter, 'form'>, place: string): Text | undefined => {
  let fields: readonly Field[] | undefined = form;
  const names: Text[] = [];
  for (const part of place.split('.')) {
    const [, id = '', index] = /^([^[]*)(?:\[(\d*)\])?$/.exec(part) ?? [];
    const field: Field | undefined = fields?.find((one) => one.id === id);
    if (!field) return undefined;
    names.push(index ? countUp(field.name, Number(index) + 1) : field.name);
    fields = field.fields;
  }
  return { zh: names.map(({ zh }) => zh).join('·'), en: names.map(({ en }) => en).join(' · ') };
};

/** The official name of an agency; its id if it is not in the registry. */
export const agencyName = (agencies: ReadonlyMap<string, AgencyRecord>, id: string): { id: string; name: Text } => ({
  id,
  name: agencies.get(id)?.name ?? { zh: id, en: id },
});
