import { z } from 'zod';
import { APPLICANT_TASKS } from '../domain/words/progress.ts';
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
    done: z.object({ count: z.int(), of: z.int() }).meta({ description: 'The steps that are done, of all steps' }),
    todo: z
      .array(
        z.object({
          kind: z.enum(APPLICANT_TASKS),
          title: Text,
          items: z.array(Text).meta({
            description: 'What is asked for; a wish that names neither a field nor a material is “other”',
          }),
          until: z
            .object({ at: Instant, day: z.iso.date(), text: Text })
            .optional()
            .meta({ description: 'Until when: the instant, the last day, which is included, and both in words' }),
          afterwards: Text.optional().meta({ description: 'What holds after the last day' }),
          agency: Text.optional().meta({ description: 'The agency that the applicant deals with' }),
          office: z
            .object({ name: Text, address: Text, hours: Text, telephone: z.string() })
            .optional()
            .meta({ description: 'Where the applicant goes for it' }),
        }),
      )
      .meta({ description: 'What the applicant has to do, the nearest last day first' }),
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
  })
  .meta({ id: 'PublicProgress' });
export type PublicProgress = z.infer<typeof PublicProgress>;
