import type { EnquiryAnswer } from '../../agencies/client.ts';
import type { AgencyRecord } from '../../db/agencies/agencies.ts';
import type { FoundStep } from '../../domain/matter/compile.ts';
import type { Matter } from '../../domain/matter/schema.ts';
import type { StepAnswer, UndoAnswer } from '../../domain/case/messages.ts';
import type { UndoClass } from '../../domain/case/plan.ts';
import type { ExchangeDependencies } from '../dependencies.ts';
import type { StepCall } from '../step-call.ts';

/** A step to be sent, with everything that the call needs. */
export interface StepDispatch {
  call: StepCall;
  agency: AgencyRecord;
  matter: Matter;
  found: FoundStep;
  /**
   * The case does not see the answer of the call, so a decision is dispatched to it as a message.
   */
  apart: boolean;
  /** Whether all rules of an instant step hold; absent: the step has none. */
  rulesHold?: boolean | undefined;
}

/**
 * The result of a call. `unavailable`: another attempt can succeed, not before `retryAfterMs`.
 * `error` is a code for the row of the step, never a text of the agency.
 */
export type AgencyReply<Answer> =
  { kind: 'answered'; answer: Answer; error?: string } | { kind: 'unavailable'; error: string; retryAfterMs?: number };

/**
 * How an agency is connected: one file for each kind (`AgencyRecord.connection`). Everything is
 * safe to repeat. Nothing throws because of what an agency does.
 */
export interface Connection {
  /** A system of the agency is called: it can be silent, ask for fewer calls or have an outage. */
  isCalled: boolean;
  /** Gives the agency a step. What it decides is kept in the inbox before this resolves. */
  send: (deps: ExchangeDependencies, dispatch: StepDispatch) => Promise<AgencyReply<StepAnswer>>;
  /** Takes a step back, also if it never arrived. */
  undo: (
    deps: Pick<ExchangeDependencies, 'client'>,
    agency: AgencyRecord,
    request: { requestId: string; class: UndoClass },
  ) => Promise<AgencyReply<UndoAnswer>>;
  /** Asks about a step; undefined: there is no system to ask. */
  enquire: (
    deps: Pick<ExchangeDependencies, 'client'>,
    agency: AgencyRecord,
    requestId: string,
  ) => Promise<EnquiryAnswer | undefined>;
}
