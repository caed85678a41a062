/**
 * The id of a step in a plan: `card`, or `card.2` where the matter repeats the step for each of
 * several items or splits a joint parcel.
 */
export interface StepId {
  /** The step's id in the matter. */
  definition: string;
  /** The item or the part, from 1; absent: the step is not repeated. */
  number?: number;
}

export const formatStepId = ({ definition, number }: StepId): string =>
  number === undefined ? definition : `${definition}.${number}`;

/** Undefined: no plan has a step of this id. */
export const parseStepId = (id: string): StepId | undefined => {
  const [, definition, number] = /^([^.]+)(?:\.([1-9]\d*))?$/.exec(id) ?? [];
  if (definition === undefined) return undefined;
  return number === undefined ? { definition } : { definition, number: Number(number) };
};
