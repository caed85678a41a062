import type { Cipher } from '../db/sql/sealing.ts';
import type { Db } from '../db/sql/pool.ts';
import { findTokenHolder, type TokenHolder } from '../db/registry/tokens.ts';
import type { Caller } from './caller.ts';

/**
 * The holder of the bearer token in an Authorization header. Undefined: no such token, or it is not
 * valid any more.
 */
export const identifyBearer = async (db: Db, cipher: Cipher, authorization: string): Promise<Caller | undefined> => {
  const [, token] = /^Bearer ([A-Za-z0-9_-]{1,200})$/i.exec(authorization) ?? [];
  const holder = token === undefined ? undefined : await findTokenHolder(db, cipher, token);
  return holder && callerOf(holder);
};

const callerOf = ({ role, account, agency, region }: TokenHolder): Caller => {
  if (role !== 'officer') return { role, account, region };
  if (agency === undefined) throw new Error('an officer without an agency');
  return { role, account, agency, region };
};
