import { SKIPPED, UNDER_WAY, type CaseStatus } from '../../domain/case/status.ts';
import { LIGHTS, type Light } from '../../domain/deadlines/light.ts';
import { readCaseNo } from './case-numbers.ts';
import { CASE_COLUMNS, hashCaseKey, type CaseRow } from './cases.ts';
import { readCursor, writeCursor } from '../sql/cursors.ts';
import type { Sealer } from '../sql/sealing.ts';
import { databaseError, type Db } from '../sql/pool.ts';
import { dropNulls } from '../sql/rows.ts';

export interface CaseFilter {
  matter?: string;
  status?: CaseStatus;
  /** Cases with a step of this agency that is not skipped. */
  agency?: string;
  /** Prefix of a division that decides such a step. */
  division?: string;
  /** Prefix of the division of the case. */
  region?: string;
  light?: Light;
  /** A complete case number, name or ID number. */
  text?: string;
  /** The instant for which the lights are computed. */
  now: number;
}

export interface CasePage {
  limit: number;
  /** `nextCursor` of the previous page. */
  cursor?: string;
}

/** A case in the list; its light is the worst of its own and of its open steps (`caseLight`). */
export interface ListedCase extends CaseRow {
  light: Light;
}

/**
 * Newest first. No case appears twice in the pages of one listing, also if others are submitted
 * meanwhile. Throws `CURSOR_INVALID`.
 */
export const listCases = async (
  db: Db,
  cipher: Sealer,
  filter: CaseFilter,
  { limit, cursor }: CasePage,
): Promise<{ rows: ListedCase[]; nextCursor?: string }> => {
  const values: unknown[] = [];
  const addParameter = (value: unknown): string => `$${values.push(value)}`;
  const now = `${addParameter(new Date(filter.now))}::timestamptz`;
  const terms = { now, isUnderWay: `steps.status = any(${addParameter(UNDER_WAY)})` };
  const conditions = [...conditionsOf(cipher, filter, addParameter), ...afterCursor(cursor, addParameter)];
  const most = addParameter(limit + 1);
  const select = (also: readonly string[]): string =>
    `select ${CASE_COLUMNS}, ${caseRank(terms)} as rank from cases
    ${joinConditions([...conditions, ...also])} order by submitted_at desc, id desc limit ${most}`;

  const { rows } = await db.query<CaseRow & { rank: number }>(
    filter.light === undefined ? select([]) : lightQuery(filter.light, terms, addParameter, select, most),
    values,
  );
  const page = rows.slice(0, limit).map((row): ListedCase => {
    const { rank, ...listed } = dropNulls(row);
    return { ...listed, light: lightOfRank(rank) };
  });
  const last = page.at(-1);
  return rows.length <= limit || !last
    ? { rows: page }
    : { rows: page, nextCursor: writeCursor([last.submittedAt, last.caseId]) };
};

const conditionsOf = (
  cipher: Sealer,
  { matter, status, agency, division, region, text }: CaseFilter,
  parameter: (value: unknown) => string,
): string[] => {
  const conditions: string[] = [];
  if (matter !== undefined) conditions.push(`matter = ${parameter(matter)}`);
  if (status !== undefined) conditions.push(`status = ${parameter(status)}`);
  if (agency !== undefined || division !== undefined) {
    const ofStep = [`steps.case_id = cases.id and steps.status <> ${parameter(SKIPPED)}`];
    if (agency !== undefined) ofStep.push(`steps.agency = ${parameter(agency)}`);
    if (division !== undefined) ofStep.push(divisionCondition('steps.division', division, parameter));
    conditions.push(`exists (select from steps where ${ofStep.join(' and ')})`);
  }
  if (region !== undefined) conditions.push(divisionCondition('region', region, parameter));
  if (text !== undefined) conditions.push(textCondition(cipher, text, parameter));
  return conditions;
};

const joinConditions = (conditions: readonly string[]): string =>
  conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`;

const afterCursor = (cursor: string | undefined, parameter: (value: unknown) => string): string[] => {
  if (cursor === undefined) return [];
  const [submittedAt, id] = readCursor(cursor, 2) ?? [];
  if (typeof submittedAt !== 'number' || typeof id !== 'string') {
    throw databaseError('CURSOR_INVALID', 'the cursor is not one of this list');
  }
  return [`(submitted_at, cases.id) < (${parameter(new Date(submittedAt))}, ${parameter(id)}::uuid)`];
};

/**
 * The SQL from which all lights are computed: the instant, and whether a row of `steps` is under
 * way.
 */
interface Terms {
  now: string;
  isUnderWay: string;
}

const caseRank = ({ now, isUnderWay }: Terms): string => `coalesce(ended_light, least(
  light_rank(${now}, cases.yellow_at, cases.promised_at, cases.statutory_at, null, cases.paused_at),
  (select min(light_rank(${now}, steps.yellow_at, steps.promised_at, steps.statutory_at, null, steps.paused_at))
    from steps where steps.case_id = cases.id and ${isUnderWay})))`;

const lightOfRank = (rank: number): Light => {
  const light = LIGHTS[rank - 1];
  if (light === undefined) throw new Error(`no light of rank ${rank}`);
  return light;
};

/**
 * The row of an ended case contains its light. The open ones, which are few, are examined one by
 * one, newest first.
 */
const lightQuery = (
  light: Light,
  terms: Terms,
  parameter: (value: unknown) => string,
  select: (also: readonly string[]) => string,
  most: string,
): string => {
  const rank = parameter(LIGHTS.indexOf(light) + 1);
  const open = ['ended_at is null', ...conditionsOfWarning(light, terms), `${caseRank(terms)} = ${rank}`];
  return `(${select([`ended_light = ${rank}`])}) union all (${select(open)}) order by "submittedAt" desc, "caseId" desc limit ${most}`;
};

/**
 * A condition that is true of every case with a warning light, in the case or in one of its open
 * steps; it avoids examining the steps of the other cases.
 */
const conditionsOfWarning = (light: Light, { now, isUnderWay }: Terms): string[] => {
  if (light === 'green' || light === 'grey') return [];
  const column = { 'deep-red': 'statutory_at', red: 'promised_at', yellow: 'yellow_at' }[light];
  return [
    `(${column} <= ${now} or cases.id in (select case_id from steps where ${isUnderWay} and ${column} <= ${now}))`,
  ];
};

const divisionCondition = (column: string, prefix: string, parameter: (value: unknown) => string): string =>
  prefix.length === 6
    ? `${column} = ${parameter(prefix)}`
    : // ':' is the character after '9'.
      `${column} >= ${parameter(prefix)} and ${column} < ${parameter(`${prefix}:`)}`;

const textCondition = (cipher: Sealer, text: string, parameter: (value: unknown) => string): string => {
  const caseNo = readCaseNo(text);
  if (caseNo !== undefined) return `case_no = ${parameter(caseNo)}`;
  const hash = (kind: 'id-no' | 'name') => parameter(hashCaseKey(cipher, { kind, value: text }));
  return `cases.id in (select case_id from case_keys where (kind, hash) in (('id-no', ${hash('id-no')}), ('name', ${hash('name')})))`;
};
