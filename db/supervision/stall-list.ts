import { LIGHTS, type Light } from '../../domain/deadlines/light.ts';
import {
  AGENCY_CAUSES,
  type NextAction,
  type StallSorting,
  type Turn,
  type WaitDetail,
  type WaitingCause,
} from '../../domain/waiting/causes.ts';
import { readCursor, writeCursor } from '../sql/cursors.ts';
import { databaseError, type Db } from '../sql/pool.ts';
import { dropNulls } from '../sql/rows.ts';

export interface StallFilter {
  /**
   * The division prefix in which the caller acts: it contains stalls of cases that were accepted there
   * and of steps that are decided there. The machinery has no division and is in each.
   */
  scope?: string | undefined;
  agency?: string | undefined;
  cause?: WaitingCause | undefined;
  matter?: string | undefined;
  /** Prefix of the deciding division. */
  region?: string | undefined;
  light?: Light | undefined;
  /** The instant for which the lights are computed. */
  now: number;
}

export interface OpenStall {
  id: number;
  caseId?: string;
  caseNo?: string;
  stepId?: string;
  subject: string;
  agency?: string;
  matter?: string;
  /** The division of the case, and the one that decides the step. */
  region?: string;
  division?: string;
  cause: WaitingCause;
  detail: WaitDetail;
  turn: Turn;
  since: number;
  nextKind?: NextAction;
  nextAt?: number;
  promisedAt?: number;
  openedAt: number;
  light: Light;
  attempts?: number;
  lastError?: string;
}

const RANK = (now: string): string =>
  `light_rank(${now}, stalls.yellow_at, stalls.promised_at, stalls.statutory_at, null, stalls.paused_at)`;

/**
 * By urgency: the earliest promised deadline first, those without one last. By age: the longest
 * wait first.
 */
const ORDER = {
  urgency: `coalesce(stalls.promised_at, 'infinity')`,
  age: 'stalls.since',
} as const satisfies Record<StallSorting, string>;

/**
 * Open stalls in a stable order: no page repeats a stall of another, also if some open or clear
 * meanwhile. Throws `CURSOR_INVALID`.
 */
export const listStalls = async (
  db: Db,
  filter: StallFilter,
  page: { order: StallSorting; limit: number; cursor?: string | undefined },
): Promise<{ rows: OpenStall[]; nextCursor?: string }> => {
  const { addParameter, values, conditions, now } = conditionsOf(filter);
  const key = ORDER[page.order];
  if (page.cursor !== undefined) {
    const [at, id] = readCursor(page.cursor, 2) ?? [];
    const known = typeof at === 'number' ? new Date(at) : at === 'infinity' ? at : undefined;
    if (known === undefined || typeof id !== 'number') {
      throw databaseError('CURSOR_INVALID', 'the cursor is not one of this list');
    }
    conditions.push(`(${key}, stalls.id) > (${addParameter(known)}::timestamptz, ${addParameter(id)}::bigint)`);
  }
  const { rows } = await db.query<Omit<OpenStall, 'light'> & { rank: number }>(
    `with page as (
      select stalls.*, ${RANK(now)} as rank from stalls where ${conditions.join(' and ')}
      order by ${key}, stalls.id limit ${addParameter(page.limit + 1)}
    )
    select stalls.id, stalls.case_id as "caseId", case_no as "caseNo", step_id as "stepId", subject, stalls.agency, stalls.matter,
      stalls.region, stalls.division, cause, detail, turn, since, next_kind as "nextKind", next_at as "nextAt", stalls.promised_at as "promisedAt",
      opened_at as "openedAt", rank, steps.attempts, steps.last_error as "lastError"
    from page as stalls left join cases on cases.id = stalls.case_id
      left join steps on steps.case_id = stalls.case_id and steps.id = stalls.step_id
    order by ${key}, stalls.id`,
    values,
  );
  const found = rows.slice(0, page.limit).map((row): OpenStall => {
    const { rank, ...stall } = dropNulls(row);
    return { ...stall, light: lightOfRank(rank) };
  });
  const last = found.at(-1);
  if (rows.length <= page.limit || !last) return { rows: found };
  const at = page.order === 'age' ? last.since : (last.promisedAt ?? 'infinity');
  return { rows: found, nextCursor: writeCursor([at, last.id]) };
};

export interface StallCounts {
  total: number;
  agencies: { agency: string; count: number; own: number }[];
  causes: { cause: WaitingCause; count: number }[];
  matters: { matter: string; count: number }[];
  regions: { region: string; count: number }[];
  lights: { light: Light; count: number }[];
}

interface CountRow {
  agency: string | null;
  cause: WaitingCause | null;
  matter: string | null;
  region: string | null;
  rank: number | null;
  count: number;
  own: number;
  grouped: number;
}

/**
 * The exact number of stalls that a filter selects; `own`: those for which the agency itself is the
 * cause.
 */
export const countStalls = async (db: Db, filter: StallFilter): Promise<StallCounts> => {
  const { values, conditions, now, addParameter } = conditionsOf(filter);
  const { rows } = await db.query<CountRow>(
    `with found as (
      select agency, cause, matter, division as region, ${RANK(now)} as rank from stalls where ${conditions.join(' and ')}
    )
    select agency, cause, matter, region, rank, count(*), count(*) filter (where cause = any (${addParameter(AGENCY_CAUSES)})) as own,
      grouping(agency, cause, matter, region, rank) as grouped
    from found group by grouping sets ((agency), (cause), (matter), (region), (rank), ())
    order by count desc, agency, cause, matter, region, rank`,
    values,
  );
  const total = rows.find(({ grouped }) => grouped === 0b11111)?.count ?? 0;
  return {
    total,
    agencies: rows.flatMap(({ agency, count, own }) => (agency === null ? [] : [{ agency, count, own }])),
    causes: rows.flatMap(({ cause, count }) => (cause === null ? [] : [{ cause, count }])),
    matters: rows.flatMap(({ matter, count }) => (matter === null ? [] : [{ matter, count }])),
    regions: rows.flatMap(({ region, count }) => (region === null ? [] : [{ region, count }])),
    lights: rows.flatMap(({ rank, count }) => (rank === null ? [] : [{ light: lightOfRank(rank), count }])),
  };
};

export type CaseStall = Pick<OpenStall, 'stepId' | 'cause' | 'detail' | 'turn' | 'since' | 'nextKind' | 'nextAt'>;

/** The open stalls of a case: of its steps, and of itself; not those of single messages. */
export const stallsOfCase = async (db: Db, caseId: string): Promise<CaseStall[]> => {
  const { rows } = await db.query<CaseStall>({
    name: 'stalls-of-case',
    text: `select step_id as "stepId", cause, detail, turn, since, next_kind as "nextKind", next_at as "nextAt" from stalls
      where case_id = $1 and subject = '' and cleared_at is null and subject = ''`,
    values: [caseId],
  });
  return rows.map(dropNulls);
};

/** The steps of these cases that are stalled for a cause, as `caseId:stepId`. */
export const stepsStalledFor = async (
  db: Db,
  caseIds: readonly string[],
  cause: WaitingCause,
): Promise<ReadonlySet<string>> => {
  const { rows } = await db.query<{ key: string }>(
    `select case_id || ':' || step_id as key from stalls where case_id = any($1) and step_id is not null and cause = $2 and cleared_at is null`,
    [caseIds, cause],
  );
  return new Set(rows.map(({ key }) => key));
};

/** Open stalls by cause, everywhere. */
export const countStallsByCause = async (db: Db): Promise<Map<WaitingCause, number>> => {
  const { rows } = await db.query<{ cause: WaitingCause; count: number }>(
    'select cause, count(*) from stalls where cleared_at is null group by cause',
  );
  return new Map(rows.map(({ cause, count }) => [cause, count]));
};

const conditionsOf = ({ scope, agency, cause, matter, region, light, now }: StallFilter) => {
  const values: unknown[] = [];
  const addParameter = (value: unknown): string => `$${values.push(value)}`;
  const at = `${addParameter(new Date(now))}::timestamptz`;
  const conditions = ['cleared_at is null'];
  // ':' is the character after '9'.
  const startsWith = (column: 'region' | 'division', prefix: string) =>
    `stalls.${column} >= ${addParameter(prefix)} and stalls.${column} < ${addParameter(`${prefix}:`)}`;
  if (scope !== undefined) {
    const within = (['region', 'division'] as const).map((column) => startsWith(column, scope));
    conditions.push(`(stalls.case_id is null or ${within.join(' or ')})`);
  }
  if (agency !== undefined) conditions.push(`stalls.agency = ${addParameter(agency)}`);
  if (cause !== undefined) conditions.push(`cause = ${addParameter(cause)}`);
  if (matter !== undefined) conditions.push(`stalls.matter = ${addParameter(matter)}`);
  if (region !== undefined) conditions.push(startsWith('division', region));
  if (light !== undefined) conditions.push(`${RANK(at)} = ${addParameter(LIGHTS.indexOf(light) + 1)}`);
  return { values, addParameter, conditions, now: at };
};

const lightOfRank = (rank: number): Light => {
  const light = LIGHTS[rank - 1];
  if (light === undefined) throw new Error(`no light of rank ${rank}`);
  return light;
};
