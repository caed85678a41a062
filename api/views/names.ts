import type { AgencyRecord } from '../../db/agencies/agencies.ts';
import { findStep } from '../../domain/matter/compile.ts';
import { parseStepId } from '../../domain/case/step-id.ts';
import type { Matter, Text } from '../../domain/matter/schema.ts';

/** The name of a step. */
export const stepName = (matter: Matter, stepId: string): Text =>
  addNumber(findStep(matter, stepId)?.step.name ?? { zh: stepId, en: stepId }, stepId);

/** What is repeated for a list (`card.2`) is told apart by its number. */
export const addNumber = (name: Text, id: string): Text => {
  const number = parseStepId(id)?.number;
  return number === undefined ? name : { zh: `${name.zh}（${number}）`, en: `${name.en} (${number})` };
};

/** The name of a material; one that the matter does not know keeps its id. */
export const materialName = (matter: Matter, id: string): Text =>
  matter.materials.find((material) => material.id === id)?.name ?? { zh: id, en: id };

/** An agency by its official name; one that left the registry keeps its id. */
export const agencyName = (agencies: ReadonlyMap<string, AgencyRecord>, id: string): { id: string; name: Text } => ({
  id,
  name: agencies.get(id)?.name ?? { zh: id, en: id },
});
