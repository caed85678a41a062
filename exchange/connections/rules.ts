import { systemActor } from '../../domain/case/system-actors.ts';
import { formatRequestId } from '../../agencies/contract.ts';
import { loadStep } from '../../db/cases/disclosures.ts';
import { recordRuleTrace } from '../../db/cases/rule-traces.ts';
import { resultFields } from '../../domain/matter/results.ts';
import { decideByRules } from '../../domain/matter/rules.ts';
import type { StepAnswer } from '../../domain/case/messages.ts';
import type { ExchangeDependencies } from '../dependencies.ts';
import { keepAnswer } from '../keep-answer.ts';
import { loadResults } from '../step-results.ts';
import type { Connection, StepDispatch } from './connection.ts';
import { worklist } from './worklist.ts';

/**
 * Instant approval (秒批): rules approve the step and never refuse it. Officers decide everything
 * that the rules do not approve.
 */
export const rules: Connection = {
  ...worklist,
  send: async (deps, dispatch) => {
    const answer = await approve(deps, dispatch);
    return answer ? { kind: 'answered', answer } : worklist.send(deps, dispatch);
  },
};

/**
 * The approval, if the step has rules and all of them hold. A machine gives no result, so a step
 * that must give one goes to an officer.
 */
const approve = async (
  { db, cipher, now }: ExchangeDependencies,
  { call, matter, found }: StepDispatch,
): Promise<StepAnswer | undefined> => {
  const { step } = found;
  if (!step.rules) return undefined;
  const { caseId, stepId, round, results: sources = [] } = call;
  const at = now();
  const [{ form }, results] = await Promise.all([
    loadStep(db, cipher, call),
    loadResults(db, cipher, { caseId, matter, sources, now: at }),
  ]);
  const { approved, trace } = decideByRules(matter, stepId, form, { now: at }, results);
  await recordRuleTrace(db, { ...call, approved, trace });
  if (!approved || resultFields(step).some(({ required }) => required)) return undefined;
  const { messageId } = await keepAnswer(db, cipher, {
    key: { caseId, stepId, round },
    source: 'rules',
    by: systemActor('rules'),
    // One id for each request, so that a repetition is the same message.
    said: { messageId: formatRequestId(call), decision: 'approved' },
    step,
    at,
  });
  return { kind: 'decided', decision: 'approved', messageId };
};
