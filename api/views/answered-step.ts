import type { StepRow } from '../../db/cases/steps.ts';
import { findAttention, type AnsweredStep } from '../../domain/case/answers.ts';
import type { Matter } from '../../domain/matter/schema.ts';

/** The facts of a step on which its possible decisions depend, from its row. */
export const answeredStep = (matter: Matter, step: StepRow): AnsweredStep => ({
  kind: step.kind,
  isIntake: matter.acceptedBy === step.stepId,
  attention: findAttention(step),
});
