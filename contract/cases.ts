import { z } from 'zod';
import { says } from '../domain/words/says.ts';
import { CASE_ACTIONS } from '../domain/actions.ts';
import { DUE_KINDS } from '../domain/case/dues.ts';
import { CASE_STATUSES, CLOSINGS } from '../domain/case/status.ts';
import { Text } from '../domain/matter/schema.ts';
import { offers } from './actions.ts';
import { ClockHead, ItemView } from './clocks.ts';
import { Confirm, ConfirmationView } from './confirmations.ts';
import { ReviewAnswerView } from './review-queue.ts';
import { DuplicateView } from './duplicates.ts';
import { CaseFilters } from './filters.ts';
import { LastDayView, SubmissionWarning } from './last-days.ts';
import { LapseView, RefusalView } from './refusals.ts';
import { StepView } from './steps.ts';
import { NoticeView } from './supplements.ts';
import {
  AgencyId,
  CaseId,
  CaseNo,
  CurrentDivision,
  Cursor,
  Instant,
  MatterCode,
  Materials,
  Reason,
  Region,
  StepId,
} from './values.ts';

/** Cases, as windows submit and read them. Instants are ISO 8601 in UTC. */

const CHANNELS = ['window', 'online', 'kiosk'] as const;

const Group = z.record(z.string().max(64), z.unknown());

export const SubmitCase = z
  .strictObject({
    matter: MatterCode,
    form: Group,
    channel: z.enum(CHANNELS).default('window'),
    region: CurrentDivision,
    materials: Materials.default([]),
    pledge: z
      .strictObject({ materials: z.array(MatterCode).min(1).max(20), until: z.iso.date() })
      .optional()
      .meta({
        description:
          'Materials that the applicant hands in later, by the end of that day (容缺受理); the signed pledge is on paper',
      }),
    overrideDuplicates: z.strictObject({ reason: Reason }).optional().meta({
      description: 'Submit despite duplicates (409 DUPLICATE_CASE); the case records the person and the reason',
    }),
    confirm: Confirm,
    delivery: Group.optional().meta({
      description: 'The `delivery` group of the form, for callers that collect it separately',
    }),
  })
  .refine(({ form, delivery }) => delivery === undefined || !('delivery' in form), {
    path: ['delivery'],
    ...says('申请表中已有寄递信息', 'The form already has a delivery group'),
  });
export type SubmitCase = z.infer<typeof SubmitCase>;

const UnservedWarning = z
  .object({
    code: z.literal('NO_OFFICE'),
    step: z.object({ id: StepId, name: Text }),
    division: Region,
    message: Text,
  })
  .meta({ id: 'UnservedWarning', description: 'No office serves the division that decides the step' });
export type UnservedWarning = z.infer<typeof UnservedWarning>;

export const SubmittedCase = z
  .object({
    caseId: CaseId,
    caseNo: CaseNo,
    queryCode: z
      .string()
      .meta({ description: 'Ten digits that open the public page; only this response contains them' }),
    status: z.enum(CASE_STATUSES),
    warnings: z
      .array(z.discriminatedUnion('code', [UnservedWarning, SubmissionWarning]))
      .optional()
      .meta({ description: 'What will hold up the case, or what the applicant must be told; the case is accepted' }),
  })
  .meta({ id: 'SubmittedCase' });
export type SubmittedCase = z.infer<typeof SubmittedCase>;

const CaseHead = {
  caseId: CaseId,
  caseNo: CaseNo,
  matter: z.object({ code: MatterCode, version: z.int(), name: Text }),
  region: Region,
  channel: z.enum(CHANNELS),
  status: z.enum(CASE_STATUSES),
  closing: z
    .enum(CLOSINGS)
    .optional()
    .meta({ description: 'Why the case is being closed before all its steps have ended' }),
  submittedAt: Instant,
  acceptedAt: Instant.optional(),
  ...ClockHead,
};

export const CaseView = z
  .object({
    ...CaseHead,
    items: z.array(ItemView),
    steps: z.array(StepView),
    refusals: z.array(RefusalView),
    lapses: z.array(LapseView),
    disclosures: z.array(
      z.object({
        step: StepId,
        round: z.int(),
        agency: AgencyId,
        officer: z.string().optional().meta({ description: 'Absent: the system of the agency, or not read yet' }),
        fields: z.array(z.string()),
        sends: z.int(),
        firstAt: Instant,
        lastAt: Instant,
      }),
    ),
    notices: z.array(NoticeView),
    lastDays: z.array(LastDayView).meta({
      description: 'Last days that bind the applicant, apart from the promises of the offices; they move no light',
    }),
    pledge: z
      .object({ until: Instant, materials: z.array(z.object({ id: MatterCode, name: Text, filled: z.boolean() })) })
      .optional()
      .meta({ description: 'Materials that the applicant may hand in later (容缺受理)' }),
    dues: z.array(
      z.object({ kind: z.enum(DUE_KINDS), at: Instant, step: StepId.optional(), provisional: z.boolean() }),
    ),
    override: z
      .object({ by: z.string(), at: Instant, reason: z.string(), duplicates: z.array(DuplicateView) })
      .optional()
      .meta({ description: 'The person and the reason, when the case was submitted despite duplicates' }),
    confirmations: z
      .array(ConfirmationView)
      .meta({ description: 'The warnings about the form that a person confirmed; not for agencies' }),
    keptAnswers: z.array(ReviewAnswerView).optional().meta({
      description: 'Answers of agencies that did not count, newest first; only for callers who decide about them',
    }),
    actions: offers(CASE_ACTIONS),
    ledgerSeq: z.int(),
  })
  .meta({ id: 'CaseView' });
export type CaseView = z.infer<typeof CaseView>;

export const CaseSummary = z.object(CaseHead);
export type CaseSummary = z.infer<typeof CaseSummary>;
export const CaseList = z
  .object({ cases: z.array(CaseSummary), nextCursor: z.string().optional() })
  .meta({ id: 'CaseList' });
export type CaseList = z.infer<typeof CaseList>;

export const CaseQuery = z.strictObject({
  ...CaseFilters,
  text: z
    .string()
    .max(40)
    .optional()
    .meta({ description: 'A case number; to find a person, use POST /api/v1/cases/search' }),
  cursor: Cursor.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});

export const CaseSearch = z.strictObject({
  ...CaseFilters,
  text: z
    .string()
    .trim()
    .min(2)
    .max(100)
    .meta({ description: 'A complete name, a complete ID number, or a case number' }),
  cursor: Cursor.optional(),
  limit: z.int().min(1).max(100).default(20),
});
