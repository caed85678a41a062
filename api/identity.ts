import type { Request } from 'express';
import { verify } from '../agencies/signature.ts';
import { findTokenHolder, type TokenHolder } from '../db/tokens.ts';
import type { Actor } from '../matters/engine/messages.ts';
import type { Deps } from './deps.ts';
import type { Caller } from './policy.ts';
import { problem } from './problems.ts';

/** Which agency signed a call; its secrets are looked up by this and never by anything inside the message. */
export const AGENCY_HEADER = 'x-one-matter-agency';

/**
 * Who calls: the signer of the raw bytes, the holder of the bearer token, or the public. Wrong credentials are refused, and do not
 * fall back to the public.
 */
export const identify = async (deps: Deps, req: Request, raw: Buffer): Promise<Caller> => {
  const agency = req.get(AGENCY_HEADER);
  if (agency !== undefined) return identifyAgency(deps, agency, req, raw);
  const authorization = req.get('authorization');
  if (authorization === undefined) return { role: 'public' };
  const [, token] = /^Bearer ([A-Za-z0-9_-]{1,200})$/i.exec(authorization) ?? [];
  const holder = token === undefined ? undefined : await findTokenHolder(deps.pool, deps.cipher, token);
  if (!holder) throw problem('AUTHENTICATION_REQUIRED');
  return callerOf(holder);
};

const identifyAgency = async (deps: Deps, id: string, req: Request, raw: Buffer): Promise<Caller> => {
  const agency = (await deps.registry.agencies()).get(id);
  const verdict =
    agency && agency.secrets.length > 0 ? verify(agency.secrets, req.headers, raw, deps.now()) : 'unknown';
  // An agency that does not exist and a signature that does not fit look alike from outside.
  if (verdict !== 'ok') {
    deps.log.warn({ verdict }, 'signature refused');
    // Said only under a right signature: a clock that is off, or a message that somebody plays again.
    throw problem(verdict === 'TIMESTAMP_OUTSIDE' ? verdict : 'SIGNATURE_INVALID');
  }
  return { role: 'agency', agency: id };
};

const callerOf = ({ role, account, agency, region }: TokenHolder): Caller => {
  if (role !== 'officer') return { role, account, region };
  if (agency === undefined) throw new Error('an officer without an agency');
  return { role, account, agency, region };
};

/** The caller as the ledger names it. */
export const actorOf = (caller: Caller): Actor => {
  if (caller.role === 'public') throw new Error('the public acts on nothing');
  return caller.role === 'agency' ? { role: 'agency', id: caller.agency } : { role: caller.role, id: caller.account };
};

/** Under which name a caller's requests are counted and its idempotency keys kept. */
export const accountOf = (caller: Caller): string => {
  const { role, id } = actorOf(caller);
  return `${role}:${id}`;
};
