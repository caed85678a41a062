import { z } from 'zod';
import { DIVISION_PREFIX } from '../division/divisions.ts';
import { Text } from '../matter/schema.ts';
import { chinaTime } from '../matter/scope.ts';

/**
 * The offices with their addresses in one YAML file, `catalog/offices.yaml`: where people go, which
 * need not be how an agency is connected. Unknown keys are errors.
 */

const DateText = z.iso.date({ error: 'a date that exists, as YYYY-MM-DD' });

const OfficeAddress = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'lower-case words joined by hyphens'),
  name: Text,
  /** The division whose steps it decides, or the first digits of a city or province. */
  division: z.string().regex(DIVISION_PREFIX, '2, 4 or 6 digits of a division, in quotation marks'),
  /** The agencies of the catalog for which people come here. */
  agencies: z.array(z.string()).default([]),
  /** People hand in papers here, whichever agency asked for them. */
  window: z.boolean().default(false),
  address: Text,
  hours: Text,
  telephone: z.string().regex(/^[0-9][0-9 -]{3,20}$/, 'digits, blanks and hyphens'),
  /** The days on which this holds, both included; without `until` further on. */
  from: DateText,
  until: DateText.optional(),
});
export type OfficeAddress = z.infer<typeof OfficeAddress>;

export const OfficeDirectory = z.strictObject({
  $schema: z.string().optional(),
  /** A year and a number that rises within it: 2026.1. A published version never changes. */
  version: z.string().regex(/^20\d\d\.[1-9]\d{0,2}$/, 'a year and a number, such as 2026.1'),
  offices: z.array(OfficeAddress).min(1),
});
export type OfficeDirectory = z.infer<typeof OfficeDirectory>;

/**
 * The office for an agency of the catalog, or the window where papers are handed in, in a division at
 * an instant; of several the one that names the division most precisely.
 */
export const findAddress = (
  { offices }: Pick<OfficeDirectory, 'offices'>,
  wanted: { agency: string } | 'window',
  division: string,
  now: number,
): OfficeAddress | undefined => {
  const today = chinaTime(now).slice(0, 10);
  return offices
    .filter((office) => (wanted === 'window' ? office.window : office.agencies.includes(wanted.agency)))
    .filter((office) => division.startsWith(office.division))
    .filter(({ from, until }) => from <= today && (until === undefined || today <= until))
    .toSorted((a, b) => b.division.length - a.division.length)[0];
};
