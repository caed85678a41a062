import { readClocks } from '../db/cases/clocks.ts';
import { writeProjection, type LedgerHead } from '../db/cases/projection.ts';
import { calendarOf, movesPromise, project, type CaseChanges } from '../domain/projection/projection.ts';
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

export const createProjectionActivities = (deps: ProjectionDependencies) => ({
  /** Writes entries that no dispatched message has written, and tells the case. Safe to repeat. */
  writeProjection: (changes: CaseChanges): Promise<LedgerHead> => writeChanges(deps, changes),
});
