import { z } from 'zod';
import { DeclaredField } from '../agencies/contract.ts';
import { STEP_KINDS, UNDO_CLASSES } from '../domain/case/plan.ts';
import { Limit, Text } from '../domain/matter/schema.ts';
import { AgencyId, MatterCode, StepId } from './values.ts';

/** Published matters: form, materials, items and steps. */

export const MatterSummary = z
  .object({ code: MatterCode, version: z.int(), name: Text, summary: Text })
  .meta({ id: 'MatterSummary' });
export const MatterView = MatterSummary.extend({
  hash: z.string(),
  lead: AgencyId,
  basis: z.array(z.string()),
  limit: z.object({ promised: Limit, statutory: Limit.optional(), example: z.boolean() }),
  form: z.record(z.string(), z.unknown()).meta({ description: 'JSON Schema 2020-12' }),
  items: z
    .array(
      z.object({
        id: MatterCode,
        name: Text,
        lead: AgencyId,
        steps: z.array(StepId),
        limit: z.object({ promised: Limit, statutory: Limit.optional(), example: z.boolean() }),
      }),
    )
    .meta({ description: 'The service items (事项) of the bundle' }),
  materials: z.array(z.object({ id: MatterCode, name: Text, source: z.string(), mayFollow: z.boolean() })),
  steps: z.array(
    z.object({
      id: StepId,
      name: Text,
      agency: z.object({ id: AgencyId, name: Text }),
      kind: z.enum(STEP_KINDS),
      when: Text.optional(),
      limit: z.object({ promised: Limit, statutory: Limit.optional(), example: z.boolean(), outside: z.boolean() }),
      undo: z.enum(UNDO_CLASSES),
      resultFields: z.array(DeclaredField).meta({ description: 'What the agency gives with its approval' }),
    }),
  ),
});
