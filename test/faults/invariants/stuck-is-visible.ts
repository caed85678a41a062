import { percentile } from '../../../bench/statistics.ts';
import type { Evidence } from '../evidence.ts';
import type { StallRow, Standing } from '../standing.ts';
import { collect, type Finding } from './finding.ts';

const SEEN_WITHIN_MS = 30_000;
const CLEARED_WITHIN_MS = 30_000;
/** A case that moved within this time is not stalled. */
const MOVING_MS = 9_000;

/**
 * I6: a stall is in the list within 30 s, and gone from it 30 s after the case moves again.
 */
export const judgeStuck = (evidence: Evidence): Finding[] => {
  const { findings, report } = collect('I6');
  for (const standing of evidence.standings) {
    const { what, caseId = standing.subject ?? '', from, to = Infinity } = standing;
    if (to - from <= SEEN_WITHIN_MS) continue;
    const row = rowOf(evidence.stalls, standing);
    if (!row) report(`${caseId} ${what} and was in no list`);
    else if (row.openedAt - from > SEEN_WITHIN_MS)
      report(`${caseId} ${what} and was in the list after ${((row.openedAt - from) / 1000).toFixed(0)} s`);
  }
  const ended = new Map(
    evidence.cases.map(({ row, writtenAt }) => [row.caseId, row.endedAt && Math.max(row.endedAt, writtenAt)]),
  );
  for (const { caseId, stepId = '', subject, detail, clearedAt = Infinity } of evidence.stalls) {
    const movedAt = caseId === undefined ? evidence.judgedAt : ended.get(caseId);
    if (movedAt !== undefined && clearedAt - movedAt > CLEARED_WITHIN_MS)
      report(`${caseId ?? subject} ${stepId} moves, and ${detail} is still in the list`);
  }
  return findings;
};

/**
 * I6 without a fault: a stall of a case that has just moved, or that ended at once, is a false
 * alarm.
 */
export const judgeAlarms = ({ stalls, cases }: Evidence): Finding[] => {
  const { findings, report } = collect('I6');
  const entriesOf = new Map(cases.map(({ row, entries }) => [row.caseId, entries]));
  for (const { caseId, stepId, detail, openedAt } of stalls) {
    const entries = entriesOf.get(caseId ?? '') ?? [];
    const moved = entries.some(
      (entry) =>
        (stepId === undefined || ('stepId' in entry && entry.stepId === stepId)) &&
        Math.abs(openedAt - entry.at) < MOVING_MS,
    );
    if (moved) report(`${caseId} ${stepId ?? ''} moves, and was in the list as ${detail}`);
  }
  return findings;
};

/**
 * The delays from the stall to its entry in the list, and from the next move to its removal, for
 * the reader.
 */
export const describeVisibility = ({ standings, stalls }: Evidence): string[] => {
  const rows = standings.flatMap((standing) => {
    const row = rowOf(stalls, standing);
    return row ? [{ standing, row }] : [];
  });
  if (rows.length === 0) return [];
  const seen = rows.map(({ standing: { from }, row: { openedAt } }) => Math.max(0, openedAt - from));
  const cleared = rows.flatMap(({ standing: { to }, row: { clearedAt } }) =>
    to === undefined || clearedAt === undefined ? [] : [Math.max(0, clearedAt - to)],
  );
  return [
    `${rows.length} stalls seen in ${spread(seen)}`,
    ...(cleared.length > 0 ? [`cleared in ${spread(cleared)}`] : []),
  ];
};

const spread = (ms: readonly number[]): string =>
  `${(percentile(ms, 0.95) / 1000).toFixed(1)} s p95, ${(Math.max(...ms) / 1000).toFixed(1)} s at most`;

/** The first row about it. A row about the whole platform covers everything that waits for it. */
const rowOf = (stalls: readonly StallRow[], standing: Standing): StallRow | undefined => {
  const { caseId, subject, alone, from, to = Infinity } = standing;
  return stalls.find(
    (row) =>
      (row.caseId === undefined
        ? (caseId !== undefined && !alone) || subject === row.subject
        : caseId === row.caseId) &&
      row.openedAt <= to &&
      (row.clearedAt ?? Infinity) >= from,
  );
};
