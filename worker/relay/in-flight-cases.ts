/**
 * The cases to which this relay is dispatching something. Messages that arrive for such a case are
 * fetched after that dispatch.
 */
export interface InFlightCases {
  cases: () => string[];
  /**
   * Resolves when the dispatch `bringing` to a case has ended. `more`: there are probably more
   * messages for it.
   */
  track: (caseId: string, bringing: Promise<unknown>, more?: boolean) => Promise<void>;
  /**
   * A message arrived for a case. True: a dispatch to the case is running, so the caller does
   * nothing.
   */
  hear: (caseId: string) => boolean;
  /**
   * Call it before messages are read. The read finds every message heard of before; it may miss one
   * that arrives during it.
   */
  look: () => void;
}

/**
 * `onMore` is called when the dispatch to a case has ended and a message arrived for it meanwhile.
 */
export const createInFlightCases = (onMore: () => void): InFlightCases => {
  const cases = new Set<string>();
  const arrived = new Set<string>();

  return {
    cases: () => [...cases],
    track: async (caseId, bringing, more = false) => {
      cases.add(caseId);
      if (more) arrived.add(caseId);
      await bringing;
      cases.delete(caseId);
      if (arrived.delete(caseId)) onMore();
    },
    hear: (caseId) => {
      arrived.add(caseId);
      return cases.has(caseId);
    },
    look: () => {
      for (const caseId of arrived) if (!cases.has(caseId)) arrived.delete(caseId);
    },
  };
};
