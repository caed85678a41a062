import { z } from 'zod';
import { Text } from '../domain/matter/schema.ts';
import { CaseId, CaseNo, MatterCode } from './values.ts';

/** Another case that a rule of the matter calls a duplicate. Only who may see it is told which. */
export const DuplicateView = z
  .object({ rule: MatterCode, message: Text, caseId: CaseId.optional(), caseNo: CaseNo.optional() })
  .meta({ id: 'Duplicate' });
export type DuplicateView = z.infer<typeof DuplicateView>;
