import type { Request } from 'express';
import { verify } from '../agencies/signature.ts';
import { findTokenHolder, type TokenHolder } from '../db/registry/tokens.ts';
import type { Actor } from '../domain/case/messages.ts';
import type { Deps } from './deps.ts';
import type { Caller } from './policy.ts';
import { problem } from './http/problems.ts';

/**
 * The header with the id of the agency that signed a call. Its secrets are looked up by this id and
 * never by anything in the message.
 */
export const AGENCY_HEADER = 'x-one-matter-agency';

/**
 * The caller: the signer of the raw bytes, the holder of the bearer token, or the public. Wrong
 * credentials are refused and do not fall back to the public.
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
  // An unknown agency and a wrong signature must look the same from outside.
  if (verdict !== 'ok') {
    deps.log.warn({ verdict }, 'signature refused');
    // Only answered when the signature is valid: the clock differs, or a message is replayed.
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

/**
 * The account under which the requests of a caller are counted and its idempotency keys are kept.
 */
export const accountOf = (caller: Caller): string => {
  const { role, id } = actorOf(caller);
  return `${role}:${id}`;
};
