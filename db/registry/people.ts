import type { Cipher } from '../sql/sealing.ts';
import type { Db } from '../sql/pool.ts';
import { dropNulls } from '../sql/rows.ts';

/** The people who work with the system, by their account, and their roles. */

export const PERSON_ROLES = ['clerk', 'officer', 'supervisor', 'admin'] as const;
type PersonRole = (typeof PERSON_ROLES)[number];

/** A role as it is given: what the person may do, and where. */
export interface RoleScope {
  role: PersonRole;
  /** Of an officer. */
  agency?: string;
  /** Division prefix in which the person acts; empty: everywhere. */
  region: string;
}

/** A role that has not ended. */
export interface RoleRecord extends RoleScope {
  id: string;
  addedAt: number;
  /** Who gave it; absent: it was not recorded then. */
  addedBy?: string;
  /** The groups of an officer in the agency. */
  groups: string[];
}

/** A person as operators see them. Instants in milliseconds since 1970. */
export interface PersonRecord {
  account: string;
  /** Absent: it was not given yet. */
  name?: string;
  addedAt: number;
  disabledAt?: number;
  disabledBy?: string;
  disabledReason?: string;
  roles: RoleRecord[];
}

const nameContext = (account: string): string => `person:${account}`;
const reasonContext = (account: string): string => `person-switch:${account}`;

/** Adds a person, or gives a person another name. */
export const putPerson = async (
  db: Db,
  cipher: Cipher,
  { account, name }: { account: string; name: string },
): Promise<'added' | 'named'> => {
  const sealed = cipher.seal(name, nameContext(account));
  const { rowCount } = await db.query(
    'insert into people (account, name) values ($1, $2) on conflict (account) do nothing',
    [account, sealed],
  );
  if (rowCount === 1) return 'added';
  await db.query('update people set name = $2 where account = $1', [account, sealed]);
  return 'named';
};

/** Makes sure that there is a person with this account who has the role. */
export const ensureRole = async (db: Db, account: string, role: RoleScope, by: string | undefined): Promise<void> => {
  await db.query('insert into people (account) values ($1) on conflict (account) do nothing', [account]);
  await addRole(db, account, role, by);
};

/** Gives a person a role. False: they have it. `by` is the account of who gives it. */
export const addRole = async (
  db: Db,
  account: string,
  { role, agency, region }: RoleScope,
  by: string | undefined,
): Promise<boolean> => {
  const { rowCount } = await db.query(
    `insert into person_roles (account, role, agency, region, added_by) values ($1, $2, $3, $4, $5)
    on conflict do nothing`,
    [account, role, agency ?? null, region, by ?? null],
  );
  return rowCount === 1;
};

/**
 * Ends a role, and with it its tokens. An officer without another role in the agency leaves its
 * groups. `by` is the account of who ends it.
 */
export const endRole = async (db: Db, id: string, by: string): Promise<void> => {
  await db.query(
    `with ended as (
      update person_roles set ended_at = now(), ended_by = $2 where id = $1 and ended_at is null
      returning id, account, agency
    ), revoked as (
      update tokens set revoked_at = now(), revoked_by = $2 from ended where role_id = ended.id and revoked_at is null
    ), left_groups as (
      delete from group_members using ended
      where group_members.agency = ended.agency and group_members.account = ended.account and not exists (
        select from person_roles as other where other.account = ended.account and other.agency = ended.agency
          and other.ended_at is null and other.id <> ended.id)
    )
    select pg_notify('tokens_ended', account) from ended`,
    [id, by],
  );
};

interface PersonSwitch {
  account: string;
  disabled: boolean;
  by: string;
  reason: string;
}

/**
 * Disables a person, which ends all their tokens, or enables them again, and records who did it and
 * why. Tokens that have ended stay ended.
 */
export const switchPerson = async (
  db: Db,
  cipher: Cipher,
  { account, disabled, by, reason }: PersonSwitch,
): Promise<'changed' | 'unchanged' | 'unknown'> => {
  const { rowCount } = await db.query(
    `with changed as (
      update people set disabled_at = case when $2 then now() end
      where account = $1 and (disabled_at is null) = $2 returning account
    ), recorded as (
      insert into person_switches (account, disabled, by_account, reason) select account, $2, $3, $4 from changed
    ), revoked as (
      update tokens set revoked_at = now(), revoked_by = $3 from person_roles, changed
      where $2 and role_id = person_roles.id and person_roles.account = changed.account and revoked_at is null
    )
    select pg_notify('tokens_ended', account) from changed`,
    [account, disabled, by, cipher.seal(reason, reasonContext(account))],
  );
  if (rowCount === 1) return 'changed';
  const { rowCount: known } = await db.query('select from people where account = $1', [account]);
  return known === 0 ? 'unknown' : 'unchanged';
};

const SELECT = `select people.account, name, added_at as "addedAt", disabled_at as "disabledAt",
    by_account as "disabledBy", reason as "disabledReason", array(
      select jsonb_strip_nulls(jsonb_build_object('id', id, 'role', role, 'agency', agency, 'region', region,
        'addedAt', floor(extract(epoch from person_roles.added_at) * 1000), 'addedBy', added_by, 'groups', array(
        select group_id from group_members
        where group_members.agency = person_roles.agency and group_members.account = person_roles.account order by group_id)))
      from person_roles where person_roles.account = people.account and ended_at is null
      order by role, agency, region) as roles
  from people left join person_switches on person_switches.account = people.account and at = disabled_at`;

type PersonColumns = Omit<PersonRecord, 'name' | 'disabledReason'> & { name?: Buffer; disabledReason?: Buffer };

export const listPeople = async (db: Db, cipher: Cipher): Promise<PersonRecord[]> => {
  const { rows } = await db.query<PersonColumns>(`${SELECT} order by account`);
  return rows.map((row) => unsealPerson(cipher, row));
};

export const findPerson = async (db: Db, cipher: Cipher, account: string): Promise<PersonRecord | undefined> => {
  const { rows } = await db.query<PersonColumns>(`${SELECT} where people.account = $1`, [account]);
  const [row] = rows;
  return row && unsealPerson(cipher, row);
};

const unsealPerson = (cipher: Cipher, row: PersonColumns): PersonRecord => {
  const { name, disabledReason, ...person } = dropNulls(row);
  return {
    ...person,
    ...(name && { name: String(cipher.open(name, nameContext(person.account))) }),
    ...(disabledReason && { disabledReason: String(cipher.open(disabledReason, reasonContext(person.account))) }),
  };
};
