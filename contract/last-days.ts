import { z } from 'zod';
import { LAST_DAY_STATES, SUBMISSION_WARNINGS } from '../domain/deadlines/last-day-state.ts';
import { Text } from '../domain/matter/schema.ts';
import { Instant, MatterCode, StepId } from './values.ts';

/** A limit that binds the applicant, and its last day in a case. */
export const LastDayView = z
  .object({
    limit: MatterCode,
    name: Text.meta({ description: 'What the applicant has to do in time' }),
    step: StepId.optional().meta({ description: 'Absent: it belongs to the case' }),
    item: z.int().optional().meta({ description: 'The number of the item, if a list of the form has several' }),
    state: z.enum(LAST_DAY_STATES).meta({ description: '`met`: in time; `over`: too late; `open`: there is time' }),
    stateText: Text,
    until: z.object({ at: Instant, day: z.iso.date(), text: Text }).meta({
      description: 'The instant, the last day, which is included, and both in words',
    }),
    provisional: z.boolean().meta({ description: '暂定: the holidays of that period are not announced yet' }),
    example: z.boolean().meta({ description: '示例: no authority has confirmed the limit' }),
    source: z.string().meta({ description: 'The document that the limit is from' }),
    afterwards: Text.meta({ description: 'What holds after the last day' }),
  })
  .meta({ id: 'LastDay' });
export type LastDayView = z.infer<typeof LastDayView>;

/** Warnings about an application that was submitted nevertheless. */
export const SubmissionWarning = z
  .object({
    code: z.literal(SUBMISSION_WARNINGS),
    limit: MatterCode,
    step: z.object({ id: StepId, name: Text }).optional(),
    item: z.int().optional(),
    message: Text,
  })
  .meta({ id: 'SubmissionWarning' });
export type SubmissionWarning = z.infer<typeof SubmissionWarning>;
