import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createCipher, generateKeys, readKeys, type Keys } from '../../db/sql/sealing.ts';

const read = (text: string): Keys => readKeys({ env: text });
const cipher = createCipher(read(generateKeys()));

describe('keys', () => {
  it('come from a file or from the environment, and the file wins', () => {
    const [inFile, inEnv] = [generateKeys(), generateKeys()];
    const file = join(mkdtempSync(join(tmpdir(), 'one-matter-keys-')), 'keys.json');
    writeFileSync(file, inFile);
    expect(readKeys({ file, env: inEnv })).toEqual(JSON.parse(inFile));
    expect(readKeys({ env: inEnv })).toEqual(JSON.parse(inEnv));
  });

  it.each([{}, { env: '' }, { file: undefined, env: undefined }])('that are missing stop the start: %o', (source) => {
    expect(() => readKeys(source)).toThrow(expect.objectContaining({ code: 'KEYS_MISSING' }));
  });

  it('that are wrong are refused with the place and without the value', () => {
    const keys = JSON.parse(generateKeys()) as Keys;
    const wrong = { ...keys, search: Buffer.from('too short').toString('base64') };
    expect(() => read(JSON.stringify(wrong))).toThrow(/search: 32 bytes in base64/);
    expect(() => read(JSON.stringify(wrong))).not.toThrow(wrong.search);
    expect(() => read(JSON.stringify({ ...keys, current: 'other' }))).toThrow(/current names no key/);
    expect(() => read('not json')).toThrow(expect.objectContaining({ code: 'KEYS_INVALID' }));
  });
});

describe('a sealed value', () => {
  it('opens to what was sealed, in its own context only', () => {
    const value = { name: '张三丰', shares: [50, 50], none: null };
    const sealed = cipher.seal(value, 'dossier:1');
    expect(cipher.open(sealed, 'dossier:1')).toEqual(value);
    expect(() => cipher.open(sealed, 'dossier:2')).toThrow(expect.objectContaining({ code: 'SEALED_UNREADABLE' }));
  });

  it('is never the same twice and shows nothing of its content', () => {
    const [one, two] = [cipher.seal('张三丰', 'a'), cipher.seal('张三丰', 'a')];
    expect(one.equals(two)).toBe(false);
    expect(one.includes(Buffer.from('张三丰'))).toBe(false);
  });

  it('does not open when any bit of it is changed or its end is cut off', () => {
    const sealed = cipher.seal({ name: '张三丰' }, 'a');
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => cipher.open(changed, 'a'), `bit ${bit}`).toThrow(/cannot decrypt a/);
    }
    for (let length = 0; length < sealed.length; length += 1) {
      expect(() => cipher.open(sealed.subarray(0, length), 'a')).toThrow(/cannot decrypt a/);
    }
  });

  it('names its key, so that it still opens after a change of the key, and not after the old key was removed', () => {
    const old = read(generateKeys());
    const sealed = createCipher(old).seal('张三丰', 'a');
    const next = 'k2';
    const rotated = {
      ...old,
      current: next,
      sealing: { ...old.sealing, [next]: Buffer.alloc(32, 7).toString('base64') },
    };
    const both = createCipher(rotated);
    expect(both.open(sealed, 'a')).toBe('张三丰');
    const resealed = both.seal('张三丰', 'a');
    expect(resealed.includes(Buffer.from(next))).toBe(true);
    expect(() => createCipher(old).open(resealed, 'a')).toThrow(/cannot decrypt/);

    const withoutOld = createCipher({ ...rotated, sealing: { [next]: rotated.sealing[next] } });
    expect(withoutOld.open(resealed, 'a')).toBe('张三丰');
    expect(() => withoutOld.open(sealed, 'a')).toThrow(/cannot decrypt/);
  });
});

describe('a keyed hash', () => {
  it('is the same for the same value and kind under one key, and different for anything else', () => {
    expect(cipher.hash('name', '张三丰').equals(cipher.hash('name', '张三丰'))).toBe(true);
    const others = [
      cipher.hash('id-no', '张三丰'),
      cipher.hash('name', '张三'),
      createCipher(read(generateKeys())).hash('name', '张三丰'),
    ];
    expect(others.some((other) => other.equals(cipher.hash('name', '张三丰')))).toBe(false);
  });
});
