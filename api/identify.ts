import type { Request } from 'express';
import { AGENCY_HEADER, checkSignature } from '../identity/agency-signature.ts';
import { identifyBearer } from '../identity/bearer.ts';
import type { Caller } from '../identity/caller.ts';
import type { Deps } from './deps.ts';
import { problem } from './http/problems.ts';

/**
 * The signer of the raw bytes, the holder of the bearer token, or the public. Wrong credentials are
 * refused, and do not fall back to the public.
 */
export const identify = async (deps: Deps, req: Request, raw: Buffer): Promise<Caller> => {
  const agency = req.get(AGENCY_HEADER);
  if (agency !== undefined) return identifyAgency(deps, agency, req, raw);
  const authorization = req.get('authorization');
  if (authorization === undefined) return { role: 'public' };
  const caller = await identifyBearer(deps.pool, deps.cipher, authorization);
  if (!caller) throw problem('AUTHENTICATION_REQUIRED');
  return caller;
};

const identifyAgency = async (deps: Deps, id: string, req: Request, raw: Buffer): Promise<Caller> => {
  const agency = (await deps.registry.agencies()).get(id);
  const verdict = checkSignature(agency, req.headers, raw, deps.now());
  if (verdict === 'ok') return { role: 'agency', agency: id };
  deps.log.warn({ verdict }, 'signature refused');
  // An unknown agency and a wrong signature must look the same from outside. Only a valid signature
  // is answered with more: the clock differs, or a message is replayed.
  throw problem(verdict === 'TIMESTAMP_OUTSIDE' ? verdict : 'SIGNATURE_INVALID');
};
