/** One call that reached an agency: when, under which `webhook-id`, what it was answered (`cut`: nothing), and how many were under way with it. */
interface Call {
  /** Milliseconds since 1970. */
  at: number;
  id: string;
  answer: number | 'cut' | 'under way';
  inFlight: number;
}

export interface CallLog {
  /** Notes a call as it arrives; the result is told how it was answered. */
  begin(id: string): (answer: number | 'cut') => void;
  /** The last of them, oldest first. */
  calls(): readonly Call[];
}

const KEPT = 1_000;

/** What one agency was asked, also where it did nothing: in memory, and only the last calls. */
export function createCallLog(now: () => number): CallLog {
  let calls: Call[] = [];
  let inFlight = 0;
  return {
    begin(id) {
      inFlight += 1;
      const call: Call = { at: now(), id, answer: 'under way', inFlight };
      calls.push(call);
      if (calls.length >= 2 * KEPT) calls = calls.slice(-KEPT);
      return (answer) => {
        inFlight -= 1;
        call.answer = answer;
      };
    },
    calls: () => calls.slice(-KEPT),
  };
}
