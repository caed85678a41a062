import type { StepStatus } from '../case/status.ts';
import type { ApplicantLimit } from '../matter/schema.ts';

/** Warnings about an application that is submitted nevertheless. */
export const SUBMISSION_WARNINGS = ['APPLICANT_LIMIT_OVER'] as const;

/** `met`: in time. `over`: the last day has passed. `open`: there is still time. */
export const LAST_DAY_STATES = ['open', 'met', 'over'] as const;
export type LastDayState = (typeof LAST_DAY_STATES)[number];

/** Whether the act came in time. `step` is the row of the step that the limit belongs to. */
export const lastDayState = (
  { limit, at }: { limit: Pick<ApplicantLimit, 'metBy'>; at: number },
  {
    submittedAt,
    step,
    now,
  }: {
    submittedAt: number;
    step?: { status: StepStatus; endedAt?: number | undefined } | undefined;
    now: number;
  },
): LastDayState => {
  const actedAt = limit.metBy === 'application' ? submittedAt : step?.status === 'done' ? step.endedAt : undefined;
  if (actedAt !== undefined && actedAt <= at) return 'met';
  return (actedAt ?? now) <= at ? 'open' : 'over';
};
