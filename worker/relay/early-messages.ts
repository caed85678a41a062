/**
 * A round that a lost workflow task had ordered comes again with the repeated task, within a minute.
 * A message that has been too early for this long is about a round that does not come.
 */
const LONGEST_MS = 5 * 60_000;

/**
 * The messages of this process that came too early, with the time of their first attempt. `isOver`
 * says whether a message that is too early again has waited long enough.
 */
export const createEarlyMessages = (now: () => number) => {
  const since = new Map<string, number>();
  /** Forgets messages that another process has settled. The oldest are first. */
  const forgetOld = (): void => {
    for (const [key, first] of since) {
      if (now() - first < 2 * LONGEST_MS) return;
      since.delete(key);
    }
  };
  const keyOf = ({ caseId, messageId }: { caseId: string; messageId: string }) => `${caseId}:${messageId}`;
  return {
    isOver: (message: { caseId: string; messageId: string }): boolean => {
      forgetOld();
      const key = keyOf(message);
      const first = since.get(key) ?? now();
      since.set(key, first);
      return now() - first >= LONGEST_MS;
    },
    forget: (message: { caseId: string; messageId: string }): void => {
      since.delete(keyOf(message));
    },
  };
};
