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
