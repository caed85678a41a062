import { randomBytes } from 'node:crypto';
import type { Cipher } from '../sql/sealing.ts';
import type { Db } from '../sql/pool.ts';
import { toInstant, dropNulls } from '../sql/rows.ts';

type TokenRole = 'clerk' | 'officer' | 'supervisor' | 'admin';

export interface TokenHolder {
  role: TokenRole;
  account: string;
  /** Of an officer. */
  agency?: string;
  /** Division prefix in which the holder acts; empty: everywhere. */
  region: string;
}

/** Makes a bearer token and returns it, in clear for the only time; only its keyed hash is kept. */
export const createToken = async (
  db: Db,
  cipher: Cipher,
  {
    role,
    account,
    agency,
    region = '',
    expiresAt,
  }: Omit<TokenHolder, 'region'> & { region?: string; expiresAt?: number },
): Promise<string> => {
  const token = `om_${randomBytes(32).toString('base64url')}`;
  await db.query(
    'insert into tokens (hash, role, account, agency, region, expires_at) values ($1, $2, $3, $4, $5, $6)',
    [cipher.hash('token', token), role, account, agency ?? null, region, toInstant(expiresAt)],
  );
  return token;
};

/** The holder of a token; undefined for unknown, expired and revoked tokens alike. */
export const findTokenHolder = async (db: Db, cipher: Cipher, token: string): Promise<TokenHolder | undefined> => {
  const { rows } = await db.query<TokenHolder>({
    name: 'find-token-holder',
    text: `select role, account, agency, region from tokens
      where hash = $1 and revoked_at is null and (expires_at is null or expires_at > now())`,
    values: [cipher.hash('token', token)],
  });
  const [row] = rows;
  return row && dropNulls(row);
};

/** A token as operators see it. Instants in milliseconds since 1970. */
export interface TokenRecord extends TokenHolder {
  /** The beginning of its keyed hash. */
  id: string;
  createdAt: number;
  /** Absent: it does not expire. */
  expiresAt?: number;
  revokedAt?: number;
}

/** `id` of `TokenRecord`. */
const TOKEN_ID = `left(encode(hash, 'hex'), 12)`;

/** All tokens, newest first. */
export const listTokens = async (db: Db): Promise<TokenRecord[]> => {
  const { rows } = await db.query<TokenRecord>(
    `select ${TOKEN_ID} as id, role, account, agency, region, created_at as "createdAt", expires_at as "expiresAt",
      revoked_at as "revokedAt"
    from tokens order by created_at desc, id`,
  );
  return rows.map(dropNulls);
};

/** Ends a token for good. `before`: it was revoked already, and keeps that instant. */
export const revokeToken = async (db: Db, id: string): Promise<'revoked' | 'before' | 'unknown'> => {
  const { rowCount } = await db.query(
    `update tokens set revoked_at = now() where ${TOKEN_ID} = $1 and revoked_at is null`,
    [id],
  );
  if (rowCount === 1) return 'revoked';
  const { rowCount: known } = await db.query(`select from tokens where ${TOKEN_ID} = $1`, [id]);
  return known === 0 ? 'unknown' : 'before';
};
