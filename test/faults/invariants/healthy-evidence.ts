import { formatRequestId } from '../../../agencies/contract.ts';
import { begin, next } from '../../../domain/case/engine.ts';
import { fold } from '../../../domain/case/fold.ts';
import type { LedgerEntry } from '../../../domain/case/ledger.ts';
import type { Actor, CaseEvent, DecisionKind, Outcome } from '../../../domain/case/messages.ts';
import type { Plan } from '../../../domain/case/plan.ts';
import { emptyCase, type CaseState } from '../../../domain/case/state.ts';
import { createCipher, generateKeys, readKeys } from '../../../db/sql/sealing.ts';
import type { StepRow } from '../../../db/cases/steps.ts';
import type { Line } from '../client-ledger.ts';
import type { CaseEvidence, Evidence } from '../evidence.ts';

/**
 * Evidence of two cases in which everything holds, for tests that plant one fault in it: `intake`
 * is decided by the reply to its request, `check` by the first of two officers, `card` by a
 * callback two minutes after it was asked for.
 */
const PLAN: Plan = {
  ...{ matter: 'planted', version: 1, hash: '0'.repeat(64), acceptedBy: 'intake', partial: true },
  onSilence: 'return-case',
  steps: [
    { id: 'intake', agency: 'window', kind: 'verify', needs: [], undo: { class: 'none' } },
    { id: 'check', agency: 'vaccination', kind: 'review', needs: [needAll('intake')], undo: { class: 'none' } },
    { id: 'card', agency: 'police', kind: 'register', needs: [needAll('intake')], undo: { class: 'void' } },
  ],
};

export const BEGAN = Date.UTC(2026, 0, 5, 1);
/** `card` is parked from here until its agency decides. */
const PARKED_MS = 10_000;
const DECIDED_MS = 60_000;
const ENDED_MS = 120_000;

function needAll(stepId: string): Plan['steps'][number]['needs'][number] {
  return { mode: 'all', of: [stepId] };
}

const createOfficer = (account: string): Actor => ({ role: 'officer', id: account });

/** `cardIs`: how the agency of `card` decides. */
export const healthyEvidence = (cardIs: 'approved' | 'refused' = 'approved'): Evidence => {
  const cases = ['first', 'second'].map((caseId) => healthyCase(caseId, cardIs));
  return {
    cipher: createCipher(readKeys({ env: generateKeys() })),
    lines: cases.flatMap(({ row }) => linesOf(row.caseId)),
    casesOf: new Map(cases.map(({ row }) => [`person of ${row.caseId}`, [row.caseId]])),
    cases,
    journal: cases.flatMap(({ row }) => journalOf(row.caseId, cardIs)),
    standings: cases.map(({ row }) => ({
      ...{ what: 'card: step-parked', caseId: row.caseId, from: BEGAN + PARKED_MS, to: BEGAN + ENDED_MS },
    })),
    stalls: cases.map(({ row }) => ({
      ...{ caseId: row.caseId, stepId: 'card', subject: 'police', cause: 'agency', detail: 'AGENCY_OUTAGE' },
      ...{ openedAt: BEGAN + 2 * PARKED_MS, clearedAt: BEGAN + ENDED_MS + 1_000 },
    })),
    judgedAt: BEGAN + 2 * ENDED_MS,
  };
};

const healthyCase = (caseId: string, cardIs: 'approved' | 'refused'): CaseEvidence => {
  const { entries, outcomes } = live(caseId, cardIs);
  return relive(
    {
      row: {
        ...{ caseId, caseNo: `no ${caseId}`, matter: PLAN.matter, version: 1, region: '330402', channel: 'window' },
        ...{
          gaps: [],
          submittedBy: 'clerk:test',
          submittedAt: BEGAN,
          acceptedAt: BEGAN,
          provisional: false,
          statutoryProvisional: false,
        },
        ...{ endedAt: BEGAN + ENDED_MS, status: 'submitted', ledgerSeq: 0, plan: PLAN },
      },
      inbox: outcomes,
      writtenAt: BEGAN + ENDED_MS,
      words: new Map(cardIs === 'approved' ? [['agency:police:card-1', { result: resultOf(caseId) }]] : []),
      chain: [],
      companions: [1, 1],
      workflows: 1,
      ...{ steps: [], entries: [], state: undefined },
    },
    entries,
  );
};

/** The same case with another ledger: row, steps and workflow say what that folds to. */
export const relive = (one: CaseEvidence, entries: LedgerEntry[]): CaseEvidence => {
  const state = entries.reduce(fold, emptyCase(one.row.plan));
  const row = { ...one.row, status: state.status, ledgerSeq: state.seq };
  return { ...one, row, entries, state, steps: stepsOf(one.row.caseId, state) };
};

const live = (caseId: string, cardIs: DecisionKind) => {
  const events: CaseEvent[] = [
    { kind: 'started', at: BEGAN },
    createAnswer('intake', 1_000, { kind: 'decided', decision: 'approved', messageId: 'agency:window:intake-1' }),
    createAnswer('check', 1_100, { kind: 'accepted' }),
    createAnswer('card', 1_200, { kind: 'accepted' }),
    createDecision('check', DECIDED_MS, 'officer:officer-a:1', createOfficer('officer-a'), 'approved'),
    createDecision('check', DECIDED_MS + 1, 'officer:officer-b:1', createOfficer('officer-b'), 'refused'),
    createDecision('card', ENDED_MS, 'agency:police:card-1', { role: 'agency', id: 'police' }, cardIs),
  ];
  const submitted: LedgerEntry = { kind: 'case-submitted', at: BEGAN, by: { role: 'clerk', id: 'test' } };
  const entries: LedgerEntry[] = [submitted];
  const outcomes = new Map<string, Outcome | undefined>([['agency:window:intake-1', { kind: 'applied' }]]);
  let state = begin(PLAN, BEGAN);
  for (const event of events) {
    const step = next(state, event);
    state = step.state;
    entries.push(...step.entries);
    if (event.kind === 'message') outcomes.set(event.message.id, step.outcome);
  }
  return { entries, outcomes };
};

const createAnswer = (stepId: string, afterMs: number, answer: Extract<CaseEvent, { kind: 'answered' }>['answer']) =>
  ({ kind: 'answered', at: BEGAN + afterMs, stepId, round: 1, answer }) as const;

const createDecision = (stepId: string, afterMs: number, id: string, by: Actor, decision: DecisionKind) =>
  ({
    kind: 'message',
    at: BEGAN + afterMs,
    message: { kind: 'decision', id, by, stepId, round: 1, decision },
  }) as const;

const stepsOf = (caseId: string, { plan, steps }: CaseState): StepRow[] =>
  plan.steps.flatMap(({ id: stepId, agency, kind }, position) => {
    const step = steps[stepId];
    if (!step) return [];
    const { status, round, undo = false, decided: last, attention, because, noticeId } = step;
    return [
      {
        ...{ caseId, stepId, definition: stepId, position, agency, division: '330411', kind, status, round, undo },
        ...(last && { decision: last.decision, messageId: last.messageId }),
        ...(attention !== undefined && { attention }),
        ...(because !== undefined && { because }),
        ...(noticeId !== undefined && { noticeId }),
        ...{
          extension: 0,
          provisional: false,
          statutoryProvisional: false,
          changedAt: BEGAN,
          attempts: 0,
          enquiries: 0,
        },
      },
    ];
  });

const resultOf = (caseId: string) => ({ certificateNo: `C-${caseId}` });

/** Of round 1. */
export const requestOf = (caseId: string, stepId: string): string => formatRequestId({ caseId, stepId, round: 1 });

const journalOf = (caseId: string, cardIs: 'approved' | 'refused'): Evidence['journal'] => {
  const createEntry = (stepId: string, agency: string) => ({
    ...{ caseId, stepId, agency, requestId: requestOf(caseId, stepId), at: new Date(BEGAN).toISOString() },
  });
  const card = {
    ...{ messageId: 'card-1', requestId: requestOf(caseId, 'card'), decision: cardIs },
    ...(cardIs === 'approved' && { result: resultOf(caseId) }),
  };
  const intake = {
    ...{ messageId: 'intake-1', requestId: requestOf(caseId, 'intake') },
    decision: 'approved',
  } as const;
  return [
    {
      ...createEntry('intake', 'window'),
      ...{ kind: 'effect', effect: 'decided:approved', decision: intake },
    },
    { ...createEntry('card', 'police'), kind: 'effect', effect: `decided:${cardIs}`, decision: card },
    { ...createEntry('card', 'police'), kind: 'delivered' },
  ];
};

const linesOf = (caseId: string): Line[] => {
  const requestId = requestOf(caseId, 'check');
  const first = { by: 'officer-a', at: new Date(BEGAN + DECIDED_MS).toISOString() };
  return [
    { kind: 'submit', intent: `request for ${caseId}`, person: `person of ${caseId}`, key: 'key' },
    { kind: 'submitted', intent: `request for ${caseId}`, status: 201, caseId },
    { kind: 'decide', requestId, messageId: 'officer:officer-a:1' },
    { kind: 'decided', messageId: 'officer:officer-a:1', status: 200 },
    { kind: 'decide', requestId, messageId: 'officer:officer-b:1' },
    { kind: 'decided', messageId: 'officer:officer-b:1', status: 409, first },
  ];
};
