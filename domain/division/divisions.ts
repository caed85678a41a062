import type { Text } from '../matter/schema.ts';
import table from './divisions.json' with { type: 'json' };

/**
 * Administrative divisions of county level and above after GB/T 2260, as of `asOf`, with the codes
 * that were abolished since 1981 (docs/decisions/0039). A line of `current` has the code, the Chinese name,
 * the year since which the code has this name, and the transliterated name; a line of `abolished`
 * has the years from and to, and the codes that took its place (`-`: none).
 *
 * 339900 does not exist in GB/T 2260. It is for invented persons and cases, which cannot be
 * mistaken for real ones.
 */
interface Division {
  code: string;
  name: Text;
  /** The year from which on the code has this name. */
  since: number;
}

interface Abolished extends Division {
  /** The year in which it was abolished. */
  until: number;
  /** The current divisions that took its place. */
  successors: readonly string[];
}

const nameOf = (zh: string, latin: readonly string[]): Text => ({ zh, en: latin.join(' ') });

const CURRENT: ReadonlyMap<string, Division> = new Map(
  table.current.map((line) => {
    const [code = '', zh = '', since, ...latin] = line.split(' ');
    return [code, { code, name: nameOf(zh, latin), since: Number(since) }];
  }),
);

const ABOLISHED: ReadonlyMap<string, Abolished> = new Map(
  table.abolished.map((line) => {
    const [code = '', zh = '', years = '', successors = '', ...latin] = line.split(' ');
    const [since, until] = years.split('-').map(Number);
    const of = successors === '-' ? [] : successors.split(',');
    return [code, { code, name: nameOf(zh, latin), since: since ?? 0, until: until ?? 0, successors: of }];
  }),
);

/** The code of a division, and the digits that select all divisions of a province or a city. */
export const DIVISION_CODE = /^\d{6}$/;
export const DIVISION_PREFIX = /^(?:\d{2}){1,3}$/;

/** The code of the division in which another lies; undefined: it is a province, or there is none. */
const parentOf = (code: string): string | undefined =>
  [`${code.slice(0, 4)}00`, `${code.slice(0, 2)}0000`].find((parent) => parent !== code && CURRENT.has(parent));

const PARENTS: ReadonlySet<string | undefined> = new Set([...CURRENT.keys()].map(parentOf));

/** A division by its code of six digits, also an abolished one. */
export const findDivision = (code: string): Division | undefined => CURRENT.get(code) ?? ABOLISHED.get(code);

/** The name of a division with those in which it lies, from the province on: 浙江省嘉兴市秀洲区. */
export const fullNameOf = (code: string): Text | undefined => {
  const found = findDivision(code);
  if (!found) return undefined;
  const parent = parentOf(code);
  const above = parent === undefined ? undefined : fullNameOf(parent);
  return above ? { zh: above.zh + found.name.zh, en: `${found.name.en}, ${above.en}` } : found.name;
};

/** Why a code does not stand for a division; the words are in problem.ts. */
export type DivisionFault =
  | { kind: 'unknown' }
  | { kind: 'abolished'; until: number; successors: readonly string[] }
  /** It exists, and is a province or a city with counties. */
  | { kind: 'wide' };

/**
 * Whether a code of six digits is a current division. `county`: it must be one without divisions in
 * it: a county, district or city of county level, a city without counties, or Hong Kong, Macao or
 * Taiwan.
 */
export const whyNotDivision = (code: string, level: 'any' | 'county'): DivisionFault | undefined => {
  if (CURRENT.has(code)) return level === 'county' && PARENTS.has(code) ? { kind: 'wide' } : undefined;
  const { until, successors } = ABOLISHED.get(code) ?? {};
  return until === undefined || !successors ? { kind: 'unknown' } : { kind: 'abolished', until, successors };
};

/** The first digits of every division, also of the abolished ones: cases of them stay readable. */
const PREFIXES: ReadonlySet<string> = new Set(
  [...CURRENT.keys(), ...ABOLISHED.keys()].flatMap((code) => [code.slice(0, 2), code.slice(0, 4), code]),
);

/**
 * Whether these digits, 2, 4 or 6, select divisions: a province, a city or a county, in lists and
 * in rights.
 */
export const isDivisionPrefix = (digits: string): boolean => PREFIXES.has(digits);

/** The code of a whole province or city as the prefix of what lies in it: 330400 becomes 3304. */
export const toPrefix = (digits: string): string =>
  digits.length === 6 && (PARENTS.has(digits) || ABOLISHED.has(digits)) ? digits.replace(/(?:00){1,2}$/, '') : digits;

/** Whether the code starts with the two digits of a province. */
export const hasProvince = (code: string): boolean => CURRENT.has(`${code.slice(0, 2)}0000`);

/** Whether a division lies in one of these prefixes; absent prefixes stand for every division. */
export const liesIn = (division: string, prefixes: readonly string[] | undefined): boolean =>
  prefixes === undefined || prefixes.some((prefix) => division.startsWith(prefix));
