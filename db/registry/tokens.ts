import { randomBytes } from 'node:crypto';
import type { Sealer } from '../sql/sealing.ts';
import { databaseError, type Db } from '../sql/pool.ts';
import { toInstant, dropNulls } from '../sql/rows.ts';
import { ensureRole, type RoleScope } from './people.ts';

/** A token belongs to a person and acts in one of their roles. */

export interface TokenHolder extends RoleScope {
  /** The person. */
  account: string;
}

/** The id by which operators name a token. */
const TOKEN_ID = `left(encode(hash, 'hex'), 12)`;
const WITH_PERSON = 'tokens join person_roles on person_roles.id = role_id join people using (account)';
const IS_VALID = `revoked_at is null and (expires_at is null or expires_at > now())
  and ended_at is null and disabled_at is null`;

/**
 * Makes a bearer token and returns it, in clear for the only time; only its keyed hash is kept. An
 * account without a person becomes one, and gets the role. `by` is the account of who makes it.
 * Throws `PERSON_DISABLED`.
 */
export const createToken = async (
  db: Db,
  cipher: Sealer,
  {
    account,
    role,
    agency,
    region = '',
    expiresAt,
    by,
  }: Omit<TokenHolder, 'region'> & { region?: string; expiresAt?: number; by?: string },
): Promise<string> => {
  await ensureRole(db, account, { role, region, ...(agency !== undefined && { agency }) }, by);
  const token = generateToken();
  const { rowCount } = await db.query(
    `insert into tokens (hash, role_id, expires_at, created_by)
    select $1, id, $6, $7 from person_roles join people using (account)
    where account = $2 and role = $3 and agency is not distinct from $4 and region = $5 and ended_at is null
      and disabled_at is null`,
    [cipher.hash('token', token), account, role, agency ?? null, region, toInstant(expiresAt), by ?? null],
  );
  if (rowCount !== 1) throw databaseError('PERSON_DISABLED', `${account} is disabled`);
  return token;
};

const generateToken = (): string => `om_${randomBytes(32).toString('base64url')}`;

/** The holder of a valid token. */
interface ValidToken extends TokenHolder {
  /** The id of the token. */
  token: string;
  /** Its last use was not noted within the last minute. */
  noteUse: boolean;
}

/** The last use of a token is noted at most once in this time. */
const NOTE_USE_EVERY = `interval '1 minute'`;

/** The holder of a token; undefined for unknown, expired and revoked tokens alike. */
export const findTokenHolder = async (db: Db, cipher: Sealer, token: string): Promise<ValidToken | undefined> => {
  const { rows } = await db.query<ValidToken>({
    name: 'find-token-holder',
    text: `select ${TOKEN_ID} as token, role, account, agency, region,
      coalesce(last_used_at < now() - ${NOTE_USE_EVERY}, true) as "noteUse"
    from ${WITH_PERSON} where hash = $1 and ${IS_VALID}`,
    values: [cipher.hash('token', token)],
  });
  const [row] = rows;
  return row && dropNulls(row);
};

/** Notes that a token is used now, unless that was noted within the last minute. */
export const noteTokenUse = async (db: Db, id: string): Promise<void> => {
  await db.query({
    name: 'note-token-use',
    text: `update tokens set last_used_at = now()
      where ${TOKEN_ID} = $1 and coalesce(last_used_at < now() - ${NOTE_USE_EVERY}, true)`,
    values: [id],
  });
};

/**
 * For how many milliseconds a token is still valid, as Postgres counts them; infinite when it does
 * not expire. Undefined: it has ended.
 */
export const readTokenLife = async (db: Db, id: string): Promise<number | undefined> => {
  const { rows } = await db.query<{ leftMs: number }>({
    name: 'read-token-life',
    text: `select coalesce(extract(epoch from expires_at - now()) * 1000, 'infinity')::float8 as "leftMs"
    from ${WITH_PERSON} where ${TOKEN_ID} = $1 and ${IS_VALID}`,
    values: [id],
  });
  return rows[0]?.leftMs;
};

/** A token as operators see it. Instants in milliseconds since 1970. */
export interface TokenRecord extends TokenHolder {
  id: string;
  createdAt: number;
  /** Absent: it was not recorded then. */
  createdBy?: string;
  /** Absent: it was not used. */
  lastUsedAt?: number;
  /** Absent: it does not expire. */
  expiresAt?: number;
  revokedAt?: number;
  revokedBy?: string;
}

/** All tokens, or those of one person, newest first. */
export const listTokens = async (db: Db, account?: string): Promise<TokenRecord[]> => {
  const { rows } = await db.query<TokenRecord>(
    `select ${TOKEN_ID} as id, role, account, agency, region, created_at as "createdAt", created_by as "createdBy",
      last_used_at as "lastUsedAt", expires_at as "expiresAt", revoked_at as "revokedAt", revoked_by as "revokedBy"
    from ${WITH_PERSON} where $1::text is null or account = $1 order by created_at desc, 1`,
    [account ?? null],
  );
  return rows.map(dropNulls);
};

/**
 * Ends a token for good. `before`: it was revoked already, and keeps that instant. `by` is the
 * account of who ends it.
 */
export const revokeToken = async (db: Db, id: string, by: string): Promise<'revoked' | 'before' | 'unknown'> => {
  const { rowCount } = await db.query(
    `with revoked as (
      update tokens set revoked_at = now(), revoked_by = $2 where ${TOKEN_ID} = $1 and revoked_at is null
      returning role_id
    )
    select pg_notify('tokens_ended', account) from revoked join person_roles on person_roles.id = role_id`,
    [id, by],
  );
  if (rowCount === 1) return 'revoked';
  const { rowCount: known } = await db.query(`select from tokens where ${TOKEN_ID} = $1`, [id]);
  return known === 0 ? 'unknown' : 'before';
};

/**
 * Makes another token for the same role, and ends the old one after `graceMs`; 0: at once. `by` is
 * the account of who does it. `client` is inside a transaction.
 */
export const rotateToken = async (
  client: Db,
  cipher: Sealer,
  { id, graceMs, expiresAt, by }: { id: string; graceMs: number; expiresAt: number; by: string },
): Promise<{ kind: 'rotated'; token: string } | { kind: 'ended' | 'unknown' }> => {
  const { rowCount: known } = await client.query(`select from tokens where ${TOKEN_ID} = $1 for update`, [id]);
  if (known === 0) return { kind: 'unknown' };
  const token = generateToken();
  const { rows } = await client.query<{ account: string }>(
    `with old as (
      update tokens set expires_at = least(expires_at, now() + $2 * interval '1 millisecond'),
        revoked_at = case when $2 = 0 then now() end, revoked_by = case when $2 = 0 then $5 end
      where ${TOKEN_ID} = $1 and ${TOKEN_ID} in (select ${TOKEN_ID} from ${WITH_PERSON} where ${IS_VALID})
      returning role_id
    ), new as (
      insert into tokens (hash, role_id, expires_at, created_by) select $3, role_id, $4, $5 from old
    )
    select account, pg_notify('tokens_ended', account) from old join person_roles on person_roles.id = role_id`,
    [id, graceMs, cipher.hash('token', token), new Date(expiresAt), by],
  );
  return rows.length === 1 ? { kind: 'rotated', token } : { kind: 'ended' };
};
