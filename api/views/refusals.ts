import type { AgencyRecord } from '../../db/agencies/agencies.ts';
import type { StepRow } from '../../db/cases/steps.ts';
import type { Calendar } from '../../domain/calendar/calendar.ts';
import { remedyOf } from '../../domain/remedy.ts';
import type { Matter } from '../../domain/matter/schema.ts';
import type { CaseView } from '../../contract/cases.ts';
import { agencyName } from './names.ts';
import { iso } from './instants.ts';
import { stepName } from './names.ts';

/** What the view of a refusal is built from. */
interface RefusalContext {
  matter: Matter;
  calendar: Calendar;
  agencies: ReadonlyMap<string, AgencyRecord>;
}

/**
 * The decisions against the applicant, each with the agency that decided and the remedies.
 * `wordsOf` returns the texts of the agency that the caller may read.
 */
export const refusalsView = (
  { matter, calendar, agencies }: RefusalContext,
  steps: readonly StepRow[],
  wordsOf: (step: StepRow) => { reason?: string | undefined; ground?: string | undefined; basis?: string | undefined },
): CaseView['refusals'] =>
  steps.flatMap((step) => {
    const { stepId, status, endedAt } = step;
    if (status !== 'refused' || endedAt === undefined) return [];
    const { reason, ground, basis } = wordsOf(step);
    const { reconsiderationUntil, ...remedy } = remedyOf(calendar, matter, stepId, { at: endedAt, ground, basis });
    return {
      step: { id: stepId, name: stepName(matter, stepId) },
      agency: agencyName(agencies, step.agency),
      ...(reason !== undefined && { reason }),
      ...remedy,
      reconsiderationUntil: iso(reconsiderationUntil),
    };
  });

/**
 * What ended because the applicant did not pay or collect in time. It is no decision against them, so
 * there is no remedy.
 */
export const lapsesView = (
  { matter, agencies }: Pick<RefusalContext, 'matter' | 'agencies'>,
  steps: readonly StepRow[],
): CaseView['lapses'] =>
  steps.flatMap(({ stepId, status, agency, endedAt }) =>
    status === 'lapsed' && endedAt !== undefined
      ? { step: { id: stepId, name: stepName(matter, stepId) }, agency: agencyName(agencies, agency), at: iso(endedAt) }
      : [],
  );
