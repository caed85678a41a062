import { isDeepStrictEqual } from 'node:util';
import { fold } from '../../../domain/case/fold.ts';
import { emptyCase, type CaseState } from '../../../domain/case/state.ts';
import type { CaseEvidence } from '../evidence.ts';
import { collect, type Finding } from './finding.ts';

/**
 * I4: what the workflow holds, the fold of the ledger and the rows that screens read are the same.
 */
export const judgeCopies = ({ row, steps, entries, state }: CaseEvidence): Finding[] => {
  const { findings, report } = collect('I4', row.caseId);
  const folded = plain(entries.reduce(fold, emptyCase(row.plan)));
  if (state) {
    for (const part of listDifferences(timeless(state), timeless(folded)))
      report(`the workflow and the fold of the ledger differ: ${part}`);
  }
  const head = { status: row.status, closing: row.closing, seq: row.ledgerSeq };
  const { status, closing, seq } = folded;
  if (!isDeepStrictEqual(plain(head), plain({ status, closing, seq }))) report('the case row and the ledger differ');
  if (steps.length !== Object.keys(folded.steps).length) report('the case has other steps than its plan');
  for (const one of steps) {
    const step = folded.steps[one.stepId];
    const expected = step && {
      status: step.status,
      round: step.round,
      undo: step.undo === true,
      decision: step.decided?.decision,
      messageId: step.decided?.messageId,
      attention: step.attention,
      because: step.because,
      noticeId: step.noticeId,
    };
    const { round, undo, decision, messageId, attention, because, noticeId } = one;
    const shown = { status: one.status, round, undo, decision, messageId, attention, because, noticeId };
    if (!isDeepStrictEqual(plain(shown), plain(expected))) report('the row and the ledger differ', one.stepId);
  }
  return findings;
};

/** Where two states differ: the names of the parts, and the steps. */
const listDifferences = (one: CaseState, other: CaseState): string[] => [
  ...listDiffering(one, other).filter((name) => name !== 'steps'),
  ...listDiffering(one.steps, other.steps).map((stepId) => `step ${stepId}`),
];

const listDiffering = (one: object, other: object): string[] => {
  const there = new Map(Object.entries(other));
  return Object.entries(one).flatMap(([name, value]) => (isDeepStrictEqual(value, there.get(name)) ? [] : [name]));
};

/**
 * Without instants, and without the holds of a clock, which begin and end at them: between two
 * local activities a replay knows them to a few milliseconds only.
 */
const timeless = <T>(value: T): T =>
  JSON.parse(
    JSON.stringify(value, (key, part: unknown) => (key === 'holds' || isInstant(part) ? undefined : part)),
  ) as T;

/** Milliseconds since 1970; every other number of a case is far smaller. */
const isInstant = (part: unknown): boolean => typeof part === 'number' && part > 1e12;

/** As it is on the wire: without what is undefined. */
const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value ?? null)) as T;
