import type { ResultSource } from '../domain/case/messages.ts';

/** A step in one round: case, step and round are its effect key. */
export interface StepCall {
  caseId: string;
  matter: { code: string; version: number };
  stepId: string;
  agency: string;
  round: number;
  /**
   * When the case asked for it, milliseconds since 1970. It is the same in every attempt, so that a
   * repetition is equal byte for byte.
   */
  at: number;
  /** The results of other steps that it is sent; absent: none. */
  results?: ResultSource[];
}
