import type { Actor, AttentionCode, DecisionKind, Digest, Procedure, RefusalCode } from './messages.ts';
import type { UndoClass } from './plan.ts';
import type { CaseEnd, Closing } from './status.ts';

/**
 * How a decision reached us: the reply to our request, a message, or an answer that a person
 * adopted.
 */
export type Via = 'reply' | 'message' | 'adoption';

/**
 * Why a step whose needs are met does not start: a missing material, a request of the window, or a
 * pledge that has expired.
 */
export type DeferredBy = 'gap' | 'supplement' | 'pledge';

/** Written because of a message; the case remembers its id. */
interface ByMessage {
  messageId: string;
  by: Actor;
}

/** How a decision reached us, and what it said. */
interface ByDecision extends ByMessage {
  via: Via;
  digest?: Digest;
}

interface OfStep {
  stepId: string;
  round: number;
}

/**
 * The record of a case: the events, in the order in which they were decided. The state of a case is
 * the fold of its entries, so every change of a case needs an entry. Entries contain ids and codes,
 * never personal data. `overrides` are the rules of the definition by which a case is a duplicate
 * of another one and was accepted nevertheless.
 */
export type LedgerEntry = { at: number } & (
  | { kind: 'case-submitted'; by: Actor; overrides?: string[] }
  | { kind: 'case-accepted' }
  /**
   * No request for missing things came within the five working days of the law: accepted from the
   * day of receipt (行政许可法 art. 32).
   */
  | ({ kind: 'case-deemed-accepted'; stepId: string } & ByMessage)
  | ({ kind: 'case-closing'; closing: Closing } & ByMessage)
  | ({ kind: 'case-reopened' } & ByMessage)
  /** Its workflow was lost: it continues in a new run. */
  | { kind: 'case-resumed'; by: Actor }
  | { kind: 'case-ended'; status: CaseEnd }
  | ({ kind: 'step-submitted' } & OfStep)
  | { kind: 'step-deferred'; stepId: string; because: DeferredBy }
  | ({ kind: 'step-accepted' } & OfStep)
  | ({ kind: 'step-decided'; decision: 'approved' | 'refused' } & OfStep & ByDecision)
  /** The carrier returned it: a parcel is not refused but sent again. */
  | ({ kind: 'parcel-returned' } & OfStep & ByDecision)
  | ({ kind: 'step-attention'; code: AttentionCode } & OfStep)
  | ({ kind: 'step-parked' } & OfStep)
  | ({ kind: 'step-released' } & OfStep & ByMessage)
  | ({ kind: 'step-resent' } & OfStep & ByMessage)
  | ({ kind: 'step-urged'; stepId: string } & ByMessage)
  | ({ kind: 'step-extended'; stepId: string; days: number } & ByMessage)
  | ({ kind: 'step-suspended'; stepId: string; procedure: Procedure; expectedDays: number } & ByMessage)
  | ({ kind: 'step-resumed'; stepId: string } & ByMessage)
  | ({ kind: 'step-reassigned'; agency?: string; officer?: string } & OfStep & ByMessage)
  /** Done again from the start, in a new round, with a limit of its own. */
  | ({ kind: 'step-redone' } & OfStep & ByMessage)
  /** Sent again in a new round because a value that it uses was corrected. */
  | ({ kind: 'step-redriven' } & OfStep & ByMessage)
  /** The result used a value that has been corrected, and is a fact: a person decides about it. */
  | ({ kind: 'step-in-doubt'; stepId: string } & ByMessage)
  | ({ kind: 'step-kept'; stepId: string } & ByMessage)
  | { kind: 'step-blocked'; stepId: string; because: string }
  | { kind: 'step-stopped'; stepId: string; because?: 'supplement' }
  /** Several of one round join one notice. */
  | ({ kind: 'supplement-wanted'; noticeId: string; items: string[] } & OfStep & ByDecision)
  | ({ kind: 'supplement-requested'; noticeId: string; items: { id: string; holds: string[] }[] } & ByMessage)
  /** The applicant was notified of everything that is missing, at once (一次性告知). */
  | { kind: 'supplement-notified'; noticeId: string; messageId?: string }
  | ({ kind: 'supplement-reminded'; noticeId: string } & ByMessage)
  | ({ kind: 'supplement-answered'; noticeId: string; items: string[] } & ByMessage)
  | ({ kind: 'supplement-lapsed'; noticeId: string } & ByMessage)
  | ({ kind: 'gap-filled'; materials: string[] } & ByMessage)
  | ({ kind: 'pledge-expired' } & ByMessage)
  | ({ kind: 'parcel-split'; stepId: string; rest: string; later: string[] } & ByMessage)
  | ({ kind: 'values-corrected' } & ByMessage)
  | ({ kind: 'calendar-changed'; calendar: string; before: string } & ByMessage)
  | ({ kind: 'undo-started'; class: UndoClass } & OfStep)
  | ({ kind: 'undo-retried'; class: UndoClass } & OfStep & ByMessage)
  | ({ kind: 'step-undone' } & OfStep)
  | ({ kind: 'undo-settled'; result: 'undone' | 'stands' } & OfStep & ByMessage)
  | { kind: 'message-refused'; messageId: string; stepId?: string; code: RefusalCode; decision?: DecisionKind }
);

/** The entries of one kind. */
export type EntryOf<K extends LedgerEntry['kind']> = Extract<LedgerEntry, { kind: K }>;

/** The last entry of a ledger, with its number and hash (hex). */
export interface LedgerTip {
  seq: number;
  hash: string;
  entry: LedgerEntry;
}
