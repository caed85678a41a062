import type { LedgerEntry } from '../matters/engine/ledger.ts';
import type { AttentionCode, DecisionKind, Outcome } from '../matters/engine/messages.ts';
import type { CaseStatus, StepStatus } from '../matters/engine/status.ts';
import { isStepEnd } from '../matters/engine/status.ts';
import { entryHash } from './ledger-chain.ts';
import { databaseError, type Db } from './pool.ts';
import { instant } from './rows.ts';

/**
 * A step as it is now. What the engine's state holds (status to supplementId) is written as given: absent is null. What the
 * clocks hold (startedAt to provisional) stays as it was when absent; `endedAt` too, but a status that is no end clears it.
 */
export interface StepChange {
  id: string;
  status: StepStatus;
  round: number;
  undo: boolean;
  decision?: DecisionKind;
  messageId?: string;
  attention?: AttentionCode;
  because?: string;
  supplementId?: string;
  startedAt?: number;
  yellowAt?: number;
  promisedAt?: number;
  statutoryAt?: number;
  provisional?: boolean;
  endedAt?: number;
  /** When a silent agency is asked; null: never; absent: as it was. Only an accepted step has one. */
  enquireAt?: number | null;
}

/** What a case did since it was last recorded. Clock fields that are absent stay as they were. */
export interface Progress {
  caseId: string;
  /** The entry and hash (hex) after which these come. */
  prevSeq: number;
  prevHash: string;
  entries: readonly LedgerEntry[];
  status: CaseStatus;
  withdrawing: boolean;
  acceptedAt?: number;
  yellowAt?: number;
  promisedAt?: number;
  statutoryAt?: number;
  provisional?: boolean;
  endedAt?: number;
  steps: readonly StepChange[];
}

export interface LedgerHead {
  seq: number;
  /** Hex. */
  hash: string;
}

/**
 * Records progress: entries, steps, supplements and the case's own row in one statement, so all or nothing and one round trip.
 * Idempotent: the same progress again changes nothing and gives the same head. Throws `LEDGER_CONFLICT` when the ledger holds
 * something else after `prevSeq`: then two workflows drive one case, and no retry mends it.
 */
export const recordProgress = async (db: Db, progress: Progress): Promise<LedgerHead> => {
  const { caseId, prevSeq, entries } = progress;
  if (entries.length === 0) throw new Error(`no entries to record in case ${caseId}`);
  const rows = chain(progress);
  const seq = prevSeq + entries.length;
  const hash = rows.at(-1)?.hash ?? progress.prevHash;

  const { rowCount } = await db.query({
    name: 'record-progress',
    text: RECORD,
    values: parameters(progress, { seq, hash }, rows),
  });
  if (rowCount === 1) return { seq, hash };

  // Each hash is over all before it: the same last one means the same entries.
  const { rowCount: recorded } = await db.query('select from ledger where case_id = $1 and seq = $2 and hash = $3', [
    caseId,
    seq,
    Buffer.from(hash, 'hex'),
  ]);
  if (recorded === 1) return { seq, hash };
  throw databaseError('LEDGER_CONFLICT', `case ${caseId} went another way after entry ${prevSeq}`);
};

interface EntryRow {
  seq: number;
  at: Date;
  kind: string;
  stepId: string | null;
  /** Exactly as hashed. */
  text: string;
  hash: string;
}

const chain = ({ prevSeq, prevHash, entries }: Progress): EntryRow[] => {
  let before: Buffer = Buffer.from(prevHash, 'hex');
  return entries.map((entry, index) => {
    const text = JSON.stringify(entry);
    const seq = prevSeq + index + 1;
    before = entryHash(before, seq, text);
    return {
      seq,
      at: new Date(entry.at),
      kind: entry.kind,
      stepId: stepIdOf(entry),
      text,
      hash: before.toString('hex'),
    };
  });
};

/** The step that an entry is about, as the ledger's column has it. */
const stepIdOf = (entry: LedgerEntry): string | null => ('stepId' in entry ? entry.stepId : null);

const RECORD = `
  with head as (
    update cases set ledger_seq = $4, ledger_hash = $5, status = $6, withdrawing = $7, accepted_at = coalesce($8, accepted_at),
      yellow_at = coalesce($9, yellow_at), promised_at = coalesce($10, promised_at), statutory_at = coalesce($11, statutory_at),
      provisional = coalesce($12, provisional), ended_at = coalesce($13, ended_at)
    where id = $1 and ledger_seq = $2 and ledger_hash = $3
    returning id
  ), new_entries as (
    insert into ledger (case_id, seq, at, kind, step_id, entry, hash)
    select head.id, seq, at, kind, "stepId", text::json, decode(hash, 'hex')
    from head, json_to_recordset($14) as entry (seq integer, at timestamptz, kind text, "stepId" text, text text, hash text)
  ), changed_steps as (
    -- right sides see the row as it was: leaving a status or a round clears what belonged to it
    update steps set status = new.status, round = new.round, undo = new.undo, decision = new.decision, message_id = new."messageId",
      attention = new.attention, because = new.because, supplement_id = new."supplementId",
      started_at = coalesce(new."startedAt", steps.started_at), yellow_at = coalesce(new."yellowAt", steps.yellow_at),
      promised_at = coalesce(new."promisedAt", steps.promised_at), statutory_at = coalesce(new."statutoryAt", steps.statutory_at),
      provisional = coalesce(new.provisional, steps.provisional),
      ended_at = case when new.ended then coalesce(new."endedAt", steps.ended_at) end,
      changed_at = $18,
      attempts = case when new.round = steps.attempt_round then steps.attempts else 0 end,
      last_error = case when new.round = steps.attempt_round then steps.last_error end,
      last_error_at = case when new.round = steps.attempt_round then steps.last_error_at end,
      next_attempt_at = case when new.round = steps.attempt_round and new.status in ('submitted', 'undoing') then steps.next_attempt_at end,
      enquire_at = case when new.status = 'accepted' then case when new.enquire then new."enquireAt" else steps.enquire_at end end,
      enquiries = case when new.round = steps.round then steps.enquiries else 0 end,
      claimed_by = case when new.round = steps.round and new.status = 'accepted' then steps.claimed_by end,
      claimed_until = case when new.round = steps.round and new.status = 'accepted' then steps.claimed_until end
    from head, json_to_recordset($15) as new (id text, status text, round integer, undo boolean, decision text, "messageId" text,
      attention text, because text, "supplementId" text, "startedAt" timestamptz, "yellowAt" timestamptz, "promisedAt" timestamptz,
      "statutoryAt" timestamptz, provisional boolean, "endedAt" timestamptz, ended boolean, "enquireAt" timestamptz, enquire boolean)
    where steps.case_id = head.id and steps.id = new.id
  ), wanted_supplements as (
    insert into supplements (case_id, id, step_id, round, message_id, wanted_at, answered_at)
    select head.id, new.id, "stepId", round, "messageId", "wantedAt", "answeredAt"
    from head, json_to_recordset($16) as new (id text, "stepId" text, round integer, "messageId" text, "wantedAt" timestamptz,
      "answeredAt" timestamptz)
  ), answered_supplements as (
    update supplements set answered_at = new."answeredAt"
    from head, json_to_recordset($17) as new (id text, "answeredAt" timestamptz)
    where supplements.case_id = head.id and supplements.id = new.id
  )
  select pg_notify('case_changed', head.id || ':' || $4::integer) from head`;

const parameters = (progress: Progress, head: LedgerHead, rows: readonly EntryRow[]): unknown[] => {
  const { wanted, answered } = supplements(progress.entries);
  return [
    progress.caseId,
    progress.prevSeq,
    Buffer.from(progress.prevHash, 'hex'),
    head.seq,
    Buffer.from(head.hash, 'hex'),
    progress.status,
    progress.withdrawing,
    instant(progress.acceptedAt),
    instant(progress.yellowAt),
    instant(progress.promisedAt),
    instant(progress.statutoryAt),
    progress.provisional ?? null,
    instant(progress.endedAt),
    JSON.stringify(rows),
    JSON.stringify(progress.steps.map(stepColumns)),
    JSON.stringify(wanted),
    JSON.stringify(answered),
    rows.at(-1)?.at,
  ];
};

const stepColumns = (step: StepChange) => ({
  ...step,
  startedAt: instant(step.startedAt),
  yellowAt: instant(step.yellowAt),
  promisedAt: instant(step.promisedAt),
  statutoryAt: instant(step.statutoryAt),
  endedAt: instant(step.endedAt),
  ended: isStepEnd(step.status),
  enquireAt: instant(step.enquireAt ?? undefined),
  enquire: step.enquireAt !== undefined,
});

interface WantedSupplement {
  id: string;
  stepId: string;
  round: number;
  messageId: string;
  wantedAt: Date;
  answeredAt?: Date;
}

/** The entries' supplements. One that is wanted and answered in the same progress is one new row. */
const supplements = (entries: readonly LedgerEntry[]) => {
  const wanted = new Map<string, WantedSupplement>();
  const answered: { id: string; answeredAt: Date }[] = [];
  for (const entry of entries) {
    if (entry.kind === 'supplement-wanted') {
      const { supplementId: id, stepId, round, messageId } = entry;
      wanted.set(id, { id, stepId, round, messageId, wantedAt: new Date(entry.at) });
    }
    if (entry.kind === 'supplement-answered') {
      const answeredAt = new Date(entry.at);
      const asked = wanted.get(entry.supplementId);
      if (asked) asked.answeredAt = answeredAt;
      else answered.push({ id: entry.supplementId, answeredAt });
    }
  }
  return { wanted: [...wanted.values()], answered };
};

export interface LedgerRow {
  seq: number;
  at: number;
  entry: LedgerEntry;
  /** Hex. */
  hash: string;
}

/** The entries of a case after `afterSeq`, oldest first, at most `limit`. */
export const readLedger = async (db: Db, caseId: string, afterSeq: number, limit: number): Promise<LedgerRow[]> => {
  const { rows } = await db.query<LedgerRow>({
    name: 'read-ledger',
    text: `select seq, at, entry, encode(hash, 'hex') as hash from ledger where case_id = $1 and seq > $2 order by seq limit $3`,
    values: [caseId, afterSeq, limit],
  });
  return rows;
};

/**
 * What the ledger says became of a message: for a case that has ended and can no longer be asked. Undefined: it is not in the
 * ledger, so it never was applied.
 */
export const findLedgerOutcome = async (db: Db, caseId: string, messageId: string): Promise<Outcome | undefined> => {
  const { rows } = await db.query<{ entry: LedgerEntry }>(
    `select entry from ledger where case_id = $1 and entry ->> 'messageId' = $2 order by seq limit 1`,
    [caseId, messageId],
  );
  const entry = rows[0]?.entry;
  if (!entry) return undefined;
  return entry.kind === 'message-refused' ? { kind: 'refused', code: entry.code } : { kind: 'applied' };
};
