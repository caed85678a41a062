import { z } from 'zod';
import { APPLICANT_STATES } from '../domain/words/step-statuses.ts';
import { CASE_STATUSES } from '../domain/case/status.ts';
import { Text } from '../domain/matter/schema.ts';
import { RefusalView } from './refusals.ts';
import { CaseNo, Instant } from './values.ts';

/** The case as the applicant sees it, opened with case number and query code. */
export const PublicProgress = z
  .object({
    caseNo: CaseNo,
    matter: Text,
    status: z.object({ code: z.enum(CASE_STATUSES), text: Text }),
    submittedAt: Instant,
    promisedAt: Instant.optional(),
    provisional: z.boolean().meta({ description: '暂定: the holidays of that period are not announced yet' }),
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
        'Decisions against the applicant, the agency that decided, and the remedies; the letter contains the reason',
    }),
    lapses: z.array(z.object({ step: Text, agency: Text })).meta({
      description: 'What ended because the applicant did not pay or collect in time; no decision against them',
    }),
    pledge: z
      .object({ until: Instant, materials: z.array(Text) })
      .optional()
      .meta({ description: 'Materials still to be handed in (容缺受理), and the last day for them' }),
    missing: z.array(z.object({ dueAt: Instant.optional(), count: z.int() })).meta({
      description:
        'Notices that wait for the applicant: number of items and last day; the notice itself lists the items',
    }),
  })
  .meta({ id: 'PublicProgress' });
export type PublicProgress = z.infer<typeof PublicProgress>;
