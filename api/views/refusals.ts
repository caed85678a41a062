import type { AgencyRecord } from '../../db/agencies/agencies.ts';
import type { StepRow } from '../../db/cases/steps.ts';
import { remedyOf } from '../../domain/remedy.ts';
import type { Matter } from '../../domain/matter/schema.ts';
import type { CaseView } from '../../contract/cases.ts';
import { agencyName } from './names.ts';
import { iso } from './instants.ts';
import { stepName } from './names.ts';

/** What the view of a refusal is built from. */
interface RefusalContext {
  matter: Matter;
  agencies: ReadonlyMap<string, AgencyRecord>;
}

/**
 * The decisions against the applicant, each with the agency that decided and the remedies.
 * `wordsOf` returns the texts of the agency that the caller may read.
 */
export const refusalsView = (
  { matter, agencies }: RefusalContext,
  steps: readonly StepRow[],
  wordsOf: (step: StepRow) => { reason?: string | undefined; ground?: string | undefined; basis?: string | undefined },
): CaseView['refusals'] =>
  steps.flatMap((step) => {
    const { stepId, status } = step;
    if (status !== 'refused') return [];
    const { reason, ground, basis } = wordsOf(step);
    const nature = agencies.get(step.agency)?.nature ?? 'organ';
    return {
      step: { id: stepId, name: stepName(matter, stepId) },
      agency: agencyName(agencies, step.agency),
      ...(reason !== undefined && { reason }),
      ...remedyOf(matter, stepId, { nature, ground, basis }),
    };
  });

/**
 * What ended because the applicant did not pay or collect in time. It is no decision against them, so
 * there is no remedy.
 */
export const lapsesView = ({ matter, agencies }: RefusalContext, steps: readonly StepRow[]): CaseView['lapses'] =>
  steps.flatMap(({ stepId, status, agency, endedAt }) =>
    status === 'lapsed' && endedAt !== undefined
      ? { step: { id: stepId, name: stepName(matter, stepId) }, agency: agencyName(agencies, agency), at: iso(endedAt) }
      : [],
  );
