/** What the world tells a case, and what the case answers. Ids and codes only: texts stay in Postgres under the message id. */

export type DecisionKind = 'approved' | 'refused' | 'supplement';

/** Who acted: a role and an account or agency id, never a person's name. */
export interface Actor {
  role: 'agency' | 'officer' | 'clerk' | 'supervisor' | 'admin' | 'applicant' | 'system';
  id: string;
}

/** Delivered once or many times, early, late or out of order; `id` is unique for the life of the case. */
export type Message =
  | { kind: 'decision'; id: string; stepId: string; round: number; decision: DecisionKind; by: Actor }
  | { kind: 'supplement-answer'; id: string; supplementId: string; by: Actor }
  | { kind: 'withdrawal'; id: string; by: Actor }
  | { kind: 'resend'; id: string; stepId: string; by: Actor }
  | { kind: 'undo-settlement'; id: string; stepId: string; result: 'undone' | 'stands'; by: Actor };

/** Why a message was not applied. */
export const REFUSAL_CODES = [
  'STEP_UNKNOWN',
  'STEP_NOT_STARTED',
  'STEP_ALREADY_DECIDED',
  'STEP_ENDED',
  'STEP_BEING_UNDONE',
  'ROUND_STALE',
  'ACTION_NOT_ALLOWED',
  'SUPPLEMENT_UNKNOWN',
  'SUPPLEMENT_ALREADY_ANSWERED',
  'CASE_ENDED',
  'WITHDRAWAL_UNDER_WAY',
] as const;
export type RefusalCode = (typeof REFUSAL_CODES)[number];

/** The answer to a message; `first` names the decision that came before it. */
export type Outcome =
  | { kind: 'applied' }
  | { kind: 'repeated' }
  | {
      kind: 'refused';
      code: RefusalCode;
      first?: { messageId: string; decision: DecisionKind; by: Actor; at: number };
    };

/** Why a step waits for a person. */
export const ATTENTION_CODES = [
  'AGENCY_REJECTED',
  'AGENCY_SETUP',
  'AGENCY_UNREADABLE',
  'STEP_FAULT',
  'UNDO_REJECTED',
  'UNDO_BY_PERSON',
] as const;
export type AttentionCode = (typeof ATTENTION_CODES)[number];

/** What sending a step came to. An agency that cannot be reached is no answer: sending is tried again. */
export type StepAnswer =
  | { kind: 'accepted' }
  | { kind: 'decided'; decision: DecisionKind; messageId: string }
  | { kind: 'failed'; code: AttentionCode };

export type UndoAnswer = { kind: 'undone' } | { kind: 'failed'; code: AttentionCode };

/** What happens to a case. `at` is milliseconds since 1970, UTC. */
export type CaseEvent =
  | { kind: 'started'; at: number }
  | { kind: 'answered'; at: number; stepId: string; round: number; answer: StepAnswer }
  | { kind: 'delivered'; at: number; message: Message }
  | { kind: 'undo-answered'; at: number; stepId: string; round: number; answer: UndoAnswer };
