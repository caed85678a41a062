import { ApplicationFailure } from '@temporalio/common';
import { readClocks } from '../db/cases/clocks.ts';
import { writeProjection, type LedgerHead } from '../db/cases/projection.ts';
import { calendarOf, movesPromise, project, type CaseChanges } from '../domain/projection/projection.ts';
import { errorCode } from '../db/sql/pool.ts';
import { reportLost } from '../db/supervision/resumptions.ts';
import type { Dependencies } from './dependencies.ts';

type ProjectionDependencies = Pick<Dependencies, 'db' | 'matter' | 'calendars' | 'agencies'>;

/**
 * Reads what the projection needs, and writes it. Safe to repeat, also from several writers at
 * once: entries that are in the ledger already are skipped.
 */
const writeChanges = async (deps: ProjectionDependencies, changes: CaseChanges): Promise<LedgerHead> => {
  const { caseId, entries } = changes;
  const matter = await deps.matter(changes.matter.code, changes.matter.version);
  const version = calendarOf(entries);
  const [calendar, agencies, before] = await Promise.all([
    version === undefined ? deps.calendars.newest() : deps.calendars.version(version),
    deps.agencies(),
    movesPromise(matter, changes) ? readClocks(deps.db, caseId) : undefined,
  ]);
  return writeProjection(deps.db, project(changes, { matter, calendar, agencies, before }));
};

/** The entries of the run do not belong to the ledger, and no retry fixes that. */
const STALE: ReadonlySet<string> = new Set(['RUN_REPLACED', 'LEDGER_CONFLICT']);

/** The run that handed over the entries was replaced, or is behind the ledger. */
export const isStaleRun = (error: unknown): boolean =>
  STALE.has((error instanceof ApplicationFailure ? error.type : errorCode(error)) ?? '');

/** The ledger lacks entries that were written: Postgres is older than Temporal. */
export const isLedgerShort = (error: unknown): boolean => errorCode(error) === 'LEDGER_SHORT';

export const createProjectionActivities = (deps: ProjectionDependencies) => ({
  /**
   * Writes entries that no dispatched message has written, and tells the case. Safe to repeat. A run
   * that was replaced or is behind the ledger never writes again: its workflow fails. If the ledger
   * lacks entries of the run, the case is reported, and the run waits for a person.
   */
  writeProjection: async (changes: CaseChanges): Promise<LedgerHead> => {
    try {
      return await writeChanges(deps, changes);
    } catch (error) {
      if (isLedgerShort(error)) await reportLost(deps.db, [{ caseId: changes.caseId, why: 'ahead' }]);
      const code = errorCode(error) ?? '';
      if (!STALE.has(code)) throw error;
      throw ApplicationFailure.nonRetryable(`case ${changes.caseId} went on without this run`, code);
    }
  },
});
