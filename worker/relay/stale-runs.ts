import { isStaleRun } from '../../activities/projection.ts';
import { checkRun } from '../../db/cases/runs.ts';
import { reportLost } from '../../db/supervision/resumptions.ts';
import type { CaseChanges } from '../../domain/projection/projection.ts';
import type { RelayOptions } from './dispatch-messages.ts';

/** Both throw if the run was replaced or is behind the ledger, and report its case as lost. */
export interface Reporting {
  /** Writes the entries that a case returns. */
  record: (changes: CaseChanges) => Promise<unknown>;
  /** For an answer without entries: these runs may answer for the case. */
  check: (caseId: string, runs: readonly string[]) => Promise<void>;
}

export const createReporting = ({ db, record }: Pick<RelayOptions, 'db' | 'record'>): Reporting => {
  const reporting = async <T>(caseId: string, work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      if (isStaleRun(error)) await reportLost(db, [{ caseId, why: 'behind' }]);
      throw error;
    }
  };
  return {
    record: (changes) => reporting(changes.caseId, record(changes)),
    check: (caseId, runs) => reporting(caseId, checkRun(db, caseId, runs)),
  };
};
