/**
 * One call that reached an agency: time, `webhook-id`, answer (`cut`: none), and the number of
 * calls in progress at that time.
 */
interface Call {
  /** Milliseconds since 1970. */
  at: number;
  id: string;
  answer: number | 'cut' | 'under way';
  inFlight: number;
}

export interface CallLog {
  /** Records a call when it arrives. The returned function records the answer. */
  begin(id: string): (answer: number | 'cut') => void;
  /** The last calls, oldest first. */
  calls(): readonly Call[];
}

const KEPT = 1_000;

/** The last calls to one agency, in memory, including calls without an effect. */
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
