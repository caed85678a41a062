import { findStep } from '../domain/matter/compile.ts';
import type { StepAnswer } from '../domain/case/messages.ts';
import type { AgencyReply, StepDispatch } from './connections/connection.ts';
import { connectionOf } from './connections/connections.ts';
import type { ExchangeDependencies } from './dependencies.ts';
import { judgeRules } from './judge-rules.ts';
import type { StepCall } from './step-call.ts';

/**
 * Sends a step by the connection that its agency has now. Safe to repeat: the agency keys on case,
 * step and round, and its answer is kept under one message id. The rules of an instant
 * step are judged first. `apart`: the case does not see the
 * answer, so a decision is dispatched to it as a message. Throws when the matter has no such step.
 */
export const sendStep = async (
  deps: ExchangeDependencies,
  call: StepCall,
  { apart = false }: Partial<Pick<StepDispatch, 'apart'>> = {},
): Promise<AgencyReply<StepAnswer>> => {
  const { code, version } = call.matter;
  const [matter, agency] = await Promise.all([deps.matter(code, version), deps.agency(call.agency)]);
  const found = findStep(matter, call.stepId);
  if (!found) throw new Error(`no step ${call.stepId} in ${code} version ${version}`);
  const rulesHold = await judgeRules(deps, { call, matter, found });
  return connectionOf(agency).send(deps, { call, agency, matter, found, apart, rulesHold });
};
