import type { AgencyNature } from './agency/nature.ts';
import { findStep } from './matter/compile.ts';
import type { Matter, Text } from './matter/schema.ts';
import { remedyText } from './words/remedies.ts';

/** What a refusal must contain besides the reason: the legal basis and the remedies. */
export interface Remedy {
  /** The usual ground of the definition that the agency named. */
  ground?: Text;
  /** The provision that the agency gave, or that its ground rests on. Empty: there is none. */
  basis: string[];
  /** How the applicant can object. */
  remedy: Text;
}

/**
 * The remedies against a refusal by an agency of this nature. `ground` is the code and
 * `basis` the provision that the agency gave, if any. The laws that a matter rests on are no basis of a refusal: a wrong provision is a
 * reason to annul it (行政诉讼法 art. 70).
 */
export const remedyOf = (
  matter: Matter,
  stepId: string,
  { nature, ground, basis }: { nature: AgencyNature; ground?: string | undefined; basis?: string | undefined },
): Remedy => {
  const known = findStep(matter, stepId)?.step.refusals.find(({ code }) => code === ground);
  const own = basis ?? known?.basis;
  return {
    ...(known && { ground: known.name }),
    basis: own === undefined ? [] : [own],
    remedy: remedyText(nature),
  };
};
