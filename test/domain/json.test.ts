import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readJson } from '../../domain/json.ts';

const read = (text: string, most = 100) => readJson(Buffer.from(text), most);
const lossesOf = (text: string, most?: number) => {
  const found = read(text, most);
  return found.kind === 'read' ? found.losses : found.kind;
};

describe('reading JSON without loss', () => {
  it('gives what JSON.parse gives, and no loss, for everything that JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue({ depthSize: 'medium' }), fc.constantFrom(undefined, 2), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        const found = read(text);
        expect(found).toMatchObject({ kind: 'read', value: JSON.parse(text) as unknown });
        // A double beyond 2^53 is written as an integer that is not exact.
        const isHuge = /\d{16}|e\+/.test(text);
        if (!isHuge) expect(found).toMatchObject({ losses: [] });
      }),
      { numRuns: 2_000 },
    );
  });

  it('takes no text that JSON.parse refuses', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[[\]{},:"\\0-9eE.+ntrufals -]{0,20}$/), (text) => {
        let isJson = true;
        try {
          JSON.parse(text);
        } catch {
          isJson = false;
        }
        expect(read(text).kind).toBe(isJson ? 'read' : 'not-json');
      }),
      { numRuns: 5_000 },
    );
  });

  it.each([
    '0',
    '-0',
    '0.0',
    '1.10',
    '0.1',
    '1e3',
    '1E-3',
    '-12.5e+2',
    '9007199254740991',
    '-9007199254740991',
    '123456789.0123456',
    '5e-324',
    '0.30000000000000004',
    '1.7976931348623157e-300',
  ])('keeps %s', (literal) => {
    expect(lossesOf(literal)).toEqual([]);
  });

  it.each([
    '9007199254740992',
    '9007199254740993',
    '-9007199254740992',
    '33990020261128000121',
    '1e400',
    '-1e400',
    '1e-400',
    '1e300',
    '1e16',
    '0.12345678901234567890',
    '1.00000000000000000001',
    '9007199254740991.5',
    `1${'0'.repeat(200_000)}1`,
    `0.${'0'.repeat(200_000)}1`,
  ])('finds that %s is not exact', (literal) => {
    expect(lossesOf(literal)).toEqual([{ code: 'NUMBER_NOT_EXACT', path: [] }]);
  });

  it('names the place of each loss', () => {
    const text = `{"a": [1, {"b": 1e400}, "1e400"], "c,\\"{": {"d": 12345678901234567890}, "a": 1}`;
    expect(lossesOf(text)).toEqual([
      { code: 'NUMBER_NOT_EXACT', path: ['a', 1, 'b'] },
      { code: 'NUMBER_NOT_EXACT', path: ['c,"{', 'd'] },
      { code: 'KEY_REPEATED', path: ['a'] },
    ]);
  });

  it.each([
    ['with the same value', '{"a":1,"a":1}', ['a']],
    ['written otherwise', '{"a":1,"\\u0061":2}', ['a']],
    ['inside a list', '[{},{"a":{},"b":[],"a":""}]', [1, 'a']],
    ['that is empty', '{"":1,"":2}', ['']],
    ['named __proto__', '{"__proto__":1,"__proto__":2}', ['__proto__']],
  ])('finds a repeated key %s', (_, text, path) => {
    expect(lossesOf(text)).toEqual([{ code: 'KEY_REPEATED', path }]);
  });

  it('takes equal keys of different objects', () => {
    expect(lossesOf('[{"a":{"a":1}},{"a":2},["a","a"]]')).toEqual([]);
  });

  it('stops at the most that was asked for', () => {
    expect(lossesOf(`[${'1e400,'.repeat(40_000)}1]`, 3)).toHaveLength(3);
  });

  it('reads a depth of 100,000 without using the stack', () => {
    const deep = `${'['.repeat(100_000)}1e400${']'.repeat(100_000)}`;
    const found = read(deep);
    expect(found.kind === 'read' && found.losses[0]?.path.length).toBe(100_000);
  });

  it('says that bytes are not UTF-8', () => {
    expect(readJson(Buffer.from([0x22, 0xc1, 0xd6, 0x22]), 1)).toEqual({ kind: 'not-utf8' });
  });
});
