import { parseRequestId } from '../../agencies/contract.ts';
import { getCase, hashCaseKey, type CaseWithPlan } from '../../db/cases/cases.ts';
import { openBodies } from '../support/bodies.ts';
import { verifyLedger, type LedgerProblem } from '../../db/cases/ledger-verification.ts';
import { readLedger } from '../../db/cases/ledger.ts';
import { listSteps, type StepRow } from '../../db/cases/steps.ts';
import type { Cipher } from '../../db/sql/sealing.ts';
import type { LedgerEntry } from '../../domain/case/ledger.ts';
import type { Outcome } from '../../domain/case/messages.ts';
import type { CaseState } from '../../domain/case/state.ts';
import type { Entry } from '../../sandbox/agencies/journal.ts';
import { z } from 'zod';
import { stateQuery } from '../../workflows/messages.ts';
import { caseWorkflowId } from '../../workflows/names.ts';
import type { Line } from './client-ledger.ts';
import type { Installation } from './installation.ts';
import { readStalls, readWaitingMessages, standingsOf, type StallRow, type Standing } from './standing.ts';
import { until } from './until.ts';

/** An entry of the agencies' journal about one of the cases. */
type CaseEffect = Entry & { caseId: string; stepId: string };

export interface CaseEvidence {
  row: CaseWithPlan;
  steps: StepRow[];
  entries: LedgerEntry[];
  /** By message id; without an outcome: not settled. */
  inbox: Map<string, Outcome | undefined>;
  /**
   * When its rows were last written with what became of a message or of the start, as far as is
   * known: its end may be decided long before.
   */
  writtenAt: number;
  /** The results in the messages of agencies, by message id. */
  words: Map<string, z.infer<typeof Words>>;
  /** The places where the hash chain is broken. */
  chain: LedgerProblem[];
  /** Rows that belong to an accepted case: dossiers and start requests; one of each. */
  companions: number[];
  /** Workflow executions under the case's id. */
  workflows: number;
  /** The answer of the workflow to a query; undefined: no workflow. */
  state: CaseState | undefined;
}

const Words = z.looseObject({
  result: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
});

/** Everything that is known about the cases of one scenario, from every source. */
export interface Evidence {
  /** That of the installation. */
  cipher: Cipher;
  lines: Line[];
  /** The cases that exist for each person of an intent. */
  casesOf: Map<string, string[]>;
  cases: CaseEvidence[];
  journal: CaseEffect[];
  /** The real stalls: as the scenario reports them, and as the cases record them. */
  standings: Standing[];
  /** The stalls in the supervisors' list. */
  stalls: StallRow[];
  /** Milliseconds since 1970. */
  judgedAt: number;
}

/** Temporal lists executions a little late. */
const LISTED_WITHIN_MS = 10_000;
/** A query goes to the worker that had the case last, which may be gone: it is asked again. */
const QUERY_EACH_MS = 20_000;
const QUERY_WITHIN_MS = 60_000;

/**
 * The ids of the cases of each person, found by the keyed hash of the ID number, because the
 * checker does not trust the answers of the API.
 */
export const findCases = async (
  { db, cipher }: Installation,
  lines: readonly Line[],
): Promise<Map<string, string[]>> => {
  const persons = new Set(lines.flatMap((line) => (line.kind === 'submit' ? [line.person] : [])));
  const found = new Map<string, string[]>();
  for (const person of persons) {
    const { rows } = await db.query<{ caseId: string }>(
      `select case_id as "caseId" from case_keys where kind = 'id-no' and hash = $1`,
      [hashCaseKey(cipher, { kind: 'id-no', value: person })],
    );
    found.set(
      person,
      rows.map(({ caseId }) => caseId),
    );
  }
  return found;
};

/**
 * Reads everything about the cases that `lines` are about. `since`: when the scenario began;
 * `stood`: the stalls that it caused.
 */
export const gather = async (
  installation: Installation,
  lines: Line[],
  { since, stood }: { since: number; stood: readonly Standing[] },
): Promise<Evidence> => {
  const casesOf = await findCases(installation, lines);
  const caseIds = [...new Set([...casesOf.values()].flat())];
  const workflows = await countWorkflows(installation, caseIds);
  const cases = [];
  for (const caseId of caseIds) cases.push(await caseEvidence(installation, caseId, workflows.get(caseId) ?? 0));
  const standings = [
    ...stood,
    ...(await readWaitingMessages(installation, caseIds)),
    ...cases.flatMap(({ row, entries }) => standingsOf(row.caseId, entries)),
  ];
  const journal = effectsOf(installation.journal(), new Set(caseIds));
  const stalls = await readStalls(installation, caseIds, since);
  return { cipher: installation.cipher, lines, casesOf, cases, journal, standings, stalls, judgedAt: Date.now() };
};

const caseEvidence = async (
  { db, temporal, cipher }: Installation,
  caseId: string,
  workflows: number,
): Promise<CaseEvidence> => {
  const handle = temporal.workflow.getHandle(caseWorkflowId(caseId));
  const ask = async () => {
    let last: unknown;
    try {
      return await until(`case ${caseId} answers a query`, QUERY_WITHIN_MS, () =>
        temporal
          .withDeadline(Date.now() + QUERY_EACH_MS, () => handle.query(stateQuery))
          .catch((error: unknown) => void (last = error)),
      );
    } catch (error) {
      throw new Error(`case ${caseId} does not answer a query`, { cause: last ?? error });
    }
  };
  const [row, steps, ledger, inbox, bodies, chain, companions, state] = await Promise.all([
    getCase(db, caseId),
    listSteps(db, caseId),
    readLedger(db, caseId, 0, 10_000),
    db.query<{ messageId: string; outcome: Outcome | null; settledAt: number | null }>(
      'select message_id as "messageId", outcome, settled_at as "settledAt" from inbox where case_id = $1',
      [caseId],
    ),
    openBodies(db, cipher, caseId),
    verifyLedger(db, caseId),
    db.query<{ dossiers: number; starts: number; recordedAt: number | null }>(
      `select (select count(*) from dossiers where case_id = $1 and revision = 1) as dossiers,
        (select count(*) from start_requests where case_id = $1 and started_at is not null) as starts,
        (select recorded_at from start_requests where case_id = $1) as "recordedAt"`,
      [caseId],
    ),
    workflows === 0 ? undefined : ask(),
  ]);
  return {
    row,
    steps,
    entries: ledger.map(({ entry }) => entry),
    inbox: new Map(inbox.rows.map(({ messageId, outcome }) => [messageId, outcome ?? undefined])),
    writtenAt: Math.max(
      ...inbox.rows.map(({ settledAt }) => settledAt ?? 0),
      ...companions.rows.map(({ recordedAt }) => recordedAt ?? 0),
    ),
    words: new Map([...bodies].map(([messageId, body]) => [messageId, Words.parse(body)])),
    chain,
    companions: companions.rows.flatMap(({ dossiers, starts }) => [dossiers, starts]),
    workflows,
    state,
  };
};

const countWorkflows = async ({ temporal }: Installation, caseIds: string[]): Promise<Map<string, number>> => {
  let counts = new Map<string, number>();
  const countListed = async () => {
    counts = new Map();
    for await (const { workflowId } of temporal.workflow.list()) {
      const caseId = workflowId.replace(/^case:/, '');
      counts.set(caseId, (counts.get(caseId) ?? 0) + 1);
    }
    return caseIds.every((caseId) => counts.has(caseId));
  };
  // An execution that is not listed by then is a finding, not an error of the checker.
  await until('every workflow is listed', LISTED_WITHIN_MS, countListed).catch(() => undefined);
  return counts;
};

const effectsOf = (entries: readonly Entry[], caseIds: ReadonlySet<string>): CaseEffect[] =>
  entries.flatMap((entry) => {
    const key = parseRequestId(entry.requestId);
    return key && caseIds.has(key.caseId) ? [{ ...entry, caseId: key.caseId, stepId: key.stepId }] : [];
  });
