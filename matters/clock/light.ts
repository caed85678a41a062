/** Worst first: what a case shows is the first of these that anything in it shows. */
export const LIGHTS = ['deep-red', 'red', 'yellow', 'green', 'grey'] as const;
export type Light = (typeof LIGHTS)[number];

/** What a light needs of the row of a step or a case; instants as `deadlines` gave them. */
export interface LightRow {
  /** Absent: the clock has not started. */
  promisedAt?: number | undefined;
  yellowAt?: number | undefined;
  statutoryAt?: number | undefined;
  /** Since when the clock stands still. */
  pausedAt?: number | undefined;
  endedAt?: number | undefined;
}

/**
 * The light of one clock, a step's or a case's own: a function of its row and now, so nothing has to wake up to change it.
 * - yellow from `yellowAt`; red past the promised deadline, deep red past the statutory one; at the very instant: in time
 * - grey: not started, or paused while in time; a pause does not hide lateness that was there before it
 * - ended: green when in time, otherwise the red that it ended in, because lateness stays on the record; what stood still until its end
 *   (a case whose promise was kept, and only its parcel was under way) is judged at the instant since when it did
 */
export const lightOf = ({ now, ...row }: LightRow & { now: number }): Light => {
  if (row.promisedAt === undefined) return 'grey';
  const at = row.endedAt === undefined ? (row.pausedAt ?? now) : Math.min(row.endedAt, row.pausedAt ?? row.endedAt);
  if (row.statutoryAt !== undefined && at > row.statutoryAt) return 'deep-red';
  if (at > row.promisedAt) return 'red';
  if (row.endedAt !== undefined) return 'green';
  if (row.pausedAt !== undefined) return 'grey';
  return row.yellowAt !== undefined && at >= row.yellowAt ? 'yellow' : 'green';
};

/** The light that a case shows: the worst of its own and its open steps', for a late step counts even when the whole is in time. */
export const caseLight = (openSteps: readonly Light[], own: Light): Light =>
  LIGHTS.find((light) => light === own || openSteps.includes(light)) ?? own;
