import { findStep } from '../../matters/definition/compile.ts';
import type { Matter, Text } from '../../matters/definition/schema.ts';

/** The name of a step; one that is repeated for a list is told apart by the number of its item. */
export const stepName = (matter: Matter, stepId: string): Text => {
  const name = findStep(matter, stepId)?.step.name ?? { zh: stepId, en: stepId };
  const [, number] = stepId.split('.');
  return number === undefined ? name : { zh: `${name.zh}（${number}）`, en: `${name.en} (${number})` };
};

/** The name of a material; one that the matter does not know keeps its id. */
export const materialName = (matter: Matter, id: string): Text =>
  matter.materials.find((material) => material.id === id)?.name ?? { zh: id, en: id };
