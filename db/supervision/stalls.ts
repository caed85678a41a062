import type { Pool } from 'pg';
import type { WaitDetail } from '../../domain/waiting/causes.ts';
import type { Wait } from '../../domain/waiting/wait.ts';
import { inTransaction, type Db } from '../sql/pool.ts';
import { toInstant } from '../sql/rows.ts';
import { STEP_STATE, type WatchedSubject } from './watch.ts';

/**
 * A thing that the watcher checked (a step, a case, a part of the machinery), and its stall, if
 * any.
 */
export interface StallVerdict extends Partial<Omit<WatchedSubject, 'version'>> {
  stepId?: string;
  agency?: string;
  /** The part of the machinery. */
  subject?: string;
  stall: Wait | undefined;
  /** Of a step: when to check it next; undefined: when it has changed. */
  look?: { at: number | undefined };
}

/**
 * Opens, renews and clears stalls so that each of these things has the stall that was found, or
 * none. Repeating it changes nothing, and several watchers cannot double a row. A stall whose cause
 * or detail changes is cleared and another one opened.
 */
export const settleStalls = async (db: Pool, judged: readonly StallVerdict[]): Promise<void> => {
  if (judged.length === 0) return;
  const rows = JSON.stringify(judged.map(columns));
  await inTransaction(db, async (client) => {
    await client.query({ name: 'clear-stalls', text: CLEAR, values: [rows] });
    await client.query({ name: 'open-stalls', text: OPEN, values: [rows] });
    await client.query({ name: 'look-later', text: LOOK_LATER, values: [rows] });
  });
};

/** The subjects of the open stalls with this detail, as far as they belong to no case. */
export const listSubjects = async (db: Db, detail: WaitDetail): Promise<string[]> => {
  const { rows } = await db.query<{ subject: string }>(
    'select subject from stalls where cleared_at is null and case_id is null and detail = $1',
    [detail],
  );
  return rows.map(({ subject }) => subject);
};

const JUDGED = `json_to_recordset($1) as new ("caseId" uuid, "stepId" text, subject text, agency text, matter text, region text, division text, cause text,
  detail text, turn text, since timestamptz, "nextKind" text, "nextAt" timestamptz, "yellowAt" timestamptz, "promisedAt" timestamptz,
  "statutoryAt" timestamptz, "pausedAt" timestamptz, "judgedAs" text, look boolean, "lookAt" timestamptz)`;

/** The columns of the index `stalls_open`. */
const KEY = `coalesce(case_id, '00000000-0000-0000-0000-000000000000'), coalesce(step_id, ''), subject`;

const CLEAR = `update stalls set cleared_at = now() from ${JUDGED}
  where cleared_at is null and (coalesce(case_id, '00000000-0000-0000-0000-000000000000'), coalesce(step_id, ''), stalls.subject)
      = (coalesce("caseId", '00000000-0000-0000-0000-000000000000'), coalesce("stepId", ''), new.subject)
    and (new.cause is null or stalls.cause <> new.cause or stalls.detail <> new.detail)`;

const OPEN = `insert into stalls (case_id, step_id, subject, agency, matter, region, division, cause, detail, turn, since, next_kind, next_at,
    yellow_at, promised_at, statutory_at, paused_at, judged_as)
  select "caseId", "stepId", subject, agency, matter, region, coalesce(division, region), cause, detail, turn, since, "nextKind", "nextAt",
    "yellowAt", "promisedAt", "statutoryAt", "pausedAt", "judgedAs"
  from ${JUDGED} where cause is not null
  on conflict (${KEY}) where cleared_at is null
  do update set since = least(stalls.since, excluded.since), turn = excluded.turn, agency = excluded.agency, division = excluded.division, next_kind = excluded.next_kind,
    next_at = excluded.next_at, yellow_at = excluded.yellow_at, promised_at = excluded.promised_at, statutory_at = excluded.statutory_at,
    paused_at = excluded.paused_at, judged_at = now(), judged_as = excluded.judged_as`;

/** A step that changed meanwhile has a new instant already. */
const LOOK_LATER = `update steps set watch_at = new."lookAt" from ${JUDGED}
  where new.look and steps.case_id = new."caseId" and steps.id = new."stepId" and ${STEP_STATE} = new."judgedAs"
    and steps.watch_at is distinct from new."lookAt"`;

const columns = (judged: StallVerdict) => {
  const { stall, look, subject = '', judgedAs = '', yellowAt, promisedAt, statutoryAt, pausedAt, ...rest } = judged;
  return {
    ...rest,
    subject,
    judgedAs,
    ...(stall && { cause: stall.cause, detail: stall.detail, turn: stall.turn, since: toInstant(stall.since) }),
    nextKind: stall?.next?.kind,
    nextAt: toInstant(stall?.next?.at),
    yellowAt: toInstant(yellowAt),
    promisedAt: toInstant(promisedAt),
    statutoryAt: toInstant(statutoryAt),
    pausedAt: toInstant(pausedAt),
    look: look !== undefined,
    lookAt: toInstant(look?.at),
  };
};
