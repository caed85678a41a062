import { formatRequestId } from '../agencies/contract.ts';
import { getCase } from '../db/cases/cases.ts';
import { stepToProbe } from '../db/agencies/parked-steps.ts';
import { connectionOf } from './connections/connections.ts';
import type { ExchangeDependencies } from './dependencies.ts';
import { whyFailed } from './failures.ts';
import { sendStep } from './send.ts';

/** A request that was never sent: an available agency answers that it is unknown. */
const NEVER_SENT = formatRequestId({ caseId: '00000000-0000-7000-8000-000000000000', stepId: 'probe', round: 1 });

/**
 * Makes the nth call to an agency that has an outage, to see whether the outage is over: it sends a
 * parked step if there is one, otherwise an enquiry. Returns the code of its failure; undefined:
 * the agency answered.
 */
export const probe = async (deps: ExchangeDependencies, agency: string, nth: number): Promise<string | undefined> => {
  const record = await deps.agency(agency);
  const connection = connectionOf(record);
  // It may have a worklist by now: then its officers get the waiting steps.
  if (!connection.isCalled) return undefined;
  const askOnly = async (): Promise<string | undefined> => {
    const answer = await connection.enquire(deps, record, NEVER_SENT);
    return answer && whyFailed(answer);
  };
  const step = await stepToProbe(deps.db, agency, nth);
  if (!step) return askOnly();
  const { caseId, stepId, round, sentAt: at, results } = step;
  const { matter: code, version } = await getCase(deps.db, caseId);
  const call = { caseId, stepId, round, matter: { code, version }, agency, at, ...(results && { results }) };
  const reply = await sendStep(deps, call, { apart: true });
  if (reply.kind === 'unavailable') return reply.error;
  // Its rules do not hold, so the agency was not called.
  if (reply.answer.kind === 'failed' && reply.answer.code === 'RULES_NOT_MET') return askOnly();
  const isUp = reply.answer.kind !== 'failed' || reply.answer.code === 'AGENCY_REJECTED';
  return isUp ? undefined : reply.error;
};
