import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { sign, signedHeaders, verify } from '../../agencies/signature.ts';

const secretOf = (seed: string) => `whsec_${Buffer.alloc(32, seed).toString('base64')}`;
const CURRENT = secretOf('current');
const PREVIOUS = secretOf('previous');
const OTHER = secretOf('another agency');
const NOW_S = 1_764_000_000;
const NOW = NOW_S * 1000;
const BODY = Buffer.from('{"messageId":"m-1","decision":"approved","reason":"同意"}');
const signBody = (secret = CURRENT, id = 'm-1', timestamp = NOW_S, raw = BODY) =>
  signedHeaders([secret], id, timestamp, raw);

describe('signature', () => {
  it('is the one of the reference library', () => {
    const timestamp = Math.floor(Date.now() / 1000);
    expect(() => new Webhook(CURRENT).verify(BODY, signBody(CURRENT, 'm-1', timestamp))).not.toThrow();
  });

  it('is accepted with the right secret, id, time and bytes', () => {
    expect(verify([CURRENT], signBody(), BODY, NOW)).toBe('ok');
  });

  it.each([
    ['the newest', CURRENT],
    ['the one before', PREVIOUS],
  ])('is accepted under %s of two active secrets', (_, secret) => {
    expect(verify([CURRENT, PREVIOUS], signBody(secret), BODY, NOW)).toBe('ok');
  });

  it('is accepted by a receiver that knows either secret while the sender rotates', () => {
    const headers = signedHeaders([CURRENT, PREVIOUS], 'm-1', NOW_S, BODY);
    expect([verify([CURRENT], headers, BODY, NOW), verify([PREVIOUS], headers, BODY, NOW)]).toEqual(['ok', 'ok']);
  });

  it('is refused once its secret is no longer active', () => {
    expect(verify([CURRENT], signBody(PREVIOUS), BODY, NOW)).toBe('SIGNATURE_WRONG');
  });

  it('is refused when no secret is active', () => {
    expect(verify([], signBody(), BODY, NOW)).toBe('SIGNATURE_WRONG');
  });

  it.each(['webhook-id', 'webhook-timestamp', 'webhook-signature'] as const)('is missing without %s', (header) => {
    expect(verify([CURRENT], { ...signBody(), [header]: undefined }, BODY, NOW)).toBe('SIGNATURE_MISSING');
  });

  it('is missing when a header comes twice', () => {
    const headers = { ...signBody(), 'webhook-signature': [sign(CURRENT, 'm-1', NOW_S, BODY)] };
    expect(verify([CURRENT], headers, BODY, NOW)).toBe('SIGNATURE_MISSING');
  });

  it.each([
    ['another body', signBody(), Buffer.from('{"messageId":"m-1","decision":"refused"}')],
    [
      'the same content written otherwise',
      signBody(),
      Buffer.from(JSON.stringify(JSON.parse(BODY.toString()), null, 1)),
    ],
    ['another id', { ...signBody(), 'webhook-id': 'm-2' }, BODY],
    ['an empty id', signBody(CURRENT, ''), BODY],
    ['another time', { ...signBody(), 'webhook-timestamp': String(NOW_S + 1) }, BODY],
    ['a time that is no number', { ...signBody(), 'webhook-timestamp': `${NOW_S}x` }, BODY],
    ['a time with a sign', { ...signBody(), 'webhook-timestamp': `+${NOW_S}` }, BODY],
    ['a time with a leading zero', { ...signBody(), 'webhook-timestamp': `0${NOW_S}` }, BODY],
    ["another agency's secret", signBody(OTHER), BODY],
    ['an asymmetric version', { ...signBody(), 'webhook-signature': 'v1a,AAAA' }, BODY],
    ['the version left out', { ...signBody(), 'webhook-signature': signBody()['webhook-signature'].slice(3) }, BODY],
    ['an empty list', { ...signBody(), 'webhook-signature': '' }, BODY],
  ])('is wrong for %s', (_, headers, raw) => {
    expect(verify([CURRENT], headers, raw, NOW)).toBe('SIGNATURE_WRONG');
  });

  it('is over the bytes, also if they are not UTF-8, and not over the text that they become', () => {
    const raw = Buffer.from([0x22, 0xff, 0x22]);
    const headers = signBody(CURRENT, 'm-1', NOW_S, raw);
    expect(verify([CURRENT], headers, raw, NOW)).toBe('ok');
    expect(verify([CURRENT], headers, Buffer.from([0x22, 0xfe, 0x22]), NOW)).toBe('SIGNATURE_WRONG');
    expect(verify([CURRENT], headers, Buffer.from(raw.toString()), NOW)).toBe('SIGNATURE_WRONG');
  });

  it.each(['', 'secret', 'whsec_', 'whsec_with blanks'])('cannot be made with the secret %j', (secret) => {
    expect(() => sign(secret, 'm-1', NOW_S, BODY)).toThrow();
  });

  it.each([
    [-301, 'TIMESTAMP_OUTSIDE'],
    [-300, 'ok'],
    [-299, 'ok'],
    [299, 'ok'],
    [300, 'ok'],
    [301, 'TIMESTAMP_OUTSIDE'],
    [30 * 86_400, 'TIMESTAMP_OUTSIDE'],
  ])('made %i s from now is %s', (offset, verdict) => {
    expect(verify([CURRENT], signBody(CURRENT, 'm-1', NOW_S + offset), BODY, NOW)).toBe(verdict);
  });

  it('names the secret before the clock when both are wrong', () => {
    expect(verify([CURRENT], signBody(OTHER, 'm-1', NOW_S - 3600), BODY, NOW)).toBe('SIGNATURE_WRONG');
  });

  it('never accepts a forged one', () => {
    const forged = fc.oneof(
      fc.string(),
      fc.base64String({ minLength: 44, maxLength: 44 }).map((text) => `v1,${text}`),
      fc.array(fc.base64String(), { maxLength: 20 }).map((texts) => texts.map((text) => `v1,${text}`).join(' ')),
      fc.nat({ max: 43 }).map((at) => {
        const genuine = signBody()['webhook-signature'];
        return genuine.slice(0, 3 + at) + (genuine[3 + at] === 'A' ? 'B' : 'A') + genuine.slice(4 + at);
      }),
    );
    fc.assert(
      fc.property(forged, (signature) => {
        expect(verify([CURRENT], { ...signBody(), 'webhook-signature': signature }, BODY, NOW)).toBe('SIGNATURE_WRONG');
      }),
      { numRuns: 10_000 },
    );
  });
});
