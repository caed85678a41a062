import type { EntryOf, LedgerEntry } from '../matters/engine/ledger.ts';
import type { StepClock } from '../matters/engine/clock.ts';
import type { DueKind } from '../matters/engine/dues.ts';
import type { AttentionCode, DecisionKind, Outcome } from '../matters/engine/messages.ts';
import type { Notice, StepState } from '../matters/engine/state.ts';
import type { CaseStatus, Closing, StepStatus } from '../matters/engine/status.ts';
import { isStepEnd } from '../matters/engine/status.ts';
import { entryHash } from './ledger-chain.ts';
import { databaseError, type Db } from './pool.ts';
import { instant, only } from './rows.ts';

/**
 * A step as it is now. What the engine's state holds is written as given: absent is null. Deadlines stay as they were when absent:
 * a step without a clock never had any.
 */
export interface StepChange {
  id: string;
  /** The last entry that may have changed it: where the ledger has that one, the step is written already. */
  seq: number;
  /** The last entry in which something happened to it, where that is another one; before all of these: only its deadlines are other ones. */
  happenedSeq?: number;
  agency: string;
  status: StepStatus;
  round: number;
  undo: boolean;
  /** Since when it waits for the outage of its agency to end. */
  parkedAt?: number;
  sentAt?: number;
  officer?: string;
  decision?: DecisionKind;
  messageId?: string;
  attention?: AttentionCode;
  because?: string;
  noticeId?: string;
  suspension?: StepState['suspension'];
  clock?: StepClock;
  pausedAt?: number;
  startedAt?: number;
  yellowAt?: number;
  promisedAt?: number;
  statutoryAt?: number;
  provisional?: boolean;
  endedAt?: number;
  /** When a silent agency is asked first; null: never; absent: as it was. Only an accepted step has one. */
  enquireAt?: number | null;
  /** When the watcher looks at it. */
  watchAt?: number;
  /** Once it has ended: how long its agency held it, and whether it asked for a supplement. */
  heldMinutes?: number;
  workedMinutes?: number;
  supplemented?: boolean;
}

export interface NoticeChange extends Pick<Notice, 'status' | 'items' | 'since' | 'notifiedAt'> {
  id: string;
  /** As of a step. */
  seq: number;
  dueAt?: number;
}

/** An instant that the case waits for. */
export interface DueChange {
  key: string;
  kind: DueKind;
  stepId?: string;
  since: number;
  dueAt: number;
  provisional: boolean;
}

/** What a case did since it was last recorded. Clock fields that are absent stay as they were. */
export interface Progress {
  caseId: string;
  /** The entry and hash (hex) after which these come. */
  prevSeq: number;
  prevHash: string;
  entries: readonly LedgerEntry[];
  status: CaseStatus;
  closing?: Closing;
  pausedAt?: number;
  /** Materials that were pledged and have not come in. */
  gaps: readonly string[];
  acceptedAt?: number;
  yellowAt?: number;
  promisedAt?: number;
  statutoryAt?: number;
  provisional?: boolean;
  endedAt?: number;
  /** The calendar by which deadlines were computed, as its ordinal. */
  calendar: number;
  steps: readonly StepChange[];
  /** Those that changed. */
  notices: readonly NoticeChange[];
  /** All of them: what is not among them is not due any more. */
  dues: readonly DueChange[];
}

export interface LedgerHead {
  seq: number;
  /** Hex. */
  hash: string;
}

/**
 * Records progress: entries, steps, notices, dues and the case's own row in one statement, so all or nothing and one round trip.
 * Whatever of it is in the ledger already is passed over, so writers of one case may come twice, at once and in any order: each holds
 * all entries since one that is known to be there, and the ledger ends with the longest. Gives the head after these entries. Throws
 * `LEDGER_CONFLICT` where the ledger holds something else or ends before `prevSeq`: no retry mends it.
 */
export const recordProgress = async (db: Db, progress: Progress): Promise<LedgerHead> => {
  const { caseId, entries } = progress;
  if (entries.length === 0) throw new Error(`no entries to record in case ${caseId}`);
  const rows = chain(progress);
  const seq = progress.prevSeq + entries.length;
  const hash = rows.at(-1)?.hash ?? progress.prevHash;
  const values = parameters(progress, { seq, hash }, rows);
  for (;;) {
    const { rowCount } = await db.query({ name: 'record-progress', text: RECORD, values });
    if (rowCount === 1 || (await isRecorded(db, progress, rows))) return { seq, hash };
    // Another writer was faster with the first of these entries; the rest is written next time. The ledger has grown, so this ends.
  }
};

/** Whether the ledger has all these entries; false: it ends among them. Each hash is over all before it: one says it of all. */
const isRecorded = async (db: Db, { caseId, prevSeq, prevHash }: Progress, rows: EntryRow[]): Promise<boolean> => {
  const seq = prevSeq + rows.length;
  const found = await db.query<{ seq: number; hash: string }>(
    `select seq, encode(ledger.hash, 'hex') as hash from cases join ledger on case_id = cases.id and seq = least(ledger_seq, $2)
    where cases.id = $1`,
    [caseId, seq],
  );
  const last = only(found.rows);
  const hashes = [prevHash, ...rows.map(({ hash }) => hash)];
  if (last.hash === hashes[last.seq - prevSeq]) return last.seq === seq;
  throw databaseError('LEDGER_CONFLICT', `the ledger of case ${caseId} has other entries after entry ${prevSeq}`);
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
  with before as (
    select ledger_seq as seq, ledger_hash as hash from cases where id = $1
  ), head as (
    update cases set ledger_seq = $4, ledger_hash = $5, status = $6, closing = $7, accepted_at = coalesce($8, accepted_at),
      yellow_at = coalesce($9, yellow_at), promised_at = coalesce($10, promised_at), statutory_at = coalesce($11, statutory_at),
      provisional = coalesce($12, provisional), paused_at = $18, gaps = $19,
      -- one step by an older calendar than the others: all are to be looked at again
      calendar = case when $21::integer > before.seq then $20 else least(calendar, $20) end,
      -- a case that is taken up again has not ended any more
      ended_at = case when $6 in ('submitted', 'accepted') then null else coalesce($13, ended_at) end
    from before
    -- the same as in the snapshot: with another writer at work, dues and steps of his would not be seen below
    where id = $1 and ledger_seq = before.seq
      and before.seq >= $2 and before.seq < $4 and before.hash = ($3::bytea[])[before.seq - $2 + 1]
    returning id, before.seq as before
  ), new_entries as (
    insert into ledger (case_id, seq, at, kind, step_id, entry, hash)
    select head.id, seq, at, kind, "stepId", text::json, decode(hash, 'hex')
    from head, json_to_recordset($14) as entry (seq integer, at timestamptz, kind text, "stepId" text, text text, hash text)
    where seq > head.before
  ), changed_steps as (
    -- right sides see the row as it was: leaving a status or a round clears what belonged to it
    update steps set agency = new.agency, status = new.status, round = new.round, undo = new.undo, decision = new.decision,
      message_id = new."messageId", attention = new.attention, because = new.because, notice_id = new."noticeId",
      suspension = new.suspension, parked_at = new."parkedAt", officer = new.officer, sent_at = new."sentAt",
      clock = new.clock, paused_at = new."pausedAt", extension_days = (new.clock ->> 'extensionDays')::integer,
      started_at = coalesce(new."startedAt", steps.started_at),
      -- what has ended keeps the deadlines that it ended by, whatever calendar comes later
      yellow_at = case when new."endedAt" = steps.ended_at then steps.yellow_at else coalesce(new."yellowAt", steps.yellow_at) end,
      promised_at = case when new."endedAt" = steps.ended_at then steps.promised_at
        else coalesce(new."promisedAt", steps.promised_at) end,
      statutory_at = case when new."endedAt" = steps.ended_at then steps.statutory_at
        else coalesce(new."statutoryAt", steps.statutory_at) end,
      provisional = case when new."endedAt" = steps.ended_at then steps.provisional
        else coalesce(new.provisional, steps.provisional) end,
      ended_at = case when new.ended then coalesce(new."endedAt", new."changedAt", steps.ended_at) end,
      changed_at = coalesce(new."changedAt", steps.changed_at),
      attempts = case when new.round = steps.attempt_round then steps.attempts else 0 end,
      last_error = case when new.round = steps.attempt_round then steps.last_error end,
      last_error_at = case when new.round = steps.attempt_round then steps.last_error_at end,
      next_attempt_at = case when new.round = steps.attempt_round and new.status in ('submitted', 'undoing') and new."parkedAt" is null
        then steps.next_attempt_at end,
      released_parked_at = case when new.round = steps.round then steps.released_parked_at end,
      -- in the same round the first time stands, and then what each enquiry has set
      enquire_at = case when new.status = 'accepted'
        then case when not new.enquire then steps.enquire_at when new."enquireAt" is not null and new.round = steps.round
          then coalesce(steps.enquire_at, new."enquireAt") else new."enquireAt" end end,
      enquiries = case when new.round = steps.round then steps.enquiries else 0 end,
      watch_at = new."watchAt", held_minutes = new."heldMinutes", worked_minutes = new."workedMinutes", supplemented = new.supplemented,
      -- nor has anybody a task that was given to another
      claimed_by = case when new.round = steps.round and new.status = 'accepted' and new.officer is not distinct from steps.officer
        then steps.claimed_by end,
      claimed_until = case when new.round = steps.round and new.status = 'accepted' and new.officer is not distinct from steps.officer
        then steps.claimed_until end
    from head, json_to_recordset($15) as new (id text, seq integer, "changedAt" timestamptz, agency text, status text, round integer,
      undo boolean, decision text, "messageId" text, attention text, because text, "noticeId" text, suspension jsonb,
      "parkedAt" timestamptz, officer text, "sentAt" timestamptz, clock jsonb,
      "pausedAt" timestamptz, "startedAt" timestamptz, "yellowAt" timestamptz, "promisedAt" timestamptz,
      "statutoryAt" timestamptz, provisional boolean, "endedAt" timestamptz, ended boolean, "enquireAt" timestamptz, enquire boolean,
      "watchAt" timestamptz, "heldMinutes" real, "workedMinutes" real, supplemented boolean)
    where steps.case_id = head.id and steps.id = new.id and new.seq > head.before
  ), new_notices as (
    insert into notices (case_id, id, status, since, notified_at, due_at, items)
    select head.id, new.id, new.status, new.since, "notifiedAt", "dueAt", new.items
    from head, json_to_recordset($16) as new (id text, seq integer, status text, since timestamptz, "notifiedAt" timestamptz,
      "dueAt" timestamptz, items jsonb)
    where new.seq > head.before
    on conflict (case_id, id) do update set status = excluded.status, notified_at = excluded.notified_at, due_at = excluded.due_at,
      items = excluded.items
  ), over as (
    delete from dues using head where dues.case_id = head.id
      and dues.key not in (select new.key from json_to_recordset($17) as new (key text))
  ), new_dues as (
    insert into dues (case_id, key, kind, step_id, since, due_at, provisional)
    select head.id, new.key, kind, "stepId", since, "dueAt", new.provisional
    from head, json_to_recordset($17) as new (key text, kind text, "stepId" text, since timestamptz, "dueAt" timestamptz,
      provisional boolean)
    on conflict (case_id, key) do update set due_at = excluded.due_at, provisional = excluded.provisional
  )
  select pg_notify('case_changed', head.id || ':' || $4::integer) from head`;

const parameters = (progress: Progress, head: LedgerHead, rows: readonly EntryRow[]): unknown[] => {
  return [
    progress.caseId,
    progress.prevSeq,
    [progress.prevHash, ...rows.map(({ hash }) => hash)].map((hash) => Buffer.from(hash, 'hex')),
    head.seq,
    Buffer.from(head.hash, 'hex'),
    progress.status,
    progress.closing ?? null,
    instant(progress.acceptedAt),
    instant(progress.yellowAt),
    instant(progress.promisedAt),
    instant(progress.statutoryAt),
    progress.provisional ?? null,
    instant(progress.endedAt),
    JSON.stringify(rows),
    JSON.stringify(
      progress.steps.map((step) => stepColumns(step, rows[(step.happenedSeq ?? step.seq) - progress.prevSeq - 1]?.at)),
    ),
    JSON.stringify(progress.notices.map(noticeColumns)),
    JSON.stringify(progress.dues.map(dueColumns)),
    instant(progress.pausedAt),
    progress.gaps,
    progress.calendar,
    // With this entry all deadlines are computed anew.
    rows.findLast(({ kind }) => kind === 'calendar-changed')?.seq ?? null,
  ];
};

const stepColumns = (step: StepChange, changedAt: Date | undefined) => ({
  ...step,
  changedAt,
  sentAt: instant(step.sentAt),
  parkedAt: instant(step.parkedAt),
  pausedAt: instant(step.pausedAt),
  startedAt: instant(step.startedAt),
  yellowAt: instant(step.yellowAt),
  promisedAt: instant(step.promisedAt),
  statutoryAt: instant(step.statutoryAt),
  endedAt: instant(step.endedAt),
  ended: isStepEnd(step.status),
  enquireAt: instant(step.enquireAt ?? undefined),
  enquire: step.enquireAt !== undefined,
  watchAt: instant(step.watchAt),
});

const noticeColumns = (notice: NoticeChange) => ({
  ...notice,
  since: instant(notice.since),
  notifiedAt: instant(notice.notifiedAt),
  dueAt: instant(notice.dueAt),
});

const dueColumns = (due: DueChange) => ({ ...due, since: instant(due.since), dueAt: instant(due.dueAt) });

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

/** The entry that began the closing of a case, if it is or was being closed; the last one where it was taken up between. */
export const findClosing = async (db: Db, caseId: string): Promise<EntryOf<'case-closing'> | undefined> => {
  const { rows } = await db.query<{ entry: EntryOf<'case-closing'> }>(
    `select entry from ledger where case_id = $1 and entry ->> 'kind' = 'case-closing' order by seq desc limit 1`,
    [caseId],
  );
  return rows[0]?.entry;
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
