/**
 * Reading JSON without loss. `JSON.parse` rounds a number that a double cannot hold, and keeps only
 * the last of two equal keys. What is kept would then differ from the bytes that somebody signed.
 * `lossless-json` finds both only in part: not two equal keys with equal values, and no paths.
 */

type JsonPath = readonly (string | number)[];

/** Something that `JSON.parse` changes. */
export interface JsonLoss {
  code: 'NUMBER_NOT_EXACT' | 'KEY_REPEATED';
  path: JsonPath;
}

/** `losses`: at most as many as the reader was asked for. */
export type ReadJson =
  { kind: 'read'; value: unknown; losses: readonly JsonLoss[] } | { kind: 'not-utf8' } | { kind: 'not-json' };

/** Reads bytes as JSON in UTF-8, and lists up to `most` places where the value differs from them. */
export const readJson = (raw: Uint8Array, most: number): ReadJson => {
  const text = decode(raw);
  if (text === undefined) return { kind: 'not-utf8' };
  try {
    const value: unknown = JSON.parse(text);
    return { kind: 'read', value, losses: listLosses(text, most) };
  } catch {
    return { kind: 'not-json' };
  }
};

const decode = (raw: Uint8Array): string | undefined => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(raw);
  } catch {
    return undefined;
  }
};

/** An object or a list that the walk is inside of, and where in it. */
interface Container {
  place: string | number;
  /** The keys so far; only an object has them. */
  keys?: Set<string>;
  isKeyNext?: boolean;
}

/** Walks over valid JSON without recursion, so that depth does not use the stack. */
const listLosses = (text: string, most: number): JsonLoss[] => {
  const losses: JsonLoss[] = [];
  const open: Container[] = [];
  const report = (code: JsonLoss['code']): void => {
    losses.push({ code, path: open.map(({ place }) => place) });
  };
  for (let at = 0; at < text.length && losses.length < most; at += 1) {
    const char = text.charAt(at);
    const inside = open.at(-1);
    if (char === '{') open.push({ place: '', keys: new Set(), isKeyNext: true });
    else if (char === '[') open.push({ place: 0 });
    else if (char === '}' || char === ']') open.pop();
    else if (char === ',' && inside) {
      if (typeof inside.place === 'number') inside.place += 1;
      inside.isKeyNext = inside.keys !== undefined;
    } else if (char === '"') {
      const end = endOfString(text, at);
      if (inside?.keys && inside.isKeyNext) {
        const key = String(JSON.parse(text.slice(at, end + 1)));
        inside.place = key;
        inside.isKeyNext = false;
        if (inside.keys.has(key)) report('KEY_REPEATED');
        inside.keys.add(key);
      }
      at = end;
    } else if (char === '-' || isDigit(char)) {
      const end = endOfNumber(text, at);
      if (!isExact(text.slice(at, end))) report('NUMBER_NOT_EXACT');
      at = end - 1;
    }
  }
  return losses;
};

/** The place of the quotation mark that ends the string. */
const endOfString = (text: string, start: number): number => {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
};

/** The place after the number. */
const endOfNumber = (text: string, start: number): number => {
  let at = start + 1;
  while (at < text.length && /[\d.eE+-]/.test(text.charAt(at))) at += 1;
  return at;
};

const isDigit = (char: string): boolean => char >= '0' && char <= '9';

/** Longer than any number that a program writes for a double. */
const MAX_NUMBER_LENGTH = 40;

/**
 * Whether a double holds the number as it is written. An integer must also be one that no other
 * integer is rounded to.
 */
const isExact = (literal: string): boolean => {
  if (literal.length > MAX_NUMBER_LENGTH) return false;
  const value = Number(literal);
  if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))) return false;
  return digitsOf(literal) === digitsOf(String(value));
};

/** The significant digits and their exponent: equal for every way to write one number. */
const digitsOf = (literal: string): string => {
  const [, whole = '', fraction = '', exponent = '0'] = /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(literal) ?? [];
  const all = `${whole}${fraction}`.replace(/^0+/, '');
  const digits = all.replace(/0+$/, '');
  return digits === '' ? '0' : `${digits}e${Number(exponent) - fraction.length + all.length - digits.length}`;
};
