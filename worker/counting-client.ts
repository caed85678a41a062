import { errorOf } from '../activities/send.ts';
import type { AgencyAnswer, AgencyClient } from '../agencies/client.ts';
import type { AgencyHealthWatch } from './agency-health.ts';

/** The client that agencies are called with: whatever the call is about, how it ends is counted in the agency's health. */
export const countCalls = (
  client: AgencyClient,
  health: Pick<AgencyHealthWatch, 'succeeded' | 'failed'>,
): AgencyClient => {
  const counted = async <Answer extends AgencyAnswer>(id: string, call: Promise<Answer>): Promise<Answer> => {
    const answer = await call;
    const error = whyFailed(answer);
    if (error === undefined) health.succeeded(id);
    else await health.failed(id, error);
    return answer;
  };
  return {
    submit: (agency, request) => counted(agency.id, client.submit(agency, request)),
    enquire: (agency, requestId) => counted(agency.id, client.enquire(agency, requestId)),
    undo: (agency, request) => counted(agency.id, client.undo(agency, request)),
    close: () => client.close(),
  };
};

/**
 * Why an answer tells against the agency as a whole, as a code; undefined: it does not. Also what our set-up or its software spoils
 * would go on to spoil every step; one that rejects a payload is up, and so is one that asks for patience (429).
 */
export const whyFailed = (answer: AgencyAnswer): string | undefined => {
  switch (answer.kind) {
    case 'unavailable':
      return answer.status === 429 ? undefined : errorOf(answer);
    case 'misconfigured':
    case 'unreadable':
      return errorOf(answer);
    default:
      return undefined;
  }
};
