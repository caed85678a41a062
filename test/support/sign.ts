import { v7 as uuidv7 } from 'uuid';
import { formatCallId } from '../../agencies/call-id.ts';
import { signedHeaders } from '../../agencies/signature.ts';

/** The headers of a signed call. */
export const signAs = (agency: string, secret: string, id: string, raw: Buffer): Record<string, string> => ({
  'x-one-matter-agency': agency,
  ...signedHeaders([secret], id, Math.floor(Date.now() / 1000), raw),
});

interface AgencyCall {
  agency: string;
  secret: string;
  method: string;
  /** The path and query. */
  path: string;
  body?: unknown;
}

/**
 * A call as an agency makes it: the body gets the ids that it does not have, and the signature is
 * for this call.
 */
export const makeSignedCall = ({ agency, secret, method, path, body }: AgencyCall) => {
  if (typeof body !== 'object' || body === null) {
    const raw = Buffer.from(body === undefined ? '' : JSON.stringify(body));
    return { raw, headers: signAs(agency, secret, formatCallId(method, path, uuidv7()), raw) };
  }
  const [, requestId] = /^\/agency\/v1\/tasks\/([^/]+)\//.exec(path) ?? [];
  const { messageId = uuidv7() } = body as { messageId?: string };
  const raw = Buffer.from(JSON.stringify({ ...(requestId !== undefined && { requestId }), ...body, messageId }));
  return { raw, headers: signAs(agency, secret, messageId, raw) };
};
