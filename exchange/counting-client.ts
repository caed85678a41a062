import type { AgencyAnswer, AgencyClient } from '../agencies/client.ts';
import { whyFailed } from './failures.ts';

/** Counts calls by the id of the agency, and failures with their code. */
interface CallCounter {
  succeeded: (agency: string) => void;
  failed: (agency: string, error: string) => Promise<void>;
}

/** The client for calls to agencies. It counts in `counter` how each call ends. */
export const countCalls = (client: AgencyClient, counter: CallCounter): AgencyClient => {
  const counted = async <Answer extends AgencyAnswer>(id: string, call: Promise<Answer>): Promise<Answer> => {
    const answer = await call;
    const error = whyFailed(answer);
    if (error === undefined) counter.succeeded(id);
    else await counter.failed(id, error);
    return answer;
  };
  return {
    submit: (agency, request) => counted(agency.id, client.submit(agency, request)),
    enquire: (agency, requestId) => counted(agency.id, client.enquire(agency, requestId)),
    undo: (agency, request) => counted(agency.id, client.undo(agency, request)),
    close: () => client.close(),
  };
};
