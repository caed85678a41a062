import type { Actor, AttentionCode, DecisionKind, RefusalCode } from './messages.ts';
import type { UndoClass } from './plan.ts';
import type { CaseEnd } from './status.ts';

/** How a decision reached us: the reply to our request, a message from outside, or our own decision rules. */
export type Via = 'reply' | 'message';

/**
 * The record of a case: what happened, in the order in which it was decided. The state of a case is the fold of these, so
 * nothing may change a case without leaving one. They hold ids and codes, never personal data.
 */
export type LedgerEntry =
  | { kind: 'case-submitted'; at: number; by: Actor }
  | { kind: 'case-accepted'; at: number }
  | { kind: 'step-submitted'; at: number; stepId: string; round: number }
  | { kind: 'step-accepted'; at: number; stepId: string; round: number }
  | {
      kind: 'step-decided';
      at: number;
      stepId: string;
      round: number;
      decision: 'approved' | 'refused';
      messageId: string;
      by: Actor;
      via: Via;
    }
  | {
      kind: 'supplement-wanted';
      at: number;
      stepId: string;
      round: number;
      supplementId: string;
      messageId: string;
      by: Actor;
      via: Via;
    }
  | { kind: 'supplement-answered'; at: number; stepId: string; supplementId: string; messageId: string; by: Actor }
  | { kind: 'step-attention'; at: number; stepId: string; round: number; code: AttentionCode }
  | { kind: 'step-resent'; at: number; stepId: string; round: number; messageId: string; by: Actor }
  | { kind: 'step-blocked'; at: number; stepId: string; because: string }
  | { kind: 'step-stopped'; at: number; stepId: string }
  | { kind: 'withdrawal-requested'; at: number; messageId: string; by: Actor }
  | { kind: 'undo-started'; at: number; stepId: string; round: number; class: UndoClass }
  | { kind: 'step-undone'; at: number; stepId: string; round: number }
  | {
      kind: 'undo-settled';
      at: number;
      stepId: string;
      round: number;
      result: 'undone' | 'stands';
      messageId: string;
      by: Actor;
    }
  | {
      kind: 'message-refused';
      at: number;
      messageId: string;
      stepId?: string;
      code: RefusalCode;
      decision?: DecisionKind;
    }
  | { kind: 'case-ended'; at: number; status: CaseEnd };
