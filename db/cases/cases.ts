import { randomInt, timingSafeEqual } from 'node:crypto';
import { firstRecord } from '../../domain/case/first-entry.ts';
import type { Actor } from '../../domain/case/messages.ts';
import type { DuplicateRule } from '../../domain/form/duplicates.ts';
import type { Plan } from '../../domain/case/plan.ts';
import type { ConfirmedWarning } from '../../domain/form/confirmations.ts';
import { comparable } from '../../domain/form/normalise.ts';
import type { HandedInMaterial } from '../../domain/form/papers.ts';
import type { CaseStatus, Closing } from '../../domain/case/status.ts';
import { findFirstLook } from '../../domain/waiting/first-look.ts';
import { takeCaseNo } from './case-numbers.ts';
import { saveConfirmations } from './confirmations.ts';
import { dossierContext, countHandedIn } from './dossiers.ts';
import { hashKeys, saveOverride, type FoundDuplicate } from './duplicates.ts';
import { entryHash, genesisHash } from './ledger-chain.ts';
import type { Sealer } from '../sql/sealing.ts';
import { databaseError, type Db } from '../sql/pool.ts';
import { toInstant, dropNulls } from '../sql/rows.ts';

type Channel = 'window' | 'online' | 'kiosk';

/**
 * A search key of a case besides its number: an exact value, of which only the keyed hash is kept.
 */
export interface CaseKey {
  kind: 'id-no' | 'name';
  value: string;
}

export interface NewCase {
  /** UUIDv7. */
  caseId: string;
  matter: string;
  version: number;
  region: string;
  channel: Channel;
  plan: Plan;
  /** The division that decides each step, where it is not `region`. */
  divisions?: ReadonlyMap<string, string>;
  form: unknown;
  /** The warnings about the form that a person confirmed. */
  confirmed?: readonly ConfirmedWarning[];
  materials: readonly HandedInMaterial[];
  by: Actor;
  at: number;
  keys: readonly CaseKey[];
  /** The keys with which later cases are compared. */
  duplicates: readonly DuplicateRule[];
  /** It is accepted for a reason although these duplicates were found (`findDuplicates`). */
  override?: { found: FoundDuplicate[]; reason: string };
}

export interface AcceptedCase {
  caseId: string;
  caseNo: string;
  /** The ten digits that open the public page, in clear for the only time. */
  queryCode: string;
}

/** Too many for guessing from many networks (`createWrongCodeLimit`). */
export const QUERY_CODE_DIGITS = 10;

/**
 * Accepts a case: case, dossier, steps, search keys, first ledger entry and start request, all or
 * nothing. `client` must be inside a transaction; the case is accepted when it commits.
 */
export const acceptCase = async (client: Db, cipher: Sealer, accepted: NewCase): Promise<AcceptedCase> => {
  const { caseId, plan, at, override, confirmed = [] } = accepted;
  const queryCode = String(randomInt(10 ** QUERY_CODE_DIGITS)).padStart(QUERY_CODE_DIGITS, '0');
  const overrides = (override?.found ?? []).map(({ rule }) => rule);
  const { entry, gaps, ...first } = firstRecord(plan, { at, by: accepted.by, overrides, confirmed });
  const entryText = JSON.stringify(entry);
  const content = cipher.seal({ form: accepted.form, materials: accepted.materials }, dossierContext(caseId, 1));
  const look = findFirstLook(plan, at);
  const steps = first.steps.map((step) => ({
    ...step,
    division: accepted.divisions?.get(step.id) ?? accepted.region,
    watchAt: step.id === look?.stepId ? toInstant(look.at) : null,
  }));
  const keys = accepted.keys.map((key) => ({ kind: key.kind, hash: hashCaseKey(cipher, key).toString('hex') }));
  const submittedBy = `${accepted.by.role}:${accepted.by.id}`;

  const caseNo = await takeCaseNo(client, accepted.region, at);
  await client.query({
    name: 'accept-case',
    // One statement, so that the day's number is locked for one round trip only. Foreign keys are
    // checked at its end.
    text: `with new_case as (
        insert into cases (id, case_no, matter, version, region, channel, query_code_hash, plan, submitted_by, submitted_at,
          gaps, ledger_seq, ledger_hash)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $17, 1, $11)
      ), new_dossier as (
        insert into dossiers (case_id, revision, content, handed_in) values ($1, 1, $12, $19)
      ), new_keys as (
        insert into case_keys (case_id, kind, hash)
        select distinct $1::uuid, kind, decode(hash, 'hex') from json_to_recordset($13) as key (kind text, hash text)
      ), new_duplicate_keys as (
        insert into duplicate_keys (case_id, key, hash)
        select $1, key, decode(hash, 'hex') from json_to_recordset($18) as new (key text, hash text)
      ), new_steps as (
        insert into steps (case_id, id, definition, item, position, agency, division, kind, status, extension, watch_at)
        select $1, id, definition, item, position, agency, division, kind, status, extension, "watchAt" from json_to_recordset($14) as step (id text,
          definition text, item integer, position integer, agency text, division text, kind text, status text, extension integer, "watchAt" timestamptz)
      ), new_entry as (
        insert into ledger (case_id, seq, at, kind, entry, hash) values ($1, 1, $10, $15, $16, $11)
      ), new_start as (
        insert into start_requests (case_id) values ($1)
      )
      select pg_notify('start_requested', '')`,
    values: [
      caseId,
      caseNo,
      accepted.matter,
      accepted.version,
      accepted.region,
      accepted.channel,
      hashQueryCode(cipher, caseId, queryCode),
      JSON.stringify(plan),
      submittedBy,
      new Date(at),
      entryHash(genesisHash(caseId), 1, entryText),
      content,
      JSON.stringify(keys),
      JSON.stringify(steps),
      entry.kind,
      entryText,
      gaps,
      JSON.stringify(hashKeys(cipher, accepted.duplicates)),
      countHandedIn(accepted.materials),
    ],
  });
  await saveConfirmations(client, cipher, { caseId, revision: 1 }, { by: submittedBy, at, confirmed: [...confirmed] });
  if (override && override.found.length > 0) {
    await saveOverride(client, cipher, caseId, { by: submittedBy, at, ...override });
  }
  return { caseId, caseNo, queryCode };
};

/** Adds the search keys of a corrected form. */
export const addCaseKeys = async (
  client: Db,
  cipher: Sealer,
  caseId: string,
  keys: readonly CaseKey[],
): Promise<void> => {
  const hashed = keys.map((key) => ({ kind: key.kind, hash: hashCaseKey(cipher, key).toString('hex') }));
  await client.query(
    `insert into case_keys (case_id, kind, hash)
    select $1, kind, decode(hash, 'hex') from jsonb_to_recordset($2) as new (kind text, hash text) on conflict do nothing`,
    [caseId, JSON.stringify(hashed)],
  );
};

const KEY_FORMATS = { 'id-no': 'citizen-id', name: 'person-name' } as const satisfies Record<CaseKey['kind'], string>;

/** The keyed hash for finding a case, from the text of a form or a search. */
export const hashCaseKey = (cipher: Sealer, { kind, value }: CaseKey): Buffer =>
  cipher.hash(kind, comparable(KEY_FORMATS[kind], value));

const hashQueryCode = (cipher: Sealer, caseId: string, queryCode: string): Buffer =>
  cipher.hash('query-code', `${caseId}:${queryCode}`);

/** A case in its present state. Instants in milliseconds since 1970; absent until the event. */
export interface CaseRow {
  caseId: string;
  caseNo: string;
  matter: string;
  version: number;
  region: string;
  channel: Channel;
  status: CaseStatus;
  /** Why it is being closed before its steps have ended. */
  closing?: Closing;
  /** Materials that were pledged and have not come in. */
  gaps: string[];
  /** Role and account: `clerk:…`. */
  submittedBy: string;
  submittedAt: number;
  acceptedAt?: number;
  yellowAt?: number;
  promisedAt?: number;
  statutoryAt?: number;
  /** A deadline lies past the calendar's last covered day. */
  provisional: boolean;
  statutoryProvisional: boolean;
  /** Since when its own clock is paused. */
  pausedAt?: number;
  endedAt?: number;
  ledgerSeq: number;
}

/** The columns of `CaseRow`, of a table named `cases`. */
export const CASE_COLUMNS = `cases.id as "caseId", cases.case_no as "caseNo", cases.matter, cases.version, cases.region, cases.channel,
  cases.status, cases.closing, cases.gaps, cases.paused_at as "pausedAt", cases.submitted_by as "submittedBy", cases.submitted_at as "submittedAt",
  cases.accepted_at as "acceptedAt", cases.yellow_at as "yellowAt", cases.promised_at as "promisedAt",
  cases.statutory_at as "statutoryAt", cases.provisional, cases.statutory_provisional as "statutoryProvisional", cases.ended_at as "endedAt", cases.ledger_seq as "ledgerSeq"`;

export type CaseWithPlan = CaseRow & { plan: Plan };

/** Throws `CASE_UNKNOWN`. */
export const getCase = async (db: Db, caseId: string): Promise<CaseWithPlan> => {
  const { rows } = await db.query<CaseWithPlan>({
    name: 'get-case',
    text: `select ${CASE_COLUMNS}, plan from cases where id = $1`,
    values: [caseId],
  });
  const [row] = rows;
  if (!row) throw databaseError('CASE_UNKNOWN', `no case ${caseId}`);
  return dropNulls(row);
};

/**
 * The case, locked to the end of the transaction, so that no other process records or reopens it.
 * Throws `CASE_UNKNOWN`.
 */
export const lockCase = async (client: Db, caseId: string): Promise<CaseWithPlan> => {
  await client.query('select from cases where id = $1 for update', [caseId]);
  return getCase(client, caseId);
};

export const findCaseByNo = async (db: Db, caseNo: string): Promise<CaseWithPlan | undefined> => {
  const { rows } = await db.query<CaseWithPlan>({
    name: 'find-case-by-no',
    text: `select ${CASE_COLUMNS}, plan from cases where case_no = $1`,
    values: [caseNo],
  });
  const [row] = rows;
  return row && dropNulls(row);
};

/**
 * The case that an applicant asks about; undefined for a wrong number and for wrong digits alike.
 */
export const findCaseByQueryCode = async (
  db: Db,
  cipher: Sealer,
  caseNo: string,
  queryCode: string,
): Promise<CaseWithPlan | undefined> => {
  const { rows } = await db.query<CaseWithPlan & { queryCodeHash: Buffer }>({
    name: 'find-case-by-query-code',
    text: `select ${CASE_COLUMNS}, plan, query_code_hash as "queryCodeHash" from cases where case_no = $1`,
    values: [caseNo],
  });
  const [row] = rows;
  if (!row) return undefined;
  const { queryCodeHash, ...found } = dropNulls(row);
  return timingSafeEqual(queryCodeHash, hashQueryCode(cipher, found.caseId, queryCode)) ? found : undefined;
};
