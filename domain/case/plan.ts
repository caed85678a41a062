/** What an agency does in a step. docs/glossary.md explains the Chinese terms. */
export const STEP_KINDS = [
  'verify',
  'review',
  'approve',
  'instant',
  'register',
  'issue',
  'pay',
  'deliver',
  'notify',
  'consult',
] as const;
export type StepKind = (typeof STEP_KINDS)[number];

/**
 * The kinds whose result is an opinion, which is formed again when a value behind it is corrected.
 * The result of the others is a fact.
 */
export const OPINIONS: ReadonlySet<StepKind> = new Set(['verify', 'review', 'approve', 'instant', 'consult']);

/**
 * The kinds of step that give the applicant something; a check or a notice alone is no partial
 * result.
 */
export const RESULTS: ReadonlySet<StepKind> = new Set(['approve', 'instant', 'register', 'issue']);

/**
 * How a step is taken back. A legal fact that stands is never “rolled back”: its class is `none`.
 */
export const UNDO_CLASSES = ['none', 'void', 'withdraw', 'refund', 'restore', 'correct', 'revoke', 'stop'] as const;
export type UndoClass = (typeof UNDO_CLASSES)[number];

/**
 * Undo classes that no machine may run by itself: a person decides, after hearing the applicant.
 */
export const PERSONAL_UNDO: readonly UndoClass[] = ['correct', 'revoke'];

/**
 * The needs of a step. Steps that do not apply to this case (`skip`) do not count.
 * - `all`: each is done; one that ends otherwise blocks
 * - `any`: alternatives; one that is done suffices
 * - `settled`: each has ended, in any way
 * - `some`: each has ended and at least one is done
 */
export interface PlanNeed {
  mode: 'all' | 'any' | 'settled' | 'some';
  of: string[];
}

export interface PlanUndo {
  class: UndoClass;
  /**
   * Once any of these is done the result stands and cannot be undone (a title is not withdrawn
   * after its entry).
   */
  standsAfter?: string[];
  /**
   * The result serves only these; it is undone when any of them is refused, blocked, stopped or
   * undone.
   */
  whenFails?: string[];
}

/**
 * One step of one case. `id` is the id of the step in the definition, with `.1`, `.2` … if it is
 * repeated for a list of several.
 */
export interface PlanStep {
  id: string;
  agency: string;
  kind: StepKind;
  needs: PlanNeed[];
  undo: PlanUndo;
  /** The steps whose results its agency is sent or its rules read; it waits for their end. */
  reads?: string[];
  /** Its condition does not hold in this case. */
  skip?: true;
  /**
   * Of a joint parcel with a latest-send time: the step for the documents that are not finished by
   * then. It is skipped until then.
   */
  rest?: string;
  /** Not part of the promise of the case. */
  outside?: true;
  /** The number of working days by which its limit may be extended, once. */
  extension?: number;
}

/** A material that is handed in later against a dated pledge (容缺受理). */
export interface PlanGap {
  material: string;
  /** The steps that wait for it: nothing is issued before the material has come in. */
  holds: string[];
}

/**
 * The effect of a supplement that is not answered in time: the case is returned (退件), or only the
 * steps that asked end.
 */
export const SILENCE_RULES = ['return-case', 'stop-step'] as const;
type SilenceRule = (typeof SILENCE_RULES)[number];

/**
 * A matter compiled for one case: everything that the engine needs, without personal data. It is in
 * the input of the workflow, so a running case keeps its rules for life.
 */
export interface Plan {
  matter: string;
  version: number;
  /** SHA-256 of the definition, hex. */
  hash: string;
  /** The intake step whose approval accepts the case; absent: accepted when it starts. */
  acceptedBy?: string;
  /**
   * A case with refused steps ends `partially-completed` when something was done; otherwise
   * `refused`.
   */
  partial: boolean;
  onSilence: SilenceRule;
  /** The last instant of the pledge, and its materials. */
  pledge?: { until: number; gaps: PlanGap[] };
  /** Sorted so that every step comes after its needs. */
  steps: PlanStep[];
}
