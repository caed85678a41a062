import { isDeepStrictEqual } from 'node:util';
import { formatRequestId } from '../../agencies/contract.ts';
import { replyIds } from '../../agencies/message-id.ts';
import { verifyLedger } from '../../db/ledger-verification.ts';
import { fold } from '../../matters/engine/fold.ts';
import { emptyCase, type CaseState } from '../../matters/engine/state.ts';
import { isCaseEnd } from '../../matters/engine/status.ts';
import { PROPERTIES } from '../matters/engine/properties.ts';
import type { Line } from './client-ledger.ts';
import { gather, type CaseEvidence, type Evidence } from './evidence.ts';
import type { Installation } from './installation.ts';

/** What must hold whatever was killed; docs/faults.md says each in words. */
export type Invariant = 'I1' | 'I2' | 'I4' | 'I7' | 'I8' | 'I11';

export interface Finding {
  invariant: Invariant;
  caseId?: string;
  step?: string;
  what: string;
}

/** Judges the cases of a scenario after the faults. Nothing found: everything holds. */
export const check = async (installation: Installation, lines: Line[]): Promise<Finding[]> => {
  const evidence = await gather(installation, lines);
  const chains = await Promise.all(evidence.cases.map(({ row }) => verifyLedger(installation.db, row.caseId)));
  return [
    ...noCaseLost(evidence),
    ...evidence.cases.flatMap((one) => [
      ...oneEffect(one, evidence),
      ...sameEverywhere(one),
      ...everyWordSettled(one, evidence),
      ...legal(one),
    ]),
    ...oneWinner(evidence),
    ...chains.flat().map(({ caseId, seq, problem }) => ({
      invariant: 'I4' as const,
      caseId,
      what: `entry ${seq} of the ledger: ${problem}`,
    })),
  ];
};

/** I1: each acknowledged submission is one case with one workflow; an unknown reply is a whole case or none. */
const noCaseLost = ({ lines, casesOf, cases }: Evidence): Finding[] => {
  const findings: Finding[] = [];
  const report = (what: string, caseId?: string) =>
    void findings.push({ invariant: 'I1', what, ...(caseId !== undefined && { caseId }) });
  const told = new Map<string, Set<string>>();
  const persons = new Map(lines.flatMap((line) => (line.kind === 'submit' ? [[line.intent, line.person]] : [])));
  for (const line of lines) {
    if (line.kind !== 'submitted' || line.caseId === undefined) continue;
    told.set(line.intent, (told.get(line.intent) ?? new Set()).add(line.caseId));
  }
  for (const [intent, person] of persons) {
    const existing = casesOf.get(person) ?? [];
    const acknowledged = [...(told.get(intent) ?? [])];
    if (acknowledged.length !== 1) report(`${intent} was told ${acknowledged.length} cases`);
    if (existing.length !== 1) report(`${intent} has ${existing.length} cases`);
    for (const caseId of acknowledged.filter((id) => !existing.includes(id))) report(`${intent} lost it`, caseId);
  }
  for (const { row, companions, workflows } of cases) {
    if (workflows !== 1) report(`has ${workflows} workflows`, row.caseId);
    if (companions.some((count) => count !== 1)) report('is not wholly there', row.caseId);
  }
  return findings;
};

/** I2: an agency acts once on a request; on steps that are done exactly once, on steps never sent not at all. */
const oneEffect = ({ row, steps }: CaseEvidence, { journal }: Evidence): Finding[] => {
  const findings: Finding[] = [];
  const { caseId } = row;
  const counts = new Map<string, number>();
  for (const entry of journal) {
    if (entry.caseId !== caseId || entry.kind !== 'effect' || entry.effect === 'undone') continue;
    counts.set(entry.requestId, (counts.get(entry.requestId) ?? 0) + 1);
  }
  for (const { stepId: step, status, round, messageId, agency } of steps) {
    const report = (what: string) => void findings.push({ invariant: 'I2', caseId, step, what });
    const sent = Array.from({ length: round }, (_, index) =>
      formatRequestId({ caseId, stepId: step, round: index + 1 }),
    );
    for (const requestId of sent) {
      const count = counts.get(requestId) ?? 0;
      if (count > 1) report(`${count} effects of ${requestId}`);
    }
    // A step that somebody else decided leaves no trace at its agency.
    const ownDecision = messageId?.startsWith(`${agency}:`) === true;
    if (status === 'done' && ownDecision && counts.get(sent.at(-1) ?? '') === undefined) report('done without effect');
    const known = new Set(sent);
    const beyond = [...counts.keys()].some(
      (requestId) => requestId.startsWith(`${caseId}:${step}:`) && !known.has(requestId),
    );
    if (beyond) report('an effect of a request that was never recorded');
  }
  return findings;
};

/** I4: what the workflow holds, the fold of the ledger and the rows that screens read are the same. */
const sameEverywhere = ({ row, steps, entries, state }: CaseEvidence): Finding[] => {
  const findings: Finding[] = [];
  const report = (what: string, step?: string) =>
    void findings.push({ invariant: 'I4', caseId: row.caseId, what, ...(step !== undefined && { step }) });
  const folded = plain(entries.reduce(fold, emptyCase(row.plan)));
  if (state) {
    for (const part of differences(timeless(state), timeless(folded)))
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
const differences = (one: CaseState, other: CaseState): string[] => [
  ...differing(one, other).filter((name) => name !== 'steps'),
  ...differing(one.steps, other.steps).map((stepId) => `step ${stepId}`),
];

const differing = (one: object, other: object): string[] => {
  const there = new Map(Object.entries(other));
  return Object.entries(one).flatMap(([name, value]) => (isDeepStrictEqual(value, there.get(name)) ? [] : [name]));
};

/**
 * Without instants, and without the holds of a clock, which begin and end at them: between two local activities a replay knows them to
 * a few milliseconds only.
 */
const timeless = <T>(value: T): T =>
  JSON.parse(
    JSON.stringify(value, (key, part: unknown) => (key === 'holds' || isInstant(part) ? undefined : part)),
  ) as T;

/** Milliseconds since 1970; every other number of a case is far smaller. */
const isInstant = (part: unknown): boolean => typeof part === 'number' && part > 1e12;

/** As it is on the wire: without what is undefined. */
const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value ?? null)) as T;

/** I7: every acknowledged callback and decision was applied once or recorded as refused; nothing waits. */
const everyWordSettled = ({ row, steps, entries, inbox }: CaseEvidence, { journal, lines }: Evidence): Finding[] => {
  const findings: Finding[] = [];
  const { caseId } = row;
  const report = (what: string, step?: string) =>
    void findings.push({ invariant: 'I7', caseId, what, ...(step !== undefined && { step }) });
  const applied = (messageId: string) =>
    entries.filter((entry) => 'messageId' in entry && entry.messageId === messageId && entry.kind !== 'message-refused')
      .length;
  for (const [messageId, outcome] of inbox) {
    if (!outcome) report(`${messageId} waits`);
    else if (applied(messageId) !== (outcome.kind === 'refused' ? 0 : 1)) {
      report(`${messageId} is ${outcome.kind} and was applied ${applied(messageId)} times`);
    }
  }
  for (const entry of journal) {
    if (entry.caseId !== caseId || entry.kind !== 'delivered') continue;
    const decided = journal.find((other) => other.kind === 'effect' && other.requestId === entry.requestId);
    const round = steps.find(({ stepId }) => stepId === entry.stepId)?.round ?? 0;
    if (decided?.kind !== 'effect' || !decided.decision) continue;
    const { requestId: _asked, ...decision } = decided.decision;
    const ids = replyIds(entry.agency, { caseId, stepId: entry.stepId, round }, decision);
    if (!ids.some((id) => inbox.has(id))) report('a callback that we took is gone', entry.stepId);
  }
  const acknowledged = new Set(
    lines.flatMap((line) =>
      line.kind === 'decided' && line.status !== undefined && [200, 202, 409].includes(line.status)
        ? [line.messageId]
        : [],
    ),
  );
  for (const line of lines) {
    if (line.kind !== 'decide' || !line.requestId.startsWith(`${caseId}:`) || !acknowledged.has(line.messageId))
      continue;
    acknowledged.delete(line.messageId);
    if (!inbox.has(line.messageId)) report(`the decision ${line.messageId} that we took is gone`);
  }
  return findings;
};

/** What the engine's simulator asks of a run that a ledger alone can answer. */
const LEGAL = [
  'no step starts before its needs',
  'a step that has ended moves only by a new round or an undo, and rounds count up',
  'a refusal blocks exactly its descendants, and doing it again frees them',
  'undo runs in reverse and only over what was started',
  'what was undone stays undone unless a person orders it anew, and nothing starts while a case is closed',
  'the case settles once everything is answered, and after its end only a person takes it up again',
  'the end says what happened',
  'a notice is told once, and in the end every item is answered or given up',
  'nothing that waits for a paper starts before it is there',
] as const satisfies readonly (keyof typeof PROPERTIES)[];

/** I8: every transition was a legal one. A case that is still open is judged by I11 and not here. */
const legal = ({ row, entries }: CaseEvidence): Finding[] => {
  if (!isCaseEnd(row.status)) return [];
  const [, ...later] = entries;
  const end: CaseState = entries.reduce(fold, emptyCase(row.plan));
  const run = {
    ...{ seed: 0, plan: row.plan, entries: [later], states: [end] },
    ...{ effects: [], events: [], outcomes: [], journal: new Map() },
  };
  return LEGAL.flatMap((name) => {
    const what = PROPERTIES[name](run);
    return what === undefined ? [] : [{ invariant: 'I8' as const, caseId: row.caseId, what: `${name}: ${what}` }];
  });
};

/** I8: of those who decided one request at the same time exactly one was heard, and the others were told. */
const oneWinner = ({ lines, cases }: Evidence): Finding[] => {
  const rivals = new Map<string, Set<string>>();
  for (const line of lines) {
    if (line.kind !== 'decide') continue;
    rivals.set(line.requestId, (rivals.get(line.requestId) ?? new Set()).add(line.messageId));
  }
  return [...rivals].flatMap(([requestId, messageIds]) => {
    const found = cases.find(({ row }) => requestId.startsWith(`${row.caseId}:`));
    // A sample case of the installation, which no client of the scenario handed in.
    if (!found) return [];
    const outcomes = [...messageIds].map((id) => found.inbox.get(id)?.kind);
    const winners = outcomes.filter((kind) => kind === 'applied').length;
    const told = outcomes.every((kind) => kind === 'applied' || kind === 'refused');
    return winners === 1 && told
      ? []
      : [{ invariant: 'I8' as const, what: `${winners} of ${messageIds.size} decided ${requestId}` }];
  });
};
