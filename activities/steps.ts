import { setTimeout as delay } from 'node:timers/promises';
import { activityInfo } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { formatRequestId } from '../agencies/contract.ts';
import type { AgencyRecord } from '../db/agencies/agencies.ts';
import { dispatchUnseenReply } from '../db/messages/inbox.ts';
import { isUnserved } from '../db/cases/unserved-steps.ts';
import { isReleased } from '../db/agencies/parked-steps.ts';
import { recordAttempt } from '../db/cases/steps.ts';
import { connectionOf } from '../exchange/connections/connections.ts';
import type { AgencyReply } from '../exchange/connections/connection.ts';
import { sendStep } from '../exchange/send.ts';
import type { StepCall } from '../exchange/step-call.ts';
import { retryDelayMs } from '../domain/agency/back-off.ts';
import type { StepAnswer, UndoAnswer } from '../domain/case/messages.ts';
import type { UndoClass } from '../domain/case/plan.ts';
import type { Dependencies } from './dependencies.ts';
import { createFirstAttempts } from './first-attempts.ts';
import { createRetryAfter } from './retry-after.ts';

const PARKED: StepAnswer = { kind: 'parked' };
/**
 * An undo checks again after this time at the earliest whether the outage is over. Undos are few,
 * and spread their attempts.
 */
const OUTAGE_REST_MS = 15_000;
/**
 * A workflow task waits so long for the reply to a first attempt. Then the agency's queue waits for
 * it, for the whole time that the agency may take.
 */
const FIRST_ATTEMPT_MS = 2_000;

export const createStepActivities = (deps: Dependencies) => {
  const retryAfter = createRetryAfter(deps.now);
  const firstAttempts = createFirstAttempts();

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

  /** The agency serves certain divisions, and the one that decides the step is not among them. */
  const hasNoOffice = async (call: StepCall, { divisions }: AgencyRecord): Promise<boolean> =>
    divisions !== undefined && (await isUnserved(deps.db, call));

  /** The number of milliseconds for which the agency must not be called. */
  const restMs = (agency: AgencyRecord): number => (connectionOf(agency).isCalled ? retryAfter.leftMs(agency.id) : 0);

  /**
   * A callback may have arrived before this reply. Then the case has called the attempt off and does
   * not see the reply.
   */
  const hear = async (call: StepCall, reply: AgencyReply<StepAnswer>): Promise<void> => {
    if (reply.kind !== 'answered' || reply.answer.kind !== 'decided') return;
    await dispatchUnseenReply(deps.db, { ...call, messageId: reply.answer.messageId });
  };

  /** What the reply on the agency's queue means. */
  const readReply = async (call: StepCall, reply: AgencyReply<StepAnswer>): Promise<StepAnswer> => {
    if (reply.kind === 'unavailable') {
      retryAfter.note(call.agency, reply.retryAfterMs ?? 0);
      // This call may have begun the outage.
      if (deps.health(call.agency) !== 'outage') return failAttempt(call, reply.error, reply.retryAfterMs);
      await noteFailure(call, reply.error);
      return PARKED;
    }
    if (reply.error !== undefined) await noteFailure(call, reply.error);
    await hear(call, reply);
    return reply.answer;
  };

  return {
    /**
     * The first attempt at a step, in the workflow task. `later` leaves it to the agency's queue,
     * because the agency has not answered yet or its rate is limited there. Safe to repeat.
     */
    async trySubmitStep(call: StepCall): Promise<StepAnswer | { kind: 'later' }> {
      const agency = await deps.agency(call.agency);
      if (await hasNoOffice(call, agency)) return { kind: 'later' };
      if (await isParked(call, agency)) return PARKED;
      if (agency.maxPerSecond !== undefined || deps.health(call.agency) === 'unwell') return { kind: 'later' };
      if (restMs(agency) > 0) return { kind: 'later' };
      if (firstAttempts.isFull(call.agency)) return { kind: 'later' };
      const sent = firstAttempts.begin(call, () => sendStep(deps, call));
      const reply = await within(FIRST_ATTEMPT_MS, sent);
      if (!reply) {
        // The row of the step may not show yet that the case has called this attempt off, so the reply
        // is heard again when it is forgotten.
        firstAttempts.leave(call, (late) => void hear(call, late).catch(() => undefined));
        // If keeping the late reply fails, the queue sends the request again.
        void sent.then((late) => hear(call, late)).catch(() => undefined);
        return { kind: 'later' };
      }
      firstAttempts.end(call);
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
     * Sends a step from its agency's queue, until the agency answers or an outage of it begins. If
     * the first attempt is still under way, it waits for that reply instead. Safe to repeat.
     */
    async submitStep(call: StepCall): Promise<StepAnswer> {
      const sent = firstAttempts.take(call);
      if (sent) return readReply(call, await sent);
      const agency = await deps.agency(call.agency);
      if (await hasNoOffice(call, agency)) return failAttempt(call, 'NO_OFFICE', undefined);
      if (await isParked(call, agency)) return PARKED;
      const busyMs = restMs(agency);
      if (busyMs > 0) return failAttempt(call, 'AGENCY_BUSY', busyMs);
      return readReply(call, await sendStep(deps, call));
    },

    /**
     * Takes a step back at its agency, until the agency answers; in an outage it is not called.
     * Safe to repeat, also if the step never arrived there. Officers with a worklist do it by hand,
     * and a person settles it.
     */
    async undoStep({ class: undoClass, ...call }: StepCall & { class: UndoClass }): Promise<UndoAnswer> {
      const agency = await deps.agency(call.agency);
      // It was decided by letter, and is taken back by letter.
      if (await hasNoOffice(call, agency)) return { kind: 'failed', code: 'UNDO_BY_PERSON' };
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

/** The result of `work`; undefined: it has taken longer, and goes on. */
const within = async <Result>(ms: number, work: Promise<Result>): Promise<Result | undefined> => {
  const over = new AbortController();
  try {
    return await Promise.race([work, delay(ms, undefined, { signal: over.signal, ref: false })]);
  } finally {
    over.abort();
  }
};
