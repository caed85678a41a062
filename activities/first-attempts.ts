import { formatRequestId } from '../agencies/contract.ts';
import type { StepAnswer } from '../domain/case/messages.ts';
import type { AgencyReply } from '../exchange/connections/connection.ts';
import type { StepCall } from '../exchange/step-call.ts';

type Reply = AgencyReply<StepAnswer>;

/** First attempts of this process at one agency at the same time. */
const AT_ONCE = 32;
/** A reply waits so long for the agency's queue: longer than a busy worker takes to begin the task. */
const KEPT_MS = 20_000;

interface FirstAttempt {
  agency: string;
  reply: Promise<Reply>;
  isOver: boolean;
}

export interface FirstAttempts {
  /** Whether the agency has as many first attempts as it may have. */
  isFull: (agency: string) => boolean;
  /** Begins the call, or finds the one that a lost workflow task began. */
  begin: (call: StepCall, send: () => Promise<Reply>) => Promise<Reply>;
  /** The workflow task has the reply. */
  end: (call: StepCall) => void;
  /**
   * The workflow task does not wait any longer: the reply is kept for a while. `onForgotten` gets it
   * if the queue has not taken it by then, because the case has called the step off.
   */
  leave: (call: StepCall, onForgotten: (reply: Reply) => void) => void;
  /** The reply to the first attempt at this call, once. Undefined: the call must be sent. */
  take: (call: StepCall) => Promise<Reply> | undefined;
}

/**
 * The first attempts that this process has made. The workflow task does not wait as long as an
 * agency may take, so the agency's queue waits for the rest: the request is not cut and not sent
 * twice. Another process does not know the attempt and sends the request again, under the same id.
 */
export const createFirstAttempts = (): FirstAttempts => {
  const attempts = new Map<string, FirstAttempt>();
  const forget = (id: string, attempt: FirstAttempt | undefined) => {
    if (attempts.get(id) === attempt) attempts.delete(id);
  };
  return {
    isFull: (agency) => [...attempts.values()].filter((one) => one.agency === agency && !one.isOver).length >= AT_ONCE,
    begin: (call, send) => {
      const id = formatRequestId(call);
      const begun = attempts.get(id);
      if (begun) return begun.reply;
      const attempt: FirstAttempt = { agency: call.agency, reply: send(), isOver: false };
      attempts.set(id, attempt);
      const settle = () => {
        attempt.isOver = true;
      };
      attempt.reply.then(settle, () => forget(id, attempt));
      return attempt.reply;
    },
    end: (call) => {
      attempts.delete(formatRequestId(call));
    },
    leave: (call, onForgotten) => {
      const id = formatRequestId(call);
      const attempt = attempts.get(id);
      const forgetLater = (reply: Reply) => {
        setTimeout(() => {
          if (attempts.get(id) !== attempt) return;
          attempts.delete(id);
          onForgotten(reply);
        }, KEPT_MS).unref();
      };
      // A failed attempt is forgotten already.
      attempt?.reply.then(forgetLater, () => undefined);
    },
    take: (call) => {
      const id = formatRequestId(call);
      const reply = attempts.get(id)?.reply;
      attempts.delete(id);
      return reply;
    },
  };
};
