import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { citizenIdCheckDigit } from '../../matters/fields.ts';

/** One person's wish for one case: the request, and the ID number that no other case has. */
export interface Intent {
  name: string;
  person: string;
  request: unknown;
}

/** Parallel steps, one long chain, and repeated steps. */
export const MIXED = [
  'newborn-registration/married-single-child',
  'newborn-registration/married-single-child-window',
  'home-purchase-move/second-hand-in-county',
  'newborn-registration/twins',
] as const;
/** Five steps, for what is not about the steps. */
export const SHORT = ['newborn-registration/certificates-only'] as const;

const Sample = z.object({
  request: z.looseObject({ form: z.looseObject({ applicant: z.looseObject({ idNo: z.string() }) }) }),
});
const ID_NUMBER = /(?<=")339900(\d{8})(\d{3})[\dX](?=")/g;
const FIRST_BIRTHDAY = Date.UTC(1970, 0, 1);
/** Thirty years: everybody is of age and nobody is too old. */
const BIRTHDAYS = 30 * 365;
const DAY_MS = 86_400_000;

/** Makes intents of sample forms; each with persons of its own, whose ID numbers are right and belong to nobody. */
export const createIntents = (): ((name: string, sample: string) => Intent) => {
  let persons = 0;
  return (name, sample) => {
    const renamed = new Map<string, string>();
    const text = readFileSync(new URL(`../../matters/samples/${sample}.json`, import.meta.url), 'utf8');
    const changed = text.replaceAll(ID_NUMBER, (idNo, _birth: string, serial: string) => {
      const own = renamed.get(idNo) ?? idNumber(persons++, Number(serial) % 2);
      renamed.set(idNo, own);
      return own;
    });
    const { request } = Sample.parse(JSON.parse(changed));
    return { name, person: request.form.applicant.idNo, request };
  };
};

/** The last digit of the serial tells the sex: it stays as it was, since forms say it too. */
const idNumber = (index: number, sex: number): string => {
  const birth = new Date(FIRST_BIRTHDAY + (index % BIRTHDAYS) * DAY_MS).toISOString().slice(0, 10).replaceAll('-', '');
  const serial = String(2 * (1 + Math.floor(index / BIRTHDAYS)) + sex).padStart(3, '0');
  const first17 = `339900${birth}${serial}`;
  return first17 + citizenIdCheckDigit(first17);
};
