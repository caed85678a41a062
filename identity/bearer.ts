import type { Sealer } from '../db/sql/sealing.ts';
import type { Db } from '../db/sql/pool.ts';
import { findTokenHolder, noteTokenUse } from '../db/registry/tokens.ts';
import type { PersonCaller } from './caller.ts';

/**
 * The holder of the bearer token in an Authorization header. Undefined: no such token, or it is not
 * valid any more.
 */
export const identifyBearer = async (
  db: Db,
  cipher: Sealer,
  authorization: string,
): Promise<PersonCaller | undefined> => {
  const [, secret] = /^Bearer ([A-Za-z0-9_-]{1,200})$/i.exec(authorization) ?? [];
  const holder = secret === undefined ? undefined : await findTokenHolder(db, cipher, secret);
  if (!holder) return undefined;
  const { role, account, agency, region, token, noteUse } = holder;
  if (noteUse) await noteTokenUse(db, token);
  if (role !== 'officer') return { role, account, token, region };
  if (agency === undefined) throw new Error('an officer without an agency');
  return { role, account, token, agency, region };
};
