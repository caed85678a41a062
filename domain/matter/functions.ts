import { date, FeelFunction } from 'feelin';
import { findBirthDate } from './birth-dates.ts';

/** Functions of our own that expressions can use besides those of FEEL. */

/**
 * The date of birth in a number of 18 places: of an identity card, a household book, a residence
 * permit or a permanent residence card. Null for every other value.
 */
const birthDateOf = (idNo: unknown): ReturnType<typeof date> => {
  const birth = typeof idNo === 'string' ? findBirthDate(idNo) : undefined;
  return birth === undefined ? null : date(birth);
};

/** Whether fractions (`1/3`) add up to exactly 1; null if one of the values is none. */
const addUpToOne = (fractions: unknown): boolean | null => {
  if (!Array.isArray(fractions)) return null;
  const read = fractions.map(readFraction).filter((fraction) => fraction !== undefined);
  if (read.length === 0 || read.length < fractions.length) return null;
  const none: Fraction = [0n, 1n];
  const [numerator, denominator] = read.reduce(
    ([sum, base], [part, parts]) => [sum * parts + part * base, base * parts],
    none,
  );
  return numerator === denominator;
};

type Fraction = [numerator: bigint, denominator: bigint];

const readFraction = (text: unknown): Fraction | undefined => {
  const [, numerator, denominator] = (typeof text === 'string' && /^(\d{1,6})\/([1-9]\d{0,5})$/.exec(text)) || [];
  return numerator === undefined || denominator === undefined ? undefined : [BigInt(numerator), BigInt(denominator)];
};

/** By the name that expressions use. A field cannot have one of these names. */
export const OWN_FUNCTIONS = {
  birthDateOf: new FeelFunction(birthDateOf, ['idNo']),
  addUpToOne: new FeelFunction(addUpToOne, ['fractions']),
} as const;
