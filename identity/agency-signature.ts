import type { IncomingHttpHeaders } from 'node:http';
import { verify, type SignatureFault } from '../agencies/signature.ts';
import type { AgencyRecord } from '../db/agencies/agencies.ts';

/**
 * The agency that signed a call. Its secrets are looked up by this header and never by the content
 * of the message.
 */
export const AGENCY_HEADER = 'x-one-matter-agency';

/**
 * Whether the agency signed these bytes; `unknown`: there is no such agency, or it has no secret.
 */
export const checkSignature = (
  agency: Pick<AgencyRecord, 'secrets'> | undefined,
  headers: IncomingHttpHeaders,
  raw: Buffer,
  now: number,
): 'ok' | 'unknown' | SignatureFault =>
  agency && agency.secrets.length > 0 ? verify(agency.secrets, headers, raw, now) : 'unknown';
