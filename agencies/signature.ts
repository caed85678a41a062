import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Standard Webhooks 1.0, symmetric (`v1`): HMAC-SHA256 over `id.timestamp.body`, the same in both
 * directions.
 */

/**
 * The maximum difference between the clocks of the two sides; the usual tolerance of Standard
 * Webhooks.
 */
const TOLERANCE_S = 300;

export type SignatureFault = 'SIGNATURE_MISSING' | 'SIGNATURE_WRONG' | 'TIMESTAMP_OUTSIDE';

/** Node's incoming headers, lower-case. */
export type Headers = Record<string, string | string[] | undefined>;

/**
 * One `v1,…` signature over the bytes, also if they are not UTF-8: a wrong encoding is no wrong
 * signature. `timestamp` is seconds since 1970; throws when the secret is not `whsec_` and base64.
 */
export const sign = (secret: string, id: string, timestamp: number, raw: Buffer): string => {
  const [, key] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret) ?? [];
  if (key === undefined) throw new Error('A webhook secret is whsec_ and base64.');
  const signed = createHmac('sha256', Buffer.from(key, 'base64')).update(`${id}.${timestamp}.`).update(raw);
  return `v1,${signed.digest('base64')}`;
};

/**
 * The three headers of a signed message; a signature by each active secret, so that rotation needs
 * no appointment.
 */
export const signedHeaders = (secrets: readonly string[], id: string, timestamp: number, raw: Buffer) => ({
  'webhook-id': id,
  'webhook-timestamp': String(timestamp),
  'webhook-signature': secrets.map((secret) => sign(secret, id, timestamp, raw)).join(' '),
});

/**
 * Checks the bytes as they were received, before anything parses them. `now` is milliseconds since
 * 1970. The time is checked only if the signature is valid, so that `TIMESTAMP_OUTSIDE` always
 * means a wrong clock or a replay.
 */
export function verify(secrets: readonly string[], headers: Headers, raw: Buffer, now: number): 'ok' | SignatureFault {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures } = headers;
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signatures !== 'string') {
    return 'SIGNATURE_MISSING';
  }
  if (id === '' || !/^[1-9]\d{0,11}$/.test(timestamp)) return 'SIGNATURE_WRONG';
  const given = signatures.split(' ').map((signature) => Buffer.from(signature));
  const genuine = secrets.some((secret) => {
    const expected = Buffer.from(sign(secret, id, Number(timestamp), raw));
    return given.some((signature) => signature.length === expected.length && timingSafeEqual(signature, expected));
  });
  if (!genuine) return 'SIGNATURE_WRONG';
  return Math.abs(Math.floor(now / 1000) - Number(timestamp)) <= TOLERANCE_S ? 'ok' : 'TIMESTAMP_OUTSIDE';
}
