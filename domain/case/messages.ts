import type { EndingDecision } from './answers.ts';

/**
 * The messages to a case, and its answers. Ids and codes only: texts stay in Postgres under the
 * message id.
 */

/**
 * What is said about a step; domain/case/answers.ts has the decisions of each kind of step.
 * - `approved`: granted, found, made, paid, delivered or told, as the kind of the step is
 * - `exempt`: nothing is to be paid
 * - `refused`: decided against the applicant
 * - `lapsed`: the applicant did not pay, or did not collect, in time
 * - `missed`: the register has no such record
 * - `returned`: the parcel came back
 * - `supplement`: something is missing
 */
export const DECISION_KINDS = ['approved', 'exempt', 'refused', 'lapsed', 'missed', 'returned', 'supplement'] as const;
export type DecisionKind = (typeof DECISION_KINDS)[number];

/** Why a decision does not count: it does not say what it must, or its sender cannot give it. */
export const DECISION_FAULTS = [
  /** A refusal without its reason or basis (行政许可法 art. 38). */
  'REASON_MISSING',
  /** An approval with a result that misses a required field or has a wrong value. */
  'RESULT_INVALID',
  /** What this kind of step cannot get. */
  'DECISION_NOT_OF_KIND',
  /** What only a person can decide. */
  'DECISION_BY_PERSON',
] as const;
export type DecisionFault = (typeof DECISION_FAULTS)[number];

export const isDecisionFault = (code: string): code is DecisionFault => DECISION_FAULTS.some((fault) => fault === code);

/** The actor: a role and an account or agency id, never a person's name. */
export interface Actor {
  role: 'agency' | 'officer' | 'clerk' | 'supervisor' | 'admin' | 'applicant' | 'system';
  id: string;
}

/**
 * The procedures during which a clock is paused (行政许可法 art. 45), and `other` for a supervisor's own
 * reason.
 */
export const PROCEDURES = [
  'hearing',
  'tender',
  'auction',
  'inspection',
  'testing',
  'quarantine',
  'appraisal',
  'expert-review',
  'public-notice',
  'letter-inquiry',
  'kinship-test',
  'other',
] as const;
export type Procedure = (typeof PROCEDURES)[number];

/**
 * The unit of the expected length of a procedure: a public notice or a tender runs in calendar days.
 */
export const DAY_UNITS = ['working-days', 'calendar-days'] as const;
export type DayUnit = (typeof DAY_UNITS)[number];

export interface ProcedureLength {
  expectedDays: number;
  /** Absent: working days. */
  unit?: DayUnit;
}

/**
 * Keyed hash of the texts of a decision, which stay in Postgres: decisions with different texts have
 * different digests. Absent: the decision has no text.
 */
export type Digest = string;

/** What a case knows of the result that came with an approval. */
export interface GivenResult {
  /** Keyed hash of the declared values, which stay in Postgres. */
  result: Digest;
  /** The declared fields that are missing or wrong, by their ids: the answer does not count. */
  faultyFields: string[];
}

/** A result that a step was sent: the step that gave it, and the message that has its values. */
export interface ResultSource {
  stepId: string;
  messageId: string;
  digest?: Digest;
}

/** A warning about the form that a person confirmed, by its rule and its place in the form. */
export interface ConfirmedCheck {
  rule: string;
  field: string;
}

/**
 * Dispatched once or many times, early, late or in another sequence; `id` is unique for the life of
 * the case. `rightsLost`: the sender lost the right to send it before it was dispatched.
 */
export type Message = { id: string; by: Actor; rightsLost?: true } & (
  | ({
      kind: 'decision';
      stepId: string;
      round: number;
      decision: DecisionKind;
      /**
       * With `supplement`: the number of missing things; their texts are in Postgres. Absent: one.
       */
      items?: number;
      digest?: Digest;
      /** A refusal that gives no reason, or no basis for its ground. */
      unreasoned?: true;
    } & Partial<GivenResult>)
  /** A person makes an answer that was kept beside the record the decision of the step. */
  | { kind: 'adoption'; stepId: string; adopts: string; decision: EndingDecision; result?: Digest }
  /** A person saw the papers that prove what the register did not have. */
  | { kind: 'confirmation'; stepId: string; result?: Digest }
  /** The window finds something missing; `holds` are the steps that use it. */
  | { kind: 'supplement-request'; items: { holds: string[] }[]; now?: true }
  /**
   * `items` are answered; `affected` are the steps that use a value which the answer corrects. To
   * `nothingFurther` of the items the applicant has nothing to add.
   */
  | {
      kind: 'supplement-answer';
      noticeId: string;
      items: string[];
      affected: string[];
      nothingFurther?: string[];
      confirmed?: ConfirmedCheck[];
    }
  | { kind: 'gap-fill'; materials: string[] }
  | { kind: 'withdrawal' }
  | { kind: 'termination' }
  /** A value was corrected after it was used; `affected` are the steps that used it. */
  | { kind: 'correction'; affected: string[]; confirmed?: ConfirmedCheck[] }
  | { kind: 'resend'; stepId: string }
  | { kind: 'urge'; stepId: string }
  | { kind: 'extension'; stepId: string; days: number }
  | ({ kind: 'suspension'; stepId: string; procedure: Procedure } & ProcedureLength)
  | { kind: 'resumption'; stepId: string }
  /** To another agency, or to an officer of the same one. */
  | { kind: 'reassignment'; stepId: string; to: { agency: string } | { officer: string } }
  | { kind: 'redo'; stepId: string }
  | { kind: 'keep'; stepId: string }
  | { kind: 'undo-settlement'; stepId: string; result: 'undone' | 'stands' }
  /** The agency that did not take its step back is asked again. */
  | { kind: 'undo-retry'; stepId: string }
  /** The agency has answered about a step that it has, and a person has to look at the answer. */
  | { kind: 'answer-fault'; stepId: string; round: number; code: AttentionCode }
  /** The outage of the agency has ended, and this step is released. */
  | { kind: 'release'; stepId: string; round: number }
  /** An instant that the case waits for has come (`computeDues`). */
  | { kind: 'due'; key: string }
  /** A new calendar moves the open deadlines, which were computed by the calendar `before`. */
  | { kind: 'calendar-change'; calendar: string; before: string }
);

/** Why a message was not applied. */
export const REFUSAL_CODES = [
  'STEP_UNKNOWN',
  'STEP_NOT_STARTED',
  'STEP_ALREADY_DECIDED',
  'STEP_ENDED',
  'STEP_BEING_UNDONE',
  'ROUND_STALE',
  'ACTION_NOT_ALLOWED',
  'RIGHTS_LOST',
  ...DECISION_FAULTS,
  'SUPPLEMENT_UNKNOWN',
  'SUPPLEMENT_ALREADY_ANSWERED',
  'SUPPLEMENT_OVER',
  'MATERIAL_NOT_PLEDGED',
  'EXTENSION_TOO_LONG',
  'EXTENDED_BEFORE',
  'NOT_DUE',
  'CASE_ENDED',
  'CASE_CLOSING',
] as const;
export type RefusalCode = (typeof REFUSAL_CODES)[number];

/** The answer to a message; `first` names the earlier decision. */
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
  ...DECISION_FAULTS,
  /** The register has no such record: a person looks for other proof. */
  'RECORD_MISSED',
  /** The rules of an instant approval do not hold: an officer decides. */
  'RULES_NOT_MET',
  'STEP_FAULT',
  'CORRECTION_BY_PERSON',
  'PARCEL_RETURNED',
  'UNDO_REJECTED',
  'UNDO_BY_PERSON',
] as const;
export type AttentionCode = (typeof ATTENTION_CODES)[number];

/**
 * The result of sending a step. An unavailable agency is not an answer: sending is repeated.
 * `parked`: so many calls to the agency fail that it has an incident, and the step waits for its
 * release.
 */
export type StepAnswer =
  | { kind: 'accepted' }
  | ({
      kind: 'decided';
      decision: DecisionKind;
      messageId: string;
      items?: number;
      digest?: Digest;
      unreasoned?: true;
    } & Partial<GivenResult>)
  | { kind: 'parked' }
  | { kind: 'failed'; code: AttentionCode };

export type UndoAnswer = { kind: 'undone' } | { kind: 'failed'; code: AttentionCode };

/** The events of a case. `at` is milliseconds since 1970, UTC. */
export type CaseEvent =
  /** `resumedBy`: the case was open already, and its last run was lost. */
  | { kind: 'started'; at: number; resumedBy?: Actor }
  | { kind: 'answered'; at: number; stepId: string; round: number; answer: StepAnswer }
  | { kind: 'message'; at: number; message: Message }
  | { kind: 'undo-answered'; at: number; stepId: string; round: number; answer: UndoAnswer };
