/** To whom a task of a worklist belongs at a moment, as its row has it. */
export interface Holding {
  /** To whom a supervisor gave it. */
  officer?: string | undefined;
  /** Who took it, and how long the lease runs; milliseconds since 1970. */
  claimedBy?: string | undefined;
  claimedUntil?: number | undefined;
}

export type Held = { code: 'TASK_TAKEN'; by: string } | { code: 'TASK_ASSIGNED'; by: string };

/**
 * Whose task it is, where that is somebody else's than `accounts`: an officer's own and those whom the officer covers now. Undefined: the
 * officer may take it. What a supervisor gave to somebody is taken by nobody else, and what somebody took is his until the lease lapses.
 */
export const heldBy = (
  { officer, claimedBy, claimedUntil }: Holding,
  accounts: readonly string[],
  now: number,
): Held | undefined => {
  const isTaken = claimedBy !== undefined && claimedUntil !== undefined && claimedUntil > now;
  if (isTaken && !accounts.includes(claimedBy)) return { code: 'TASK_TAKEN', by: claimedBy };
  return officer === undefined || accounts.includes(officer) ? undefined : { code: 'TASK_ASSIGNED', by: officer };
};
