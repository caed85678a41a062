export const ABSENCE_RULES = ['required', 'past', 'not-a-member', 'not-a-colleague', 'unknown-officer'] as const;
export type AbsenceRule = (typeof ABSENCE_RULES)[number];

/** An absence of an officer that the group, or one member of it, covers. */
export interface PlannedAbsence {
  officer: string;
  endsAt: number;
  cover?: string | undefined;
}

/** The rule that an absence breaks, given the members of the group; undefined: none. */
export const whyNotAbsent = (
  { officer, endsAt, cover }: PlannedAbsence,
  members: readonly string[],
  now: number,
): { path: string; rule: AbsenceRule } | undefined => {
  if (endsAt <= now) return { path: 'to', rule: 'past' };
  if (!members.includes(officer)) return { path: 'coveredBy.group', rule: 'not-a-member' };
  if (cover !== undefined && (cover === officer || !members.includes(cover))) {
    return { path: 'coveredBy.officer', rule: 'not-a-colleague' };
  }
  return undefined;
};
