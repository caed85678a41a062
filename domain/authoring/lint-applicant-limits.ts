import { suggest, type Finding } from './findings.ts';
import { lintIds, reportUnknownList } from './lint-form.ts';
import type { Matter } from '../matter/schema.ts';
import { MATTER_FINDINGS } from '../words/findings.ts';

/** Checks the ids, steps and lists of the limits that bind the applicant. */
export const lintApplicantLimits = (matter: Matter): Finding[] => {
  const stepIds = matter.steps.map(({ id }) => id);
  return [
    ...lintIds(matter.applicantLimits, (_, index) => ['applicantLimits', index, 'id']),
    ...matter.applicantLimits.flatMap(({ step, each, metBy, within }, index): Finding[] => {
      const path = ['applicantLimits', index];
      const found = matter.steps.find(({ id }) => id === step);
      const list = matter.form.find(({ id }) => id === each);
      const always = within.findIndex(({ when }) => when === undefined);
      return [
        ...(step === undefined || found
          ? []
          : [
              {
                rule: 'unknown-step',
                path: [...path, 'step'],
                ...MATTER_FINDINGS.unknown('step', step, suggest(step, stepIds)),
              },
            ]),
        ...(metBy === 'step' && step === undefined
          ? [{ rule: 'met-by-no-step', path: [...path, 'metBy'], ...MATTER_FINDINGS.metByNoStep() }]
          : []),
        ...(each !== undefined && list?.type !== 'list' ? [reportUnknownList(matter, each, [...path, 'each'])] : []),
        ...(each !== undefined && found?.forEach !== undefined && found.forEach !== each
          ? [{ rule: 'other-list', path: [...path, 'each'], ...MATTER_FINDINGS.otherList(found.id, found.forEach) }]
          : []),
        ...(always >= 0 && always < within.length - 1
          ? [
              {
                rule: 'unreachable-length',
                path: [...path, 'within', always + 1],
                ...MATTER_FINDINGS.unreachableLength(),
              },
            ]
          : []),
      ];
    }),
  ];
};
