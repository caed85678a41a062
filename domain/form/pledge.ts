import { DAY_MS, dayOfDate, startOfDay } from '../calendar/calendar-days.ts';
import type { Matter } from '../matter/schema.ts';

/** A pledge (容缺受理) as a window submits it; `until` is the last day, a date in China. */
export interface SubmittedPledge {
  materials: readonly string[];
  until: string;
}

export const PLEDGE_RULES = ['may-not-follow', 'in-the-past'] as const;
export type PledgeRule = (typeof PLEDGE_RULES)[number];

/** The instant at which the last day of a pledge ends. */
export const endOfPledge = ({ until }: SubmittedPledge): number => startOfDay(dayOfDate(until)) + DAY_MS;

/**
 * The mistakes of a pledge: the definition has to allow each material to follow later, and the last
 * day must not be over.
 */
export const checkPledge = (
  matter: Matter,
  pledge: SubmittedPledge,
  now: number,
): { path: string; rule: PledgeRule }[] => {
  const mayFollow = new Set(matter.materials.filter((material) => material.mayFollow).map(({ id }) => id));
  return [
    ...pledge.materials.flatMap((id, index) =>
      mayFollow.has(id) ? [] : [{ path: `materials[${index}]`, rule: 'may-not-follow' as const }],
    ),
    ...(endOfPledge(pledge) <= now ? [{ path: 'until', rule: 'in-the-past' as const }] : []),
  ];
};
