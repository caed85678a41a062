import { citizenIdCheckDigit } from './person-formats.ts';

const ID_NUMBER = /(?<=")339900(\d{8})(\d{3})[\dX](?=")/g;
const UNIT_NO = /(?<="\d{12}[A-Z]{2}\d{5}[A-Z])\d{8}(?=")/g;
const CERTIFICATE_NO = /(?<="[A-Z])\d{9}(?=")/g;
const FIRST_BIRTHDAY = Date.UTC(1970, 0, 1);
/** Thirty years: every invented adult is one, and none is too old for a matter. */
const BIRTHDAYS = 30 * 365;
/** A person of the sample who was born after this stays a child: younger than every adult. */
const FIRST_CHILD = 2006;
const FIRST_CHILDS_BIRTHDAY = Date.UTC(2015, 0, 1);
const CHILDS_BIRTHDAYS = 7 * 365;
const DAY_MS = 86_400_000;
/** An ID number has three digits for the serial, of which the last one is the sex. */
const MOST_SERIALS = 498;
/** The serial in an ID number has room for no more adults. */
export const INVENTED_PERSONS = 5_000_000;

/**
 * Generates requests from one sample that are not duplicates of each other. Each has its own
 * persons, property and certificates, with valid numbers of no real person. The same start number
 * gives the same requests.
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
      .replaceAll(ID_NUMBER, (idNo, birth: string, serial: string) =>
        rename(idNo, (index) => idNumber(index, Number(serial) % 2, Number(birth.slice(0, 4)) >= FIRST_CHILD)),
      )
      .replaceAll(UNIT_NO, (unit) => rename(unit, (index) => String(index).padStart(8, '0')))
      .replaceAll(CERTIFICATE_NO, (number) => rename(number, (index) => String(index).padStart(9, '0')));
  };
};

/** The last digit of the serial encodes the sex. It stays, because forms also contain the sex. */
const idNumber = (index: number, sex: number, isChild: boolean): string => {
  const [first, birthdays] = isChild ? [FIRST_CHILDS_BIRTHDAY, CHILDS_BIRTHDAYS] : [FIRST_BIRTHDAY, BIRTHDAYS];
  const birth = new Date(first + (index % birthdays) * DAY_MS).toISOString().slice(0, 10).replaceAll('-', '');
  const serial = String(2 * (1 + (Math.floor(index / birthdays) % MOST_SERIALS)) + sex).padStart(3, '0');
  const first17 = `339900${birth}${serial}`;
  return first17 + citizenIdCheckDigit(first17);
};
