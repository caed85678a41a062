import { describe, expect, test } from 'vitest';
import type { LedgerEntry } from '../../../domain/case/ledger.ts';
import { judge } from '../checker.ts';
import type { CaseEvidence, Evidence } from '../evidence.ts';
import { SCENARIOS } from '../scenarios.ts';
import { judgeResourceUse, judgeLogs, type ResourceUse } from './bounded.ts';
import { judgeEnds, type CaseEnd } from './comes-to-its-end.ts';
import type { Finding, Invariant } from './finding.ts';
import { BEGAN, healthyEvidence, relive, requestOf } from './healthy-evidence.ts';

/**
 * The checker's own controls: evidence in which one thing is wrong turns the one invariant red that
 * is about it.
 */

interface PlantedDefect {
  breaks: Invariant;
  what: string;
  /** What the finding says. */
  says: string;
  /** What cannot be told without it: the same evidence breaks these too. */
  also?: Invariant[];
  evidence?: Evidence;
  harmless?: true;
  plant: (evidence: Evidence, first: CaseEvidence) => void;
}

const CARD = 'agency:police:card-1';
const by = { role: 'officer', id: 'officer-c' } as const;

/**
 * Changes the first case's ledger; rows and workflow follow, so that only what is wrong with the
 * ledger itself is found.
 */
const rewrite = (evidence: Evidence, change: (entries: LedgerEntry[]) => LedgerEntry[]): void => {
  const [first, ...others] = evidence.cases;
  evidence.cases = [relive(first!, change(first!.entries)), ...others];
};

const indexOf = (entries: readonly LedgerEntry[], kind: LedgerEntry['kind'], stepId?: string): number =>
  entries.findIndex(
    (entry) => entry.kind === kind && (stepId === undefined || ('stepId' in entry && entry.stepId === stepId)),
  );

/** Repeats the entry of a kind right behind it. */
const repeatEntry = (evidence: Evidence, kind: LedgerEntry['kind'], stepId?: string): void =>
  rewrite(evidence, (entries) => {
    const index = indexOf(entries, kind, stepId);
    return entries.toSpliced(index + 1, 0, entries[index]!);
  });

const effectOf = ({ journal }: Evidence, stepId: string) => {
  const found = journal.find((entry) => entry.stepId === stepId && entry.kind === 'effect');
  if (found?.kind !== 'effect') throw new Error(`no effect of ${stepId}`);
  return found;
};

const PLANTED: readonly PlantedDefect[] = [
  {
    ...{ breaks: 'I1', what: 'a client got two cases', says: 'got 2 cases' },
    plant: ({ lines, casesOf }) => {
      lines.push({ kind: 'submitted', intent: 'request for first', status: 201, caseId: 'second' });
      casesOf.set('person of first', ['first', 'second']);
      casesOf.set('person of second', ['second']);
    },
  },
  {
    ...{ breaks: 'I1', what: 'a client got no case', says: 'got 0 cases' },
    plant: (evidence) => {
      evidence.lines = evidence.lines.filter((line) => line.kind !== 'submitted');
    },
  },
  {
    ...{ breaks: 'I1', what: 'an acknowledged case is lost', says: 'lost first' },
    plant: ({ casesOf }) => void casesOf.set('person of first', ['another']),
  },
  {
    ...{ breaks: 'I1', what: 'one request has two cases', says: 'has 2 cases' },
    plant: ({ casesOf }) => void casesOf.set('person of first', ['first', 'another']),
  },
  {
    ...{ breaks: 'I1', what: 'a case has no workflow', says: 'has 0 workflows' },
    plant: (_, first) => void (first.workflows = 0),
  },
  {
    ...{ breaks: 'I1', what: 'a case has no dossier', says: 'is not wholly there' },
    plant: (_, first) => void (first.companions = [0, 1]),
  },
  {
    ...{ breaks: 'I2', what: 'an agency acted twice on one request', says: '2 effects of first:card:1' },
    plant: (evidence) => void evidence.journal.push(effectOf(evidence, 'card')),
  },
  {
    ...{ breaks: 'I2', what: 'a step is done and its agency took it back only', says: 'done without effect' },
    plant: (evidence) => void (effectOf(evidence, 'card').effect = 'undone'),
  },
  {
    ...{ breaks: 'I2', what: 'an agency acted on a request that was never sent', says: 'never recorded' },
    plant: (evidence) => void evidence.journal.push({ ...effectOf(evidence, 'card'), requestId: 'first:card:2' }),
  },
  {
    ...{ breaks: 'I3', what: 'one round was decided twice', says: 'round 1 was decided twice', also: ['I8'] },
    plant: (evidence, { inbox, words }) => {
      inbox.set('agency:police:card-2', { kind: 'applied' });
      words.set('agency:police:card-2', { result: { certificateNo: 'C-first' } });
      rewrite(evidence, (entries) => {
        const index = indexOf(entries, 'step-decided', 'card');
        const again = { ...entries[index]!, messageId: 'agency:police:card-2' };
        return entries.toSpliced(index + 1, 0, again);
      });
    },
  },
  {
    ...{ breaks: 'I3', what: 'a case shows another number than was issued', says: 'not the result that was issued' },
    plant: (_, { words }) => void words.set(CARD, { result: { certificateNo: 'C-other' } }),
  },
  {
    ...{ breaks: 'I3', what: 'a refused step has a result', says: 'a result, and it is refused' },
    evidence: healthyEvidence('refused'),
    plant: (_, { words }) => void words.set(CARD, { result: { certificateNo: 'C-first' } }),
  },
  {
    ...{ breaks: 'I3', what: 'two cases have one number', says: 'is that of second:card too' },
    plant: ({ cases, journal }) => {
      const result = { certificateNo: 'C-first' };
      for (const { words } of cases) words.set(CARD, { result });
      for (const entry of journal)
        if (entry.stepId === 'card' && entry.kind === 'effect' && entry.decision) entry.decision.result = result;
    },
  },
  {
    ...{ breaks: 'I4', what: 'the workflow knows another status', says: 'differ: step card' },
    plant: (_, { state }) => void (state!.steps['card'] = { ...state!.steps['card']!, status: 'refused' }),
  },
  {
    ...{ breaks: 'I4', what: 'the case row differs', says: 'the case row and the ledger differ' },
    plant: (_, { row }) => void (row.closing = 'withdrawal'),
  },
  {
    ...{ breaks: 'I4', what: 'a row of a step is missing', says: 'other steps than its plan' },
    plant: (_, first) => void (first.steps = first.steps.filter(({ stepId }) => stepId !== 'check')),
  },
  {
    ...{ breaks: 'I4', what: 'the row of a step differs', says: 'the row and the ledger differ' },
    plant: (_, { steps }) => void (steps[1]!.attention = 'STEP_FAULT'),
  },
  {
    ...{ breaks: 'I5', what: 'an entry was changed in the database', says: 'entry 2 of the ledger: changed' },
    plant: (_, { chain }) => void chain.push({ caseId: 'first', seq: 2, problem: 'changed' }),
  },
  {
    ...{ breaks: 'I5', what: 'an entry contains no change', says: 'step-accepted, tells no change' },
    plant: (evidence) => repeatEntry(evidence, 'step-accepted', 'card'),
  },
  {
    ...{ breaks: 'I5', what: 'a case was submitted twice', says: 'not submitted once, and first' },
    plant: (evidence) => repeatEntry(evidence, 'case-submitted'),
  },
  {
    ...{ breaks: 'I5', what: 'a case was accepted twice', says: 'accepted more than once' },
    plant: (evidence) => repeatEntry(evidence, 'case-accepted'),
  },
  {
    ...{ breaks: 'I5', what: 'a case ended twice', says: 'ended 2 times and not 1', also: ['I8'] },
    plant: (evidence) => repeatEntry(evidence, 'case-ended'),
  },
  {
    ...{ breaks: 'I6', what: 'a stall was in no list', says: 'was in no list' },
    plant: ({ stalls }) => void stalls.shift(),
  },
  {
    ...{ breaks: 'I6', what: 'it was in the list too late', says: 'in the list after 31 s' },
    plant: ({ standings, stalls }) => void (stalls[0]!.openedAt = standings[0]!.from + 31_000),
  },
  {
    ...{ breaks: 'I6', what: 'it moves and is still in the list', says: 'is still in the list' },
    plant: ({ stalls }) => {
      delete stalls[0]!.clearedAt;
    },
  },
  {
    ...{ breaks: 'I6', what: 'a missing worker was in no list', says: 'workers no worker and was in no list' },
    plant: ({ standings }) =>
      void standings.push({ what: 'no worker', subject: 'workers', from: BEGAN, to: BEGAN + 40_000 }),
  },
  {
    ...{ breaks: 'I6', what: 'a moving step is in the list', says: 'moves, and was in the list', harmless: true },
    plant: ({ stalls }) => void (stalls[0]!.openedAt = BEGAN + 5_000),
  },
  {
    ...{ breaks: 'I7', what: 'a message waits', says: `${CARD} waits` },
    plant: (_, { inbox }) => void inbox.set(CARD, undefined),
  },
  {
    ...{ breaks: 'I7', what: 'a message is refused and was applied', says: 'is refused and was applied 1 times' },
    plant: (_, { inbox }) => void inbox.set(CARD, { kind: 'refused', code: 'STEP_ENDED' }),
  },
  {
    ...{ breaks: 'I7', what: 'an entry names a message that was never sent', says: 'without a message' },
    plant: (_, { inbox }) => void inbox.delete('agency:window:intake-1'),
  },
  {
    ...{ breaks: 'I7', what: 'an accepted callback is lost', says: 'an accepted callback is lost' },
    plant: (evidence) => {
      const effect = effectOf(evidence, 'intake');
      evidence.journal.push({ ...effect, kind: 'delivered' });
      effect.decision = { ...effect.decision!, messageId: 'intake-2' };
    },
  },
  {
    ...{ breaks: 'I7', what: 'an acknowledged decision is lost', says: 'was accepted and is lost', also: ['I8'] },
    plant: ({ lines }) =>
      void lines.push(
        { kind: 'decide', requestId: requestOf('first', 'check'), messageId: 'officer:officer-c:1' },
        { kind: 'decided', messageId: 'officer:officer-c:1', status: 202 },
      ),
  },
  {
    ...{ breaks: 'I8', what: 'two rivals were applied', says: '2 of 2 decided first:check:1', also: ['I7'] },
    plant: (_, { inbox }) => void inbox.set('officer:officer-b:1', { kind: 'applied' }),
  },
  {
    ...{
      breaks: 'I8',
      what: 'a loser got the wrong winner',
      says: 'got officer-c as the first decider, not officer-a',
    },
    plant: ({ lines }) => {
      for (const line of lines) if (line.kind === 'decided' && line.first) line.first.by = by.id;
    },
  },
  {
    ...{ breaks: 'I8', what: 'a step was sent before its needs', says: 'card started without all of intake' },
    plant: (evidence) =>
      rewrite(evidence, (entries) => {
        const index = indexOf(entries, 'step-submitted', 'card');
        const before = indexOf(entries, 'step-decided', 'intake');
        return entries.toSpliced(index, 1).toSpliced(before, 0, entries[index]!);
      }),
  },
];

const redOf = (findings: readonly Finding[]): Invariant[] =>
  [...new Set(findings.map(({ invariant }) => invariant))].sort();
const listWhat = (breaks: Invariant, findings: readonly Finding[]): string[] =>
  findings.filter(({ invariant }) => invariant === breaks).map(({ what }) => what);

describe('the evidence of a scenario', () => {
  test('that is healthy leaves every invariant green', () => {
    expect(judge(healthyEvidence(), true)).toEqual([]);
    expect(judge(healthyEvidence('refused'), true)).toEqual([]);
  });

  test.each(PLANTED)(
    '$breaks: $what',
    ({ breaks, says, also = [], evidence = healthyEvidence(), harmless = false, plant }) => {
      plant(evidence, evidence.cases[0]!);
      const findings = judge(evidence, harmless);
      expect(redOf(findings)).toEqual([breaks, ...also].sort());
      expect(listWhat(breaks, findings)).toContainEqual(expect.stringContaining(says));
    },
  );
});

describe('I11: cases at rest', () => {
  const ended: CaseEnd = { caseId: 'first', status: 'completed', waiting: 0, steps: null };

  test('that have ended, with nothing waiting, are green', () => {
    expect(judgeEnds([ended, { ...ended, status: 'withdrawn' }], 1_000)).toEqual([]);
  });

  test.each([
    { what: 'a case is open', one: { ...ended, status: 'accepted', steps: 'card submitted' } },
    { what: 'a message waits', one: { ...ended, waiting: 1 } },
  ])('$what', ({ one }) => {
    expect(redOf(judgeEnds([ended, one], 1_000))).toEqual(['I11']);
  });
});

describe('I12: what the product holds and says', () => {
  const createResourceUse = (rssMb: number, handles: number, connections: number): ResourceUse => ({
    processes: new Map([['api', { rssMb, handles, sockets: 0 }]]),
    connections,
  });
  const more = { handles: 15, connections: 5 };

  test('a little more than before is green', () => {
    expect(judgeResourceUse(createResourceUse(200, 50, 20), createResourceUse(440, 60, 25), more)).toEqual([]);
  });

  test.each([
    { what: 'memory', after: createResourceUse(460, 50, 20), says: 'holds 460 MB' },
    { what: 'files', after: createResourceUse(200, 66, 20), says: 'holds 66 files' },
    { what: 'connections', after: createResourceUse(200, 50, 26), says: '26 connections' },
  ])('$what', ({ after, says }) => {
    const findings = judgeResourceUse(createResourceUse(200, 50, 20), after, more);
    expect(redOf(findings)).toEqual(['I12']);
    expect(listWhat('I12', findings)).toEqual([expect.stringContaining(says)]);
  });

  test('a log with warnings is green, and so is what is excused and what is poisoned', () => {
    const texts = new Map([
      ['worker.log', 'a warning\nScript execution timed out: Failing workflow task'],
      ['poisoned-worker.log', 'Failing workflow task'],
    ]);
    expect(judgeLogs(texts, /Script execution timed out/)).toEqual([]);
  });

  test.each(['while handling update response (id 5e) in state Accepted', 'in state machine'])(
    'the defect of the SDK (%s) is excused once for a run',
    (where) => {
      const said = (...runs: string[]) => {
        const lines = runs.map(
          (run) =>
            `\u001b[33mWARN\u001b[0m Failing workflow task \u001b[3mrun_id\u001b[0m=${run} failure=[TMPRL1100] Nondeterminism error: Invalid transition ${where}`,
        );
        return judgeLogs(new Map([['worker.log', lines.join('\n')]]));
      };
      expect(said('r-1', 'r-2')).toEqual([]);
      expect(redOf(said('r-1', 'r-2', 'r-1'))).toEqual(['I12']);
    },
  );

  test.each([
    '[TMPRL1100] nondeterminism',
    'unhandledRejection',
    'Failing workflow task',
    'MaxListenersExceededWarning',
  ])('a log says %s', (line) => expect(redOf(judgeLogs(new Map([['worker.log', `fine\n${line}`]])))).toEqual(['I12']));
});

test('every invariant that a live control breaks is broken here too', () => {
  const broken: readonly string[] = PLANTED.map(({ breaks }) => breaks);
  const live = SCENARIOS.map(({ control }) => control.breaks).filter((one) => one !== 'its own line');
  expect(live.filter((one) => !broken.includes(one))).toEqual([]);
});
