import type { DecisionKind, Lack } from '../case/messages.ts';
import type { StepKind } from '../case/plan.ts';
import { hasPayment } from './payment.ts';
import type { Clock } from '../matter/values.ts';

/** The texts of a decision, as far as they are judged. */
interface Said {
  decision: DecisionKind;
  reason?: string | undefined;
  ground?: string | undefined;
  basis?: string | undefined;
  result?: unknown;
}

/** The definition of the step that is decided. */
interface JudgedStep {
  kind: StepKind;
  refusals: readonly { code: string; basis?: string | undefined }[];
}

const isBlank = (text = ''): boolean => text.trim() === '';

/**
 * What a decision about the step does not say although it must; undefined: nothing. A refusal gives
 * its reason, and for a ground of the definition its legal basis (行政许可法 art. 38). A payment gives its
 * amount, its day and the number of its receipt.
 */
export const findLack = ({ kind, refusals }: JudgedStep, said: Said, clock: Clock): Lack | undefined => {
  const { decision, reason, ground, basis, result } = said;
  if (decision === 'refused') {
    const provision = basis ?? refusals.find(({ code }) => code === ground)?.basis;
    return isBlank(reason) || (ground !== undefined && isBlank(provision)) ? 'REASON_MISSING' : undefined;
  }
  const isPaid = kind === 'pay' && (decision === 'approved' || decision === 'exempt');
  return isPaid && !hasPayment(result, clock) ? 'RESULT_INVALID' : undefined;
};
