import { z } from 'zod';
import { Text } from '../domain/matter/schema.ts';
import { AgencyId, Instant, StepId } from './values.ts';

/** A step that ended because the applicant did not pay or collect in time. */
export const LapseView = z
  .object({ step: z.object({ id: StepId, name: Text }), agency: z.object({ id: AgencyId, name: Text }), at: Instant })
  .meta({ id: 'Lapse', description: 'Not done in time by the applicant: no decision against them, and no remedy' });

/** A decision against the applicant. */
export const RefusalView = z
  .object({
    step: z.object({ id: StepId, name: Text }),
    agency: z
      .object({ id: AgencyId, name: Text })
      .meta({ description: 'The agency that decided; the remedies are directed against it' }),
    /** Only for callers who may read the agency's text. */
    reason: z.string().optional(),
    ground: Text.optional().meta({ description: 'The standard ground, if the agency named one' }),
    basis: z.array(z.string()).meta({ description: 'The provision of the ground; empty if the agency named none' }),
    remedy: Text.meta({
      description:
        'How the applicant can object: reconsideration (行政复议) and litigation (行政诉讼) against an authority, a complaint against a company or an institution. The periods run from the service of the decision',
    }),
  })
  .meta({
    id: 'Refusal',
    description: 'Not accepted (不予受理) or refused, with the remedy',
  });
