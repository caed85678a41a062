import type { Limit, Matter, Need } from '../domain/matter/schema.ts';
import type { Pen } from './words.ts';

/**
 * A matter in readable form: name and promise, then one line per step in the order of the
 * definition.
 */
export const drawMatter = (pen: Pen, matter: Matter): string[] => {
  const { language, t } = pen;
  const { code, version } = matter;
  return [
    `${matter.name[language]}  ${t('matter.head', { code, version, limit: describeLimit(pen, matter.limit.promised) })}`,
    matter.summary[language],
    ...matter.steps.map((step) => {
      const facts = [
        step.agency,
        describeLimit(pen, step.limit.promised),
        ...(step.forEach === undefined ? [] : [t('matter.forEach', { list: step.forEach })]),
        ...(step.whenText === undefined ? [] : [step.whenText[language]]),
        ...(step.needs.length === 0
          ? []
          : [t('matter.after', { needs: step.needs.map((need) => needInWords(pen, need)).join(t('matter.and')) })]),
      ];
      return `  ${step.id}  ${step.name[language]}  (${facts.join('; ')})`;
    }),
  ];
};

const needInWords = ({ t }: Pen, need: Need): string => {
  if (typeof need === 'string') return need;
  if ('anyOf' in need) return need.anyOf.join(t('matter.or'));
  if ('someOf' in need) return t('matter.someOf', { steps: need.someOf.join(', ') });
  return t('matter.settled', { steps: need.settled.join(', ') });
};

const describeLimit = ({ t }: Pen, limit: Limit): string => {
  if ('workingDays' in limit) return describeAmount(t, limit.workingDays, 'limit.workingDay', 'limit.workingDays');
  if ('workingMinutes' in limit)
    return describeAmount(t, limit.workingMinutes, 'limit.workingMinute', 'limit.workingMinutes');
  if ('calendarDays' in limit) return describeAmount(t, limit.calendarDays, 'limit.calendarDay', 'limit.calendarDays');
  if ('months' in limit) return describeAmount(t, limit.months, 'limit.month', 'limit.months');
  return t('limit.seconds', { count: limit.seconds });
};

const describeAmount = (
  t: Pen['t'],
  count: number,
  one: 'limit.workingDay' | 'limit.workingMinute' | 'limit.calendarDay' | 'limit.month',
  several: 'limit.workingDays' | 'limit.workingMinutes' | 'limit.calendarDays' | 'limit.months',
): string => t(count === 1 ? one : several, { count });
