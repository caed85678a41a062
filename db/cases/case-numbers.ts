import { normaliseNumber } from '../../domain/form/normalise.ts';
import { databaseError, type Db } from '../sql/pool.ts';

/**
 * A case number as it is stored: division (6), day (8), number of that day (5), check digit (1).
 */
const CASE_NO = /^\d{20}$/;
/** The day of a number is the day at the counter: China has one time zone, without summer time. */
const CHINA_OFFSET_MS = 8 * 3_600_000;

/** The case number in a typed or pasted text; undefined: it cannot be one. */
export const readCaseNo = (text: string): string | undefined => {
  const digits = normaliseNumber(text);
  return CASE_NO.test(digits) && checkDigit(digits.slice(0, -1)) === digits.at(-1) ? digits : undefined;
};

/** A number has five digits for the cases of a day. */
const MOST_A_DAY = 99_999;

/**
 * Takes the next number of a division and day. Throws `CASE_NUMBERS_SPENT` when there is none. The
 * row stays locked until the transaction ends, so that numbers have no gaps: take it as late as
 * possible.
 */
export const takeCaseNo = (db: Db, region: string, at: number): Promise<string> =>
  takeNumber(db, 'case_numbers', 'CASE_NUMBERS_SPENT', region, at);

/** The same for a supervision order; orders have numbers of their own. */
export const takeOrderNo = (db: Db, region: string, at: number): Promise<string> =>
  takeNumber(db, 'order_numbers', 'ORDER_NUMBERS_SPENT', region, at);

const takeNumber = async (
  db: Db,
  table: 'case_numbers' | 'order_numbers',
  spent: string,
  region: string,
  at: number,
): Promise<string> => {
  const day = new Date(at + CHINA_OFFSET_MS).toISOString().slice(0, 10);
  const { rows } = await db.query<{ last: number }>({
    name: `take-${table}`,
    text: `insert into ${table} as taken (region, day, last) values ($1, $2, 1)
      on conflict (region, day) do update set last = taken.last + 1 where taken.last < ${MOST_A_DAY}
      returning last`,
    values: [region, day],
  });
  const [taken] = rows;
  if (!taken) throw databaseError(spent, `no number is left for ${region} on ${day}`);
  const number = `${region}${day.replaceAll('-', '')}${String(taken.last).padStart(5, '0')}`;
  return number + checkDigit(number);
};

/**
 * Luhn (ISO/IEC 7812-1, mod 10): detects every single wrong digit and nearly every swap of
 * neighbours.
 */
const checkDigit = (digits: string): string => {
  const sum = Array.from(digits)
    .reverse()
    .reduce((total, digit, index) => {
      const value = Number(digit) * (index % 2 === 0 ? 2 : 1);
      return total + (value > 9 ? value - 9 : value);
    }, 0);
  return String((10 - (sum % 10)) % 10);
};
