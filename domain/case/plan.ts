/** What an agency is asked to do in a step. See docs/glossary.md for the Chinese terms. */
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

/** The kinds whose outcome is an opinion, formed again when what it rests on is corrected; the others leave a fact behind. */
export const OPINIONS: ReadonlySet<StepKind> = new Set(['verify', 'review', 'approve', 'instant', 'consult']);

/** The kinds of step that give the applicant something; a check or a notice alone is no partial result. */
export const RESULTS: ReadonlySet<StepKind> = new Set(['approve', 'instant', 'register', 'issue']);

/** How a step is taken back. A legal fact that stands is never “rolled back”: its class is `none`. */
export const UNDO_CLASSES = ['none', 'void', 'withdraw', 'refund', 'restore', 'correct', 'revoke', 'stop'] as const;
export type UndoClass = (typeof UNDO_CLASSES)[number];

/** Undo classes that a machine may not run by itself: a person decides, after hearing the applicant. */
export const PERSONAL_UNDO: readonly UndoClass[] = ['correct', 'revoke'];

/**
 * What a step waits for. Steps that do not apply to this case (`skip`) are left out of the count.
 * - `all`: each is done; one that ends otherwise blocks
 * - `any`: alternatives; one that is done suffices
 * - `settled`: each has ended, however it ended
 * - `some`: each has ended and at least one is done
 */
export interface PlanNeed {
  mode: 'all' | 'any' | 'settled' | 'some';
  of: string[];
}

export interface PlanUndo {
  class: UndoClass;
  /** Once any of these is done the result stands and is not undone any more (a title is not withdrawn after its entry). */
  standsAfter?: string[];
  /** The result serves only these; it is undone when any of them is refused, blocked, stopped or undone. */
  whenFails?: string[];
}

/** One step of one case. `id` is the definition's step id, with `.1`, `.2` … where it is repeated for a list of several. */
export interface PlanStep {
  id: string;
  agency: string;
  kind: StepKind;
  needs: PlanNeed[];
  undo: PlanUndo;
  /** Its condition does not hold in this case. */
  skip?: true;
  /** A joint parcel with a latest-send time: the step that takes what is not ready by then. It is skipped until then. */
  rest?: string;
  /** Stands outside the promise of the case. */
  outside?: true;
  /** Working days by which its limit may be extended, once. */
  extension?: number;
}

/** A material that is handed in later against a dated pledge (容缺受理). */
export interface PlanGap {
  material: string;
  /** The steps that wait for it: nothing is issued before the gap is filled. */
  holds: string[];
}

/** What happens when a supplement is not answered in time: the case goes back (退件), or only the steps that asked end. */
export const SILENCE_RULES = ['return-case', 'stop-step'] as const;
type SilenceRule = (typeof SILENCE_RULES)[number];

/**
 * A matter compiled for one case: all that the engine needs and nothing personal. It travels in the workflow's input, so a
 * running case keeps its rules for life.
 */
export interface Plan {
  matter: string;
  version: number;
  /** SHA-256 of the definition, hex. */
  hash: string;
  /** The intake step whose approval accepts the case; absent: accepted when it starts. */
  acceptedBy?: string;
  /** A case with refused steps ends `partially-completed` when something was done; otherwise `refused`. */
  partial: boolean;
  onSilence: SilenceRule;
  /** Until when the pledge runs, and for what. */
  pledge?: { until: number; gaps: PlanGap[] };
  /** In an order in which every step comes after what it needs. */
  steps: PlanStep[];
}
