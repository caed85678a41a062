import type { DecisionKind } from '../case/messages.ts';
import type { Step } from './schema.ts';

/** The texts of a decision, as far as a refusal needs them. */
interface Said {
  decision: DecisionKind;
  reason?: string | undefined;
  ground?: string | undefined;
  basis?: string | undefined;
}

const isBlank = (text = ''): boolean => text.trim() === '';

/**
 * Whether a refusal does not give its reason, or for a ground of the definition its legal basis
 * (行政许可法 art. 38). It then does not count.
 */
export const isUnreasoned = (
  { refusals }: Pick<Step, 'refusals'>,
  { decision, reason, ground, basis }: Said,
): boolean => {
  if (decision !== 'refused') return false;
  const provision = basis ?? refusals.find(({ code }) => code === ground)?.basis;
  return isBlank(reason) || (ground !== undefined && isBlank(provision));
};
