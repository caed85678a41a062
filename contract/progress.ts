import { z } from 'zod';
import { APPLICANT_STATES } from '../domain/words/step-statuses.ts';
import { CASE_STATUSES } from '../domain/case/status.ts';
import { Text } from '../domain/matter/schema.ts';
import { RefusalView } from './refusals.ts';
import { CaseNo, Instant } from './values.ts';

/** What an applicant sees of the case, by its number and its code. */
export const PublicProgress = z
  .object({
    caseNo: CaseNo,
    matter: Text,
    status: z.object({ code: z.enum(CASE_STATUSES), text: Text }),
    submittedAt: Instant,
    promisedAt: Instant.optional(),
    provisional: z.boolean().meta({ description: '暂定: the holidays of that time are not announced yet' }),
    endedAt: Instant.optional(),
    steps: z.array(
      z.object({
        name: Text,
        agency: Text,
        state: z.enum(APPLICANT_STATES),
        stateText: Text,
        text: Text,
      }),
    ),
    refusals: z.array(RefusalView.omit({ reason: true, ground: true }).extend({ step: Text, agency: Text })).meta({
      description:
        'Decisions against the applicant, in the name of who decided, and the remedies; the reason is in the letter',
    }),
    pledge: z
      .object({ until: Instant, materials: z.array(Text) })
      .optional()
      .meta({ description: 'What was accepted to follow (容缺受理) and has not come, until when' }),
    missing: z.array(z.object({ dueAt: Instant.optional(), count: z.int() })).meta({
      description: 'Notices that wait for the applicant: how many things, until when; what they are is on the notice',
    }),
  })
  .meta({ id: 'PublicProgress' });
export type PublicProgress = z.infer<typeof PublicProgress>;
