/** The cases to which this relay is bringing something. What comes for one of them meanwhile is looked at when that has arrived. */
export interface InFlightCases {
  cases: () => string[];
  /** Resolves when `bringing` something to a case is over. `more`: there is probably more for it. */
  track: (caseId: string, bringing: Promise<unknown>, more?: boolean) => Promise<void>;
  /** Something came for a case. True: it is under way, so there is nothing to be done now. */
  hear: (caseId: string) => boolean;
  /** What was heard of before a look, the look finds; what is heard of during it, perhaps. */
  look: () => void;
}

/** `onMore` is called when it is over with a case for which something came meanwhile. */
export const createInFlightCases = (onMore: () => void): InFlightCases => {
  const cases = new Set<string>();
  const heard = new Set<string>();

  return {
    cases: () => [...cases],
    track: async (caseId, bringing, more = false) => {
      cases.add(caseId);
      if (more) heard.add(caseId);
      await bringing;
      cases.delete(caseId);
      if (heard.delete(caseId)) onMore();
    },
    hear: (caseId) => {
      heard.add(caseId);
      return cases.has(caseId);
    },
    look: () => {
      for (const caseId of heard) if (!cases.has(caseId)) heard.delete(caseId);
    },
  };
};
