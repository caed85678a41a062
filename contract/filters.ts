import { z } from 'zod';
import { CASE_STATUSES } from '../domain/case/status.ts';
import { LIGHTS } from '../domain/deadlines/light.ts';
import { AgencyId, DivisionPrefix, MatterCode } from './values.ts';

/** The case filters that lists, searches, bulk acts and exports share. */
export const CaseFilters = {
  matter: MatterCode.optional(),
  status: z.enum(CASE_STATUSES).optional(),
  agency: AgencyId.optional(),
  region: DivisionPrefix.optional(),
  light: z.enum(LIGHTS).optional(),
};
