import type { Limit, Matter, Need, Text } from '../matters/definition/schema.ts';

/** A matter for reading: its name and promise, then a line a step in the order of the definition. */
export const drawMatter = (matter: Matter, language: keyof Text): string[] => [
  `${matter.name[language]}  ${matter.code} version ${matter.version}  within ${inWords(matter.limit.promised)}`,
  matter.summary[language],
  ...matter.steps.map((step) => {
    const facts = [
      step.agency,
      inWords(step.limit.promised),
      ...(step.forEach === undefined ? [] : [`for each of ${step.forEach}`]),
      ...(step.whenText === undefined ? [] : [step.whenText[language]]),
      ...(step.needs.length === 0 ? [] : [`after ${step.needs.map(needInWords).join(' and ')}`]),
    ];
    return `  ${step.id}  ${step.name[language]}  (${facts.join('; ')})`;
  }),
];

const needInWords = (need: Need): string => {
  if (typeof need === 'string') return need;
  if ('anyOf' in need) return need.anyOf.join(' or ');
  if ('someOf' in need) return `some of ${need.someOf.join(', ')}`;
  return `the end of ${need.settled.join(', ')}`;
};

const inWords = (limit: Limit): string => {
  if ('workingDays' in limit) return `${limit.workingDays} working days`;
  if ('workingMinutes' in limit) return `${limit.workingMinutes} working minutes`;
  if ('calendarDays' in limit) return `${limit.calendarDays} days`;
  return `${limit.seconds} s`;
};
