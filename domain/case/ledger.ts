import type { EndingDecision } from './answers.ts';
import type {
  Actor,
  AttentionCode,
  ConfirmedCheck,
  DecisionKind,
  Digest,
  Procedure,
  ProcedureLength,
  RefusalCode,
} from './messages.ts';
import type { UndoClass } from './plan.ts';
import type { CaseEnd, Closing } from './status.ts';

/**
 * How a decision reached us: the reply to our request, a message, or an answer that a person
 * adopted.
 */
export type AnswerPath = 'reply' | 'message' | 'adoption';

/**
 * Why a step whose needs are met does not start: a missing material, a request of the window, or a
 * pledge that has expired.
 */
export type DeferralCause = 'gap' | 'supplement' | 'pledge';

/** Written because of a message; the case remembers its id. */
interface MessageOrigin {
  messageId: string;
  by: Actor;
}

/** How a decision reached us, and what it said. */
interface DecisionOrigin extends MessageOrigin {
  via: AnswerPath;
  digest?: Digest;
}

interface StepRound {
  stepId: string;
  round: number;
}

/**
 * The record of a case: the events, in the order in which they were decided. The state of a case is
 * the fold of its entries, so every change of a case needs an entry. Entries contain ids and codes,
 * never personal data. `overrides` are the rules of the definition by which a case is a duplicate
 * of another one and was accepted nevertheless; `confirmed` the warnings about its form that a
 * person confirmed.
 */
export type LedgerEntry = { at: number } & (
  | { kind: 'case-submitted'; by: Actor; overrides?: string[]; confirmed?: ConfirmedCheck[] }
  | { kind: 'case-accepted' }
  /**
   * No request for missing things came within the five working days of the law: accepted from the
   * day of receipt (行政许可法 art. 32).
   */
  | ({ kind: 'case-deemed-accepted'; stepId: string } & MessageOrigin)
  | ({ kind: 'case-closing'; closing: Closing } & MessageOrigin)
  | ({ kind: 'case-reopened' } & MessageOrigin)
  /** Its workflow was lost: it continues in a new run. */
  | { kind: 'case-resumed'; by: Actor }
  | { kind: 'case-ended'; status: CaseEnd }
  | ({ kind: 'step-submitted' } & StepRound)
  | { kind: 'step-deferred'; stepId: string; because: DeferralCause }
  | ({ kind: 'step-accepted' } & StepRound)
  /**
   * `byPapers`: the register did not have the record, and a person saw the papers. `result`: it came
   * with a result of this digest.
   */
  | ({ kind: 'step-decided'; decision: EndingDecision; byPapers?: true; result?: Digest } & StepRound & DecisionOrigin)
  /** The register has no such record: a check is not refused, a person looks for other proof. */
  | ({ kind: 'record-missed' } & StepRound & DecisionOrigin)
  /** The carrier returned it: a parcel is not refused but sent again. */
  | ({ kind: 'parcel-returned' } & StepRound & DecisionOrigin)
  /**
   * `fields`: the fields of the result that are missing or wrong. With a message: another answer of the
   * agency than that to the request led to it.
   */
  | ({ kind: 'step-attention'; code: AttentionCode; fields?: string[] } & StepRound & Partial<MessageOrigin>)
  | ({ kind: 'step-parked' } & StepRound)
  | ({ kind: 'step-released' } & StepRound & MessageOrigin)
  | ({ kind: 'step-resent' } & StepRound & MessageOrigin)
  | ({ kind: 'step-urged'; stepId: string } & MessageOrigin)
  | ({ kind: 'step-extended'; stepId: string; days: number } & MessageOrigin)
  | ({ kind: 'step-suspended'; stepId: string; procedure: Procedure } & ProcedureLength & MessageOrigin)
  | ({ kind: 'step-resumed'; stepId: string } & MessageOrigin)
  | ({ kind: 'step-reassigned'; agency?: string; officer?: string } & StepRound & MessageOrigin)
  /** Done again from the start, in a new round, with a limit of its own. */
  | ({ kind: 'step-redone' } & StepRound & MessageOrigin)
  /** Sent again in a new round because a value that it uses was corrected. */
  | ({ kind: 'step-redriven' } & StepRound & MessageOrigin)
  /** The result used a value that has been corrected, and is a fact: a person decides about it. */
  | ({ kind: 'step-in-doubt'; stepId: string } & MessageOrigin)
  | ({ kind: 'step-kept'; stepId: string } & MessageOrigin)
  | { kind: 'step-blocked'; stepId: string; because: string }
  | { kind: 'step-stopped'; stepId: string; because?: 'supplement' }
  /** Several of one round join one notice. */
  | ({ kind: 'supplement-wanted'; noticeId: string; items: string[] } & StepRound & DecisionOrigin)
  | ({ kind: 'supplement-requested'; noticeId: string; items: { id: string; holds: string[] }[] } & MessageOrigin)
  /** The applicant was notified of everything that is missing, at once (一次性告知). */
  | { kind: 'supplement-notified'; noticeId: string; messageId?: string }
  | ({ kind: 'supplement-reminded'; noticeId: string } & MessageOrigin)
  | ({
      kind: 'supplement-answered';
      noticeId: string;
      items: string[];
      nothingFurther?: string[];
      confirmed?: ConfirmedCheck[];
    } & MessageOrigin)
  | ({ kind: 'supplement-lapsed'; noticeId: string } & MessageOrigin)
  | ({ kind: 'gap-filled'; materials: string[] } & MessageOrigin)
  | ({ kind: 'pledge-expired' } & MessageOrigin)
  | ({ kind: 'parcel-split'; stepId: string; rest: string; later: string[] } & MessageOrigin)
  | ({ kind: 'values-corrected'; confirmed?: ConfirmedCheck[] } & MessageOrigin)
  | ({ kind: 'calendar-changed'; calendar: string; before: string } & MessageOrigin)
  | ({ kind: 'undo-started'; class: UndoClass } & StepRound)
  | ({ kind: 'undo-retried'; class: UndoClass } & StepRound & MessageOrigin)
  | ({ kind: 'step-undone' } & StepRound)
  | ({ kind: 'undo-settled'; result: 'undone' | 'stands' } & StepRound & MessageOrigin)
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
