import type { Finding } from './findings.ts';
import { lintApplicantLimits } from './lint-applicant-limits.ts';
import { lintDuplicates } from './lint-duplicates.ts';
import { lintExpressions } from './lint-expressions.ts';
import { lintForm } from './lint-form.ts';
import { lintItems } from './lint-items.ts';
import { lintResults } from './lint-results.ts';
import { lintSteps } from './lint-steps.ts';
import { lintUndecided } from './lint-undecided.ts';
import type { Agencies } from '../matter/agencies-schema.ts';
import type { Matter } from '../matter/schema.ts';

/**
 * Checks the parts of a matter against each other and returns all findings: unknown names, cycles,
 * steps that can never start, expressions that cannot be judged. The rules are listed in
 * docs/matters.md. No findings: the matter can be published.
 */
export const lintMatter = (matter: Matter, agencies: Agencies['agencies']): Finding[] => {
  const findings = [
    ...lintForm(matter),
    ...lintSteps(
      matter,
      agencies.map(({ id }) => id),
    ),
    ...lintItems(
      matter,
      agencies.map(({ id }) => id),
    ),
    ...lintApplicantLimits(matter),
    ...lintResults(matter),
    ...lintExpressions(matter),
    ...lintDuplicates(matter),
  ];
  // Judged over invented forms, which need a definition without other findings.
  return findings.length > 0 ? findings : lintUndecided(matter);
};
