import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { databaseError } from './pool.ts';

const Key = z.base64().refine((text) => Buffer.from(text, 'base64').length === 32, '32 bytes in base64');

/**
 * The key file: the key that seals, all keys that open, and the key of the search hashes, which
 * cannot be rotated by adding one.
 */
export const Keys = z
  .strictObject({
    current: z.string(),
    sealing: z.record(z.string().regex(/^[a-z0-9-]{1,32}$/), Key),
    search: Key,
  })
  .refine(({ current, sealing }) => current in sealing, 'current names no key');
export type Keys = z.infer<typeof Keys>;

/** A new key file with random keys. Without it, every personal column is lost. */
export const generateKeys = (): string => {
  const id = `k${new Date().toISOString().slice(0, 10).replaceAll('-', '')}`;
  return `${JSON.stringify({ current: id, sealing: { [id]: randomKey() }, search: randomKey() }, undefined, 2)}\n`;
};

const randomKey = (): string => randomBytes(32).toString('base64');

/**
 * Reads the keys from a file or from the content of an environment variable; the file takes
 * precedence. Throws `KEYS_MISSING` or `KEYS_INVALID`: no process may start without keys.
 */
export const readKeys = ({ file, env }: { file?: string | undefined; env?: string | undefined }): Keys => {
  const text = file === undefined ? env : readFileSync(file, 'utf8');
  if (text === undefined || text === '') {
    throw databaseError(
      'KEYS_MISSING',
      'no keys for personal data: name a key file, or put its content in the environment',
    );
  }
  const keys = Keys.safeParse(parseJson(text));
  if (!keys.success) {
    // The place of the fault, never the content.
    const where = keys.error.issues.map(({ path, message }) => `${path.join('.') || 'file'}: ${message}`).join('; ');
    throw databaseError('KEYS_INVALID', `the keys for personal data are not usable: ${where}`);
  }
  return keys.data;
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** What writes personal values, and cannot read them. */
export interface Sealer {
  /**
   * Encrypts a JSON value. `context` names its place (`dossier:<case>:<revision>`); with another
   * context it does not open.
   */
  seal: (value: unknown, context: string) => Buffer;
  /** Keyed hash for exact search; `kind` keeps equal values of different meaning apart. */
  hash: (kind: string, value: string) => Buffer;
}

/** What reads personal values. */
export interface Opener {
  /** Throws `SEALED_UNREADABLE` if the key is missing, the context differs or a bit was changed. */
  open: (sealed: Buffer, context: string) => unknown;
}

export type Cipher = Sealer & Opener;

/** The first byte of every sealed value. A second suite (SM4) would be the next number. */
const AES_256_GCM = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * AES-256-GCM: suite, length of the key's id, the id, nonce, tag, ciphertext. The header is
 * authenticated with the context. Nonces are random: change the key before it has sealed 2^32
 * values (NIST SP 800-38D §8.3), in practice every year.
 */
export const createCipher = (keys: Keys): Cipher => {
  const sealing = new Map(Object.entries(keys.sealing).map(([id, key]) => [id, Buffer.from(key, 'base64')]));
  const current = sealing.get(keys.current);
  if (!current) throw databaseError('KEYS_INVALID', 'current names no key');
  const search = Buffer.from(keys.search, 'base64');
  const header = Buffer.concat([Buffer.from([AES_256_GCM, keys.current.length]), Buffer.from(keys.current)]);

  return {
    seal(value, context) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', current, nonce);
      cipher.setAAD(associate(header, context));
      const ciphertext = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]);
      return Buffer.concat([header, nonce, cipher.getAuthTag(), ciphertext]);
    },
    open(sealed, context) {
      try {
        return openSealed(sealing, sealed, context);
      } catch {
        throw databaseError('SEALED_UNREADABLE', `cannot decrypt ${context}: wrong or missing key, or changed data`);
      }
    },
    hash: (kind, value) => createHmac('sha256', search).update(`${kind}\0${value}`).digest(),
  };
};

const associate = (header: Buffer, context: string): Buffer => Buffer.concat([header, Buffer.from(context)]);

const openSealed = (sealing: ReadonlyMap<string, Buffer>, sealed: Buffer, context: string): unknown => {
  const headerEnd = 2 + sealed.readUInt8(1);
  const tagStart = headerEnd + NONCE_BYTES;
  const textStart = tagStart + TAG_BYTES;
  const key = sealing.get(sealed.toString('utf8', 2, headerEnd));
  if (sealed.readUInt8(0) !== AES_256_GCM || !key) throw new Error('no such suite or key');
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(headerEnd, tagStart), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(associate(sealed.subarray(0, headerEnd), context));
  decipher.setAuthTag(sealed.subarray(tagStart, textStart));
  return JSON.parse(Buffer.concat([decipher.update(sealed.subarray(textStart)), decipher.final()]).toString('utf8'));
};
