import type { SituationFacts } from './status.ts';

type ExtensionFacts = Pick<SituationFacts, 'extension' | 'extensionDays'>;

export const isExtended = ({ extensionDays }: ExtensionFacts): boolean => extensionDays !== undefined;

/**
 * The number of working days by which the limit of a step can be extended now: what the definition
 * allows, once (行政许可法 art. 42).
 */
export const findLongestExtension = (step: ExtensionFacts): number => (isExtended(step) ? 0 : (step.extension ?? 0));

/**
 * Why a step that can be extended cannot be extended by so many days; undefined: it can.
 * `whyNotStep` says whether it can be extended at all.
 */
export const whyNotExtendBy = (step: ExtensionFacts, days: number): 'EXTENSION_TOO_LONG' | undefined => {
  const most = findLongestExtension(step);
  return most > 0 && days > most ? 'EXTENSION_TOO_LONG' : undefined;
};
