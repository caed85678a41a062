import type { DecisionReply } from '../../agencies/contract.ts';
import { isGranted } from '../../domain/case/answers.ts';
import { readResult } from '../../domain/form/result-reading.ts';
import type { Step } from '../../domain/matter/schema.ts';
import type { Clock } from '../../domain/matter/values.ts';
import { problem, type FieldError, type Language } from '../http/problems.ts';

/** The declared fields of a result that are missing or wrong in an approval. */
export const listResultFaults = (
  step: Step,
  { decision, result }: Pick<DecisionReply, 'decision' | 'result'>,
  clock: Clock,
  language: Language,
): FieldError[] =>
  isGranted(decision)
    ? readResult(step, result, clock).problems.map(({ path, rule, message }) => ({
        path: `body.result.${path}`,
        rule,
        message: message[language],
      }))
    : [];

/** Throws `REQUEST_INVALID` when a person approves without the result that the step must give. */
export const refuseFaultyResult = (
  step: Step,
  said: Pick<DecisionReply, 'decision' | 'result'>,
  clock: Clock,
  language: Language,
): void => {
  const errors = listResultFaults(step, said, clock, language);
  if (errors.length > 0) throw problem('REQUEST_INVALID', { errors });
};
