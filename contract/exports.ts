import { z } from 'zod';
import { LIGHTS } from '../domain/deadlines/light.ts';
import { ORDER_GROUNDS, ORDER_STATUSES } from '../domain/supervision/orders.ts';
import { WAITING_CAUSES } from '../domain/waiting/causes.ts';
import { CaseFilters } from './filters.ts';
import { Period } from './reports.ts';
import { AgencyId, MatterCode } from './values.ts';

/** Exports to a file: filters and formats. There is no filter by person. */

const region = CaseFilters.region;
export const EXPORT_FORMATS = ['csv', 'xlsx'] as const;
const format = z.enum(EXPORT_FORMATS).default('xlsx');

export const Export = z.discriminatedUnion('subject', [
  z.strictObject({
    subject: z.literal('cases'),
    format,
    persons: z
      .enum(['masked', 'absent'])
      .default('masked')
      .meta({ description: 'Names and ID numbers are masked (330***********0011) or left out, never complete' }),
    filter: z.strictObject(CaseFilters).default({}),
  }),
  z.strictObject({
    subject: z.literal('stalls'),
    format,
    filter: z
      .strictObject({
        agency: AgencyId.optional(),
        cause: z.enum(WAITING_CAUSES).optional(),
        matter: MatterCode.optional(),
        region,
        light: z.enum(LIGHTS).optional(),
      })
      .default({}),
  }),
  z.strictObject({
    subject: z.literal('supervision-orders'),
    format,
    filter: z
      .strictObject({
        agency: AgencyId.optional(),
        region,
        matter: MatterCode.optional(),
        status: z.enum(ORDER_STATUSES).optional(),
        ground: z.enum(ORDER_GROUNDS).optional(),
        light: z.enum(LIGHTS).optional(),
      })
      .default({}),
  }),
  z.strictObject({
    subject: z.literal('daily-reports'),
    format,
    filter: z.strictObject({ ...Period, region, matter: MatterCode.optional() }).default({}),
  }),
]);
export type Export = z.output<typeof Export>;

export const EXPORT_SUBJECTS = Export.options.map(({ shape }) => shape.subject.value);
