import { z } from 'zod';
import { Text } from '../domain/matter/schema.ts';
import { Instant, Place, Reason } from './values.ts';

/** Warnings about a form, and their confirmations. */

const Rule = z.string().max(100).meta({ description: 'The rule of the warning: the id of a check, or a format' });

export const Confirm = z
  .array(z.strictObject({ rule: Rule, field: Place, reason: Reason }))
  .max(100)
  .default([])
  .meta({
    description:
      'Warnings about the form that a person has looked at, each with a reason (409 FORM_UNCONFIRMED lists them). A confirmation of what is no warning has no effect',
  });

export const ConfirmationView = z
  .object({ rule: Rule, field: z.string(), message: Text, reason: z.string(), by: z.string(), at: Instant })
  .meta({ id: 'Confirmation', description: 'A warning about the form that a person confirmed' });
export type ConfirmationView = z.infer<typeof ConfirmationView>;

/** A place that is wrong or unusual, in the language of the caller. */
export const Finding = z.object({ path: z.string(), rule: z.string(), message: z.string() });
