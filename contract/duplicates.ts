import { z } from 'zod';
import { Text } from '../domain/matter/schema.ts';
import { CaseId, CaseNo, MatterCode } from './values.ts';

/** A duplicate by a rule of the matter. The ids are only for callers who may see that case. */
export const DuplicateView = z
  .object({ rule: MatterCode, message: Text, caseId: CaseId.optional(), caseNo: CaseNo.optional() })
  .meta({ id: 'Duplicate' });
export type DuplicateView = z.infer<typeof DuplicateView>;
