import type { Actor } from '../../domain/case/messages.ts';
import type { Db } from '../sql/pool.ts';
import { dropNulls } from '../sql/rows.ts';

/** The groups of an agency whose officers stand in for each other, and the absences of officers. */

export interface Absence {
  absenceId: string;
  agency: string;
  /** The absent officer, and the time. */
  officer: string;
  startsAt: number;
  endsAt: number;
  /** The cover: this officer of the group, or any of it. */
  group: string;
  cover?: string;
  enteredBy: Actor;
  enteredAt: number;
}

export interface Group {
  group: string;
  members: string[];
}

/**
 * The division in which an officer of the agency acts, the widest if there are several; undefined:
 * there is no such officer.
 */
export const findOfficer = async (
  db: Db,
  agency: string,
  account: string,
): Promise<{ account: string; region: string } | undefined> => {
  const { rows } = await db.query<{ account: string; region: string }>(
    `select account, region from person_roles where role = 'officer' and agency = $1 and account = $2
      and ended_at is null order by length(region) limit 1`,
    [agency, account],
  );
  return rows[0];
};

/**
 * An SQL condition: the account is an officer of the agency ($1) whose division contains the
 * division ($2) or lies in it. An empty division contains all accounts.
 */
const IN_DIVISION = `($2 = '' or exists (select from person_roles as held where held.role = 'officer' and held.agency = $1
      and held.account = listed.account and held.ended_at is null
      and (starts_with(held.region, $2) or starts_with($2, held.region))))`;

/** The groups of an agency, with the members of the division only. */
export const listGroups = async (db: Db, agency: string, region: string): Promise<Group[]> => {
  const { rows } = await db.query<Group>(
    `select group_id as "group", array_agg(account order by account) as members from group_members as listed
    where agency = $1 and ${IN_DIVISION} group by group_id order by group_id`,
    [agency, region],
  );
  return rows;
};

/**
 * Replaces the members of a group; an empty list removes the group. `client` is inside a
 * transaction.
 */
export const setGroup = async (client: Db, agency: string, { group, members }: Group): Promise<void> => {
  await client.query('delete from group_members where agency = $1 and group_id = $2', [agency, group]);
  await client.query(
    'insert into group_members (agency, group_id, account) select $1, $2, account from unnest($3::text[]) as account',
    [agency, group, members],
  );
};

const COLUMNS = `id as "absenceId", agency, account as officer, starts_at as "startsAt", ends_at as "endsAt", group_id as "group", cover,
  json_build_object('role', entered_by_role, 'id', entered_by) as "enteredBy", entered_at as "enteredAt"`;

export const enterAbsence = async (db: Db, absence: Omit<Absence, 'absenceId' | 'enteredAt'>): Promise<Absence> => {
  const { agency, officer, startsAt, endsAt, group, cover, enteredBy } = absence;
  const { rows } = await db.query<Absence>(
    `insert into absences (agency, account, starts_at, ends_at, group_id, cover, entered_by_role, entered_by)
    values ($1, $2, $3, $4, $5, $6, $7, $8) returning ${COLUMNS}`,
    [agency, officer, new Date(startsAt), new Date(endsAt), group, cover ?? null, enteredBy.role, enteredBy.id],
  );
  const [entered] = rows;
  if (!entered) throw new Error('an insert returns its row');
  return dropNulls(entered);
};

/** The absences of officers of the division that have not ended, the earliest first. */
export const listAbsences = async (db: Db, agency: string, region: string): Promise<Absence[]> => {
  const { rows } = await db.query<Absence>(
    `select ${COLUMNS} from absences as listed where agency = $1 and ends_at > now() and ${IN_DIVISION} order by starts_at, id`,
    [agency, region],
  );
  return rows.map(dropNulls);
};

/** An absence of the agency; undefined: there is none. */
export const findAbsence = async (db: Db, agency: string, absenceId: string): Promise<Absence | undefined> => {
  const { rows } = await db.query<Absence>(`select ${COLUMNS} from absences where agency = $1 and id = $2`, [
    agency,
    absenceId,
  ]);
  const [row] = rows;
  return row && dropNulls(row);
};

/** The officer is back: the cover ends now, or never begins. False: the absence had ended. */
export const endAbsence = async (db: Db, absenceId: string): Promise<boolean> => {
  const { rowCount } = await db.query(
    'update absences set ends_at = greatest(starts_at, now()) where id = $1 and ends_at > now() and ends_at > starts_at',
    [absenceId],
  );
  return rowCount === 1;
};

/**
 * The officers whom an officer covers now: absent officers whose cover, in a group of both, is this
 * officer alone or any member. Only a named cover counts.
 */
export const coveredBy = async (db: Db, agency: string, account: string): Promise<string[]> => {
  const { rows } = await db.query<{ account: string }>(
    `select distinct absences.account from absences
      join group_members as own using (agency, group_id)
      join group_members as absent on absent.agency = absences.agency and absent.group_id = absences.group_id
        and absent.account = absences.account
    where absences.agency = $1 and own.account = $2 and absences.account <> $2 and (cover is null or cover = $2)
      and starts_at <= now() and ends_at > now()
    order by absences.account`,
    [agency, account],
  );
  return rows.map((row) => row.account);
};
