import { citizenIdCheckDigit } from './fields.ts';

const ID_NUMBER = /(?<=")339900(\d{8})(\d{3})[\dX](?=")/g;
const UNIT_NO = /(?<="\d{12}[A-Z]{2}\d{5}[A-Z])\d{8}(?=")/g;
const CERTIFICATE_NO = /(?<="[A-Z])\d{9}(?=")/g;
const FIRST_BIRTHDAY = Date.UTC(1970, 0, 1);
/** Thirty years: everybody is of age and nobody is too old. */
const BIRTHDAYS = 30 * 365;
const DAY_MS = 86_400_000;
/** Above this the serial in an ID number runs out. */
export const INVENTED_PERSONS = 5_000_000;

/**
 * Makes requests of one sample that are no duplicates of each other: each has persons, a property and certificates of its own, with
 * numbers that are right and belong to nobody. Two that begin at one number make the same.
 */
export const createInventor = (first = 0): ((sample: string) => string) => {
  let next = first;
  return (sample) => {
    const renamed = new Map<string, string>();
    const rename = (old: string, make: (index: number) => string): string => {
      const own = renamed.get(old) ?? make(next++);
      renamed.set(old, own);
      return own;
    };
    return sample
      .replaceAll(ID_NUMBER, (idNo, _birth: string, serial: string) =>
        rename(idNo, (index) => idNumber(index, Number(serial) % 2)),
      )
      .replaceAll(UNIT_NO, (unit) => rename(unit, (index) => String(index).padStart(8, '0')))
      .replaceAll(CERTIFICATE_NO, (number) => rename(number, (index) => String(index).padStart(9, '0')));
  };
};

/** The last digit of the serial tells the sex: it stays as it was, since forms say it too. */
const idNumber = (index: number, sex: number): string => {
  const birth = new Date(FIRST_BIRTHDAY + (index % BIRTHDAYS) * DAY_MS).toISOString().slice(0, 10).replaceAll('-', '');
  const serial = String(2 * (1 + Math.floor(index / BIRTHDAYS)) + sex).padStart(3, '0');
  const first17 = `339900${birth}${serial}`;
  return first17 + citizenIdCheckDigit(first17);
};
