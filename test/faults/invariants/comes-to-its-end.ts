import { CASE_STATUSES, isCaseEnd } from '../../../domain/case/status.ts';
import type { Finding } from './finding.ts';

/** A case by its rows. */
export interface CaseEnd {
  caseId: string;
  status: string;
  /** Messages to it that are not settled, and its start where that has not happened. */
  waiting: number;
  /** Those that are open, with the last error of each. */
  steps: string | null;
}

const ENDS: ReadonlySet<string> = new Set(CASE_STATUSES.filter(isCaseEnd));

/**
 * I11: the cases that have not come to rest in time. A case rests when it has ended, its start is
 * recorded, and no message to it waits.
 */
export const judgeEnds = (cases: readonly CaseEnd[], withinMs: number): Finding[] =>
  cases
    .filter(({ status, waiting }) => waiting > 0 || !ENDS.has(status))
    .map(({ caseId, status, waiting, steps }) => ({
      invariant: 'I11',
      caseId,
      what: `${status}, ${waiting} messages wait after ${withinMs / 1000} s: ${steps ?? 'no step is open'}`,
    }));
