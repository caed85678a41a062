import type { Installation } from './installation.ts';
import type { LedgerEntry } from '../../domain/case/ledger.ts';
import { until } from './until.ts';

/**
 * Something stood still from an instant to another, milliseconds since 1970; a case, or a part of
 * the machinery.
 */
export interface Standing {
  what: string;
  caseId?: string;
  /** As a stall names it: `workers`, `temporal`. */
  subject?: string;
  /** A stall of the whole machinery does not tell of it. */
  alone?: true;
  from: number;
  /** Absent: it still does. */
  to?: number;
}

/** A stall as the supervisors' list had it. */
export interface StallRow {
  caseId?: string;
  stepId?: string;
  subject: string;
  cause: string;
  detail: string;
  openedAt: number;
  clearedAt?: number;
}

/**
 * Our own overdue work counts as a stall after this time, which is promised; it is not read from
 * the product (`domain/waiting/wait.ts`).
 */
const PATIENCE_MS = 30_000;

/** A stall is cleared within this, once what it is about moves. */
const CLEARED_WITHIN_MS = 30_000;

/**
 * All stalls of these cases, and those of the machinery since; when those that are over had their
 * time to be cleared.
 */
export const readStalls = async (
  installation: Installation,
  caseIds: readonly string[],
  since: number,
): Promise<StallRow[]> => {
  const isOver = async () => {
    const { rowCount } = await installation.db.query(
      `select from stalls where cleared_at is null and (case_id is null
        or case_id in (select id from cases where id = any ($1) and ended_at is not null)) limit 1`,
      [caseIds],
    );
    return rowCount === 0;
  };
  // What is in the list after that is a finding, not an error of ours.
  await until('stalls are cleared', CLEARED_WITHIN_MS, isOver).catch(() => undefined);
  return stallsOf(installation, caseIds, since);
};

const stallsOf = async ({ db }: Installation, caseIds: readonly string[], since: number): Promise<StallRow[]> => {
  const { rows } = await db.query<Omit<StallRow, 'caseId' | 'stepId' | 'clearedAt'> & Nullable>(
    `select case_id as "caseId", step_id as "stepId", subject, cause, detail, opened_at as "openedAt", cleared_at as "clearedAt"
    from stalls where case_id = any ($1) or (case_id is null and opened_at >= $2) order by opened_at`,
    [caseIds, new Date(since)],
  );
  return rows.map(({ caseId, stepId, clearedAt, ...row }) => ({
    ...row,
    ...(caseId !== null && { caseId }),
    ...(stepId !== null && { stepId }),
    ...(clearedAt !== null && { clearedAt }),
  }));
};

interface Nullable {
  caseId: string | null;
  stepId: string | null;
  clearedAt: number | null;
}

/** Messages that waited for longer than our patience, from its end. */
export const readWaitingMessages = async ({ db }: Installation, caseIds: readonly string[]): Promise<Standing[]> => {
  const { rows } = await db.query<{ caseId: string; receivedAt: number; settledAt: number | null }>(
    `select case_id as "caseId", received_at as "receivedAt", settled_at as "settledAt" from inbox
    where case_id = any ($1) and coalesce(settled_at, now()) > received_at + interval '30 seconds'`,
    [caseIds],
  );
  return rows.map(({ caseId, receivedAt, settledAt }) => ({
    ...{ what: 'a message waited', caseId, from: receivedAt + PATIENCE_MS },
    ...(settledAt !== null && { to: settledAt }),
  }));
};

/**
 * What stood still by the account of a case's ledger: parked, before a person, or on its way for
 * longer than our patience.
 */
export const standingsOf = (caseId: string, entries: readonly LedgerEntry[]): Standing[] =>
  entries.flatMap((entry, index) => {
    const grace = GRACE[entry.kind];
    if (grace === undefined || !('stepId' in entry)) return [];
    const next = entries.slice(index + 1).find((other) => 'stepId' in other && other.stepId === entry.stepId);
    return [
      {
        what: `${entry.stepId}: ${entry.kind}`,
        ...{ caseId, from: entry.at + grace },
        ...(next && { to: next.at }),
      },
    ];
  });

const GRACE: Partial<Record<LedgerEntry['kind'], number>> = {
  'step-parked': 0,
  'step-attention': 0,
  'step-submitted': PATIENCE_MS,
};
