import { systemActor } from '../../domain/case/system-actors.ts';
import { formatRequestId } from '../../agencies/contract.ts';
import { resultFields } from '../../domain/matter/results.ts';
import type { StepAnswer } from '../../domain/case/messages.ts';
import type { ExchangeDependencies } from '../dependencies.ts';
import { keepAnswer } from '../keep-answer.ts';
import type { Connection, StepDispatch } from './connection.ts';
import { worklist } from './worklist.ts';

/**
 * Instant approval (秒批): rules approve the step and never refuse it. Officers decide everything
 * that the rules do not approve, and a step that must give a result: a
 * machine gives none.
 */
export const rules: Connection = {
  ...worklist,
  send: async (deps, dispatch) =>
    dispatch.rulesHold && !givesResult(dispatch)
      ? { kind: 'answered', answer: await approve(deps, dispatch) }
      : worklist.send(deps, dispatch),
};

const givesResult = ({ found }: StepDispatch): boolean => resultFields(found.step).some(({ required }) => required);

const approve = async (
  { db, cipher, now }: ExchangeDependencies,
  { call, found }: StepDispatch,
): Promise<StepAnswer> => {
  const { caseId, stepId, round } = call;
  const { messageId } = await keepAnswer(db, cipher, {
    key: { caseId, stepId, round },
    source: 'rules',
    by: systemActor('rules'),
    // One id for each request, so that a repetition is the same message.
    said: { messageId: formatRequestId(call), decision: 'approved' },
    step: found.step,
    at: now(),
  });
  return { kind: 'decided', decision: 'approved', messageId };
};
