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
  /** The result serves only these; it is undone when any of them is refused or blocked. */
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
}

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
  /** In an order in which every step comes after what it needs. */
  steps: PlanStep[];
}
