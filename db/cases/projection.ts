import type { LedgerEntry } from '../../domain/case/ledger.ts';
import type { DueColumns, NoticeColumns, ProjectionRows, StepColumns } from '../../domain/projection/rows.ts';
import { calendarOrdinal } from '../registry/calendars.ts';
import { entryHash } from './ledger-chain.ts';
import { databaseError, type Db } from '../sql/pool.ts';
import { instants, onlyRow } from '../sql/rows.ts';

export interface LedgerHead {
  seq: number;
  /** Hex. */
  hash: string;
}

/**
 * Writes the changes of a case since it was last written: entries, steps, notices, dues and the row
 * of the case, in one statement and one round trip. Entries that are in the ledger already are
 * skipped. Several writers of one case can therefore write twice, at once and in any order: each
 * has all entries since one that is known to be there, and the ledger ends with the longest.
 * Returns the head after these entries. The run of the workflow becomes the one that may write; it
 * must be that already, continue it, or be the first. No retry fixes these errors:
 * `RUN_REPLACED`: another run may write. `LEDGER_CONFLICT`: the ledger contains something else.
 * `LEDGER_SHORT`: it ends before `prevSeq`.
 */
export const writeProjection = async (db: Db, rows: ProjectionRows): Promise<LedgerHead> => {
  const { caseId, entries, prevSeq, prevHash } = rows;
  if (entries.length === 0) throw new Error(`no entries to record in case ${caseId}`);
  const chained = chainEntries(rows);
  const head = { seq: prevSeq + entries.length, hash: chained.at(-1)?.hash ?? prevHash };
  const values = valuesOf(rows, chained);
  for (;;) {
    const { rowCount } = await db.query({ name: 'write-projection', text: WRITE, values });
    if (rowCount === 1 || (await isRecorded(db, rows, chained))) return head;
    // Another writer was faster with the first of these entries; the rest is written next time. The
    // ledger has grown, so this ends.
  }
};

/**
 * Whether the ledger has all these entries; false: it ends among them. Each hash covers all entries
 * before it, so one comparison is enough. A run that was replaced may come late with entries that
 * its successor has written.
 */
const isRecorded = async (
  db: Db,
  { caseId, prevSeq, prevHash, runs }: ProjectionRows,
  chained: readonly ChainedEntry[],
): Promise<boolean> => {
  const seq = prevSeq + chained.length;
  const found = await db.query<{ seq: number; hash: string; runId: string | null }>(
    `select seq, encode(ledger.hash, 'hex') as hash, run_id as "runId"
    from cases join ledger on case_id = cases.id and seq = least(ledger_seq, $2) where cases.id = $1`,
    [caseId, seq],
  );
  const last = onlyRow(found.rows);
  const hashes = [prevHash, ...chained.map(({ hash }) => hash)];
  const isChained = last.hash === hashes[last.seq - prevSeq];
  if (isChained && last.seq === seq) return true;
  if (last.runId !== null && !runs.includes(last.runId)) {
    throw databaseError('RUN_REPLACED', `case ${caseId} continues in another run`);
  }
  if (isChained) return false;
  if (last.seq < prevSeq) throw databaseError('LEDGER_SHORT', `the ledger of case ${caseId} lacks entry ${prevSeq}`);
  throw databaseError('LEDGER_CONFLICT', `the ledger of case ${caseId} has other entries after entry ${prevSeq}`);
};

interface ChainedEntry {
  seq: number;
  at: Date;
  kind: string;
  stepId: string | null;
  /** Exactly as hashed. */
  text: string;
  /** Hex. */
  hash: string;
}

const chainEntries = ({ prevSeq, prevHash, entries }: ProjectionRows): ChainedEntry[] => {
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

/** The step of an entry, for the column of the ledger. */
const stepIdOf = (entry: LedgerEntry): string | null => ('stepId' in entry ? entry.stepId : null);

/** The parameters of the statement: JSON, one for each table, with its columns by name. */
const valuesOf = (rows: ProjectionRows, chained: readonly ChainedEntry[]): string[] => {
  const { caseId, prevSeq, prevHash, runs, steps, notices, dues } = rows;
  const hashes = [prevHash, ...chained.map(({ hash }) => hash)].map(toBytes);
  const calendar = calendarOrdinal(rows.case.calendar);
  return [
    { ...rows.case, ...instants(rows.case, CASE_INSTANTS), id: caseId, prevSeq, hashes, runs, calendar },
    chained.map((entry) => ({ ...entry, hash: toBytes(entry.hash) })),
    steps.map((step) => ({ ...step, ...instants(step, STEP_INSTANTS) })),
    notices.map((notice) => ({ ...notice, ...instants(notice, NOTICE_INSTANTS) })),
    dues.map((due) => ({ ...due, ...instants(due, DUE_INSTANTS) })),
  ].map((value) => JSON.stringify(value));
};

/** Bytes in the input format of Postgres. */
const toBytes = (hex: string): string => `\\x${hex}`;

const CASE_INSTANTS = ['acceptedAt', 'yellowAt', 'promisedAt', 'statutoryAt', 'pausedAt', 'endedAt'] as const;
const STEP_INSTANTS = [
  ...(['changedAt', 'sentAt', 'parkedAt', 'pausedAt', 'startedAt', 'yellowAt', 'promisedAt', 'statutoryAt'] as const),
  ...(['endedAt', 'enquireAt', 'watchAt'] as const),
] satisfies (keyof StepColumns)[];
const NOTICE_INSTANTS = ['since', 'notifiedAt', 'dueAt'] as const satisfies (keyof NoticeColumns)[];
const DUE_INSTANTS = ['since', 'dueAt'] as const satisfies (keyof DueColumns)[];

/**
 * The row of a step also has columns that do not come from its case. Failed attempts, enquiries and
 * a release last as long as their round, a claim as long as its round and its officer, the
 * deadlines of an end as long as that end. `domain/projection/steps.ts` decides whether one of them
 * ends earlier. Right sides see the row before the update.
 */
const SAME_ROUND = 'new.round = steps.round';
const SAME_ATTEMPTS = 'new.round = steps.attempt_round';
const SAME_CLAIM = `new."keepsClaim" and ${SAME_ROUND} and new.officer is not distinct from steps.officer`;
const keepDeadline = (column: string, given: string): string =>
  `${column} = case when new."endedAt" = steps.ended_at then steps.${column}
        else coalesce(new."${given}", steps.${column}) end`;

const WRITE = `
  with given as (
    select *, "prevSeq" + cardinality(hashes) - 1 as seq, hashes[cardinality(hashes)] as hash
    from json_to_record($1) as (id uuid, "prevSeq" integer, hashes bytea[], runs text[], status text, closing text,
      "pausedAt" timestamptz, gaps text[], "acceptedAt" timestamptz, "yellowAt" timestamptz, "promisedAt" timestamptz,
      "statutoryAt" timestamptz, provisional boolean, "statutoryProvisional" boolean, ended boolean,
      "endedAt" timestamptz, calendar integer,
      "recomputedSeq" integer)
  ), before as (
    select cases.ledger_seq as seq, cases.ledger_hash as hash from given join cases using (id)
  ), head as (
    update cases set ledger_seq = given.seq, ledger_hash = given.hash, run_id = given.runs[cardinality(given.runs)],
      status = given.status, closing = given.closing,
      paused_at = given."pausedAt", gaps = given.gaps,
      accepted_at = coalesce(given."acceptedAt", cases.accepted_at),
      yellow_at = coalesce(given."yellowAt", cases.yellow_at),
      promised_at = coalesce(given."promisedAt", cases.promised_at),
      statutory_at = coalesce(given."statutoryAt", cases.statutory_at),
      provisional = coalesce(given.provisional, cases.provisional),
      statutory_provisional = coalesce(given."statutoryProvisional", cases.statutory_provisional),
      ended_at = case when given.ended then coalesce(given."endedAt", cases.ended_at) end,
      calendar = case when given."recomputedSeq" > before.seq then given.calendar
        else least(cases.calendar, given.calendar) end
    from given, before
    -- Compares with the snapshot, because changes of another writer would not be visible below.
    where cases.id = given.id and cases.ledger_seq = before.seq
      and before.seq >= given."prevSeq" and before.seq < given.seq
      and before.hash = given.hashes[before.seq - given."prevSeq" + 1]
      -- The row as it is now: a run that was replaced meanwhile writes nothing.
      and (cases.run_id is null or cases.run_id = any (given.runs))
    returning cases.id, given.seq, before.seq as before
  ), new_entries as (
    insert into ledger (case_id, seq, at, kind, step_id, entry, hash)
    select head.id, new.seq, at, kind, "stepId", text::json, hash
    from head, json_to_recordset($2) as new (seq integer, at timestamptz, kind text, "stepId" text, text text,
      hash bytea)
    where new.seq > head.before
  ), changed_steps as (
    update steps set agency = new.agency, status = new.status, round = new.round, undo = new.undo,
      decision = new.decision, message_id = new."messageId", attention = new.attention, because = new.because,
      notice_id = new."noticeId", suspension = new.suspension, results = new.results,
      parked_at = new."parkedAt", officer = new.officer,
      sent_at = new."sentAt", clock = new.clock, extension_days = new."extensionDays", paused_at = new."pausedAt",
      watch_at = new."watchAt", held_minutes = new."heldMinutes", worked_minutes = new."workedMinutes",
      supplemented = new.supplemented,
      changed_at = coalesce(new."changedAt", steps.changed_at),
      started_at = coalesce(new."startedAt", steps.started_at),
      ${keepDeadline('yellow_at', 'yellowAt')},
      ${keepDeadline('promised_at', 'promisedAt')},
      ${keepDeadline('statutory_at', 'statutoryAt')},
      ${keepDeadline('provisional', 'provisional')},
      ${keepDeadline('statutory_provisional', 'statutoryProvisional')},
      ended_at = case when new.ended then coalesce(new."endedAt", steps.ended_at) end,
      attempts = case when ${SAME_ATTEMPTS} then steps.attempts else 0 end,
      last_error = case when ${SAME_ATTEMPTS} then steps.last_error end,
      last_error_at = case when ${SAME_ATTEMPTS} then steps.last_error_at end,
      next_attempt_at = case when ${SAME_ATTEMPTS} and new."keepsAttempt" then steps.next_attempt_at end,
      released_parked_at = case when ${SAME_ROUND} then steps.released_parked_at end,
      enquiries = case when ${SAME_ROUND} then steps.enquiries else 0 end,
      -- In the same round the first instant stays, until an enquiry sets the next.
      enquire_at = case when ${SAME_ROUND} and new."enquireAt" is not null
        then coalesce(steps.enquire_at, new."enquireAt") else new."enquireAt" end,
      claimed_by = case when ${SAME_CLAIM} then steps.claimed_by end,
      claimed_until = case when ${SAME_CLAIM} then steps.claimed_until end
    from head, json_to_recordset($3) as new (id text, seq integer, "changedAt" timestamptz, agency text, status text,
      round integer, undo boolean, "parkedAt" timestamptz, "sentAt" timestamptz, officer text, decision text,
      "messageId" text, attention text, because text, "noticeId" text, suspension jsonb, results jsonb, clock jsonb,
      "extensionDays" integer, "pausedAt" timestamptz, "startedAt" timestamptz, "yellowAt" timestamptz,
      "promisedAt" timestamptz, "statutoryAt" timestamptz, provisional boolean, "statutoryProvisional" boolean,
      ended boolean, "endedAt" timestamptz,
      "enquireAt" timestamptz, "watchAt" timestamptz, "heldMinutes" real, "workedMinutes" real, supplemented boolean,
      "keepsAttempt" boolean, "keepsClaim" boolean)
    where steps.case_id = head.id and steps.id = new.id and new.seq > head.before
  ), new_notices as (
    insert into notices (case_id, id, status, since, notified_at, due_at, items)
    select head.id, new.id, new.status, new.since, "notifiedAt", "dueAt", new.items
    from head, json_to_recordset($4) as new (id text, seq integer, status text, since timestamptz,
      "notifiedAt" timestamptz, "dueAt" timestamptz, items jsonb)
    where new.seq > head.before
    on conflict (case_id, id) do update set status = excluded.status, notified_at = excluded.notified_at,
      due_at = excluded.due_at, items = excluded.items
  ), over as (
    delete from dues using head where dues.case_id = head.id
      and dues.key not in (select new.key from json_to_recordset($5) as new (key text))
  ), new_dues as (
    insert into dues (case_id, key, kind, step_id, since, due_at, provisional)
    select head.id, new.key, kind, "stepId", since, "dueAt", new.provisional
    from head, json_to_recordset($5) as new (key text, kind text, "stepId" text, since timestamptz,
      "dueAt" timestamptz, provisional boolean)
    on conflict (case_id, key) do update set due_at = excluded.due_at, provisional = excluded.provisional
  )
  select pg_notify('case_changed', head.id || ':' || head.seq) from head`;
