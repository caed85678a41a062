import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { formatRequestId } from '../agencies/contract.ts';
import type { AgencyRecord } from '../db/agencies/agencies.ts';
import { dispatchUnseenReply } from '../db/messages/inbox.ts';
import { isReleased } from '../db/agencies/parked-steps.ts';
import { recordAttempt } from '../db/cases/steps.ts';
import { connectionOf } from '../exchange/connections/connections.ts';
import { sendStep } from '../exchange/send.ts';
import type { StepCall } from '../exchange/step-call.ts';
import { retryDelayMs } from '../domain/agency/back-off.ts';
import type { StepAnswer, UndoAnswer } from '../domain/case/messages.ts';
import type { UndoClass } from '../domain/case/plan.ts';
import type { Dependencies } from './dependencies.ts';
import { createRetryAfter } from './retry-after.ts';

const PARKED: StepAnswer = { kind: 'parked' };
/**
 * An undo checks again after this time at the earliest whether the outage is over. Undos are few,
 * and spread their attempts.
 */
const OUTAGE_REST_MS = 15_000;
/** The limit of the first attempt, because it runs inside a workflow task. */
const FIRST_ATTEMPT_MS = 2_000;

export const createStepActivities = (deps: Dependencies) => {
  const retryAfter = createRetryAfter(deps.now);

  /**
   * Writes the reason of a failed attempt and the instant of the next one to the row of the step,
   * so that the reason for a stall is data.
   */
  const noteFailure = (call: StepCall, error: string, nextAttemptAt?: number) =>
    recordAttempt(deps.db, {
      caseId: call.caseId,
      stepId: call.stepId,
      round: call.round,
      error,
      ...(nextAttemptAt !== undefined && { nextAttemptAt }),
    });

  const failAttempt = async (call: StepCall, error: string, retryAfterMs: number | undefined): Promise<never> => {
    const { attempt } = activityInfo();
    const delay = retryDelayMs(attempt, retryAfterMs, Math.random);
    await noteFailure(call, error, deps.now() + delay);
    throw ApplicationFailure.create({ message: error, type: 'AGENCY_UNAVAILABLE', nextRetryDelay: delay });
  };

  /**
   * Nothing is sent to a disabled agency or in an outage; while the agency recovers, only released
   * steps are sent. Officers have no outage.
   */
  const isParked = async (call: StepCall, agency: AgencyRecord): Promise<boolean> => {
    if (agency.disabledAt !== undefined) return true;
    if (!connectionOf(agency).isCalled) return false;
    const health = deps.health(agency.id);
    return health === 'outage' || (health === 'recovering' && !(await isReleased(deps.db, call)));
  };

  /** The number of milliseconds for which the agency must not be called. */
  const restMs = (agency: AgencyRecord): number => (connectionOf(agency).isCalled ? retryAfter.leftMs(agency.id) : 0);

  return {
    /**
     * The first attempt at a step, in the workflow task. `later` leaves it to the agency's queue,
     * because the agency does not answer just now or its rate is limited there. Safe to repeat.
     */
    async trySubmitStep(call: StepCall): Promise<StepAnswer | { kind: 'later' }> {
      const agency = await deps.agency(call.agency);
      if (await isParked(call, agency)) return PARKED;
      if (agency.maxPerSecond !== undefined || deps.health(call.agency) === 'unwell') return { kind: 'later' };
      if (restMs(agency) > 0) return { kind: 'later' };
      const reply = await sendStep(deps, call, { timeoutMs: FIRST_ATTEMPT_MS });
      if (reply.kind === 'answered') {
        if (reply.error !== undefined) await noteFailure(call, reply.error);
        return reply.answer;
      }
      const { retryAfterMs = 0 } = reply;
      retryAfter.note(call.agency, retryAfterMs);
      await noteFailure(call, reply.error, deps.now() + retryAfterMs);
      return { kind: 'later' };
    },

    /**
     * Sends a step from its agency's queue, until the agency answers or an outage of it begins.
     * Safe to repeat.
     */
    async submitStep(call: StepCall): Promise<StepAnswer> {
      const agency = await deps.agency(call.agency);
      if (await isParked(call, agency)) return PARKED;
      const busyMs = restMs(agency);
      if (busyMs > 0) return failAttempt(call, 'AGENCY_BUSY', busyMs);
      const reply = await sendStep(deps, call);
      if (reply.kind === 'unavailable') {
        retryAfter.note(call.agency, reply.retryAfterMs ?? 0);
        // This call may have begun the outage.
        if (deps.health(call.agency) !== 'outage') return failAttempt(call, reply.error, reply.retryAfterMs);
        await noteFailure(call, reply.error);
        return PARKED;
      }
      if (reply.error !== undefined) await noteFailure(call, reply.error);
      const { answer } = reply;
      // A callback may have arrived before this reply. Then the case has called this attempt off
      // and does not see the reply.
      if (answer.kind === 'decided') await dispatchUnseenReply(deps.db, { ...call, messageId: answer.messageId });
      return answer;
    },

    /**
     * Takes a step back at its agency, until the agency answers; in an outage it is not called.
     * Safe to repeat, also if the step never arrived there. Officers with a worklist do it by hand,
     * and a person settles it.
     */
    async undoStep({ class: undoClass, ...call }: StepCall & { class: UndoClass }): Promise<UndoAnswer> {
      const agency = await deps.agency(call.agency);
      const connection = connectionOf(agency);
      if (connection.isCalled && deps.health(call.agency) === 'outage') {
        return failAttempt(call, 'AGENCY_OUTAGE', OUTAGE_REST_MS);
      }
      if (connection.isCalled && agency.disabledAt !== undefined) {
        return failAttempt(call, 'AGENCY_DISABLED', OUTAGE_REST_MS);
      }
      const busyMs = restMs(agency);
      if (busyMs > 0) return failAttempt(call, 'AGENCY_BUSY', busyMs);
      const reply = await connection.undo(deps, agency, { requestId: formatRequestId(call), class: undoClass });
      if (reply.kind === 'unavailable') {
        retryAfter.note(call.agency, reply.retryAfterMs ?? 0);
        return failAttempt(call, reply.error, reply.retryAfterMs);
      }
      if (reply.error !== undefined) await noteFailure(call, reply.error);
      return reply.answer;
    },
  };
};
