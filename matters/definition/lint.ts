import type { Finding } from './findings.ts';
import { lintDuplicates } from './lint-duplicates.ts';
import { lintExpressions } from './lint-expressions.ts';
import { lintForm } from './lint-form.ts';
import { lintItems } from './lint-items.ts';
import { lintSteps } from './lint-steps.ts';
import { lintUndecided } from './lint-undecided.ts';
import type { Agencies, Matter } from './schema.ts';

/**
 * What the parts of a matter say about each other, all of it at once: names that are not there, cycles, steps that can never start,
 * expressions that cannot be judged. The rules are listed in docs/matters.md. No findings: the matter may be published.
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
    ...lintExpressions(matter),
    ...lintDuplicates(matter),
  ];
  // Judged over invented forms, which only a sound definition can give.
  return findings.length > 0 ? findings : lintUndecided(matter);
};
