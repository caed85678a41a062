import { z } from 'zod';
import { ATTENTION_CODES, PROCEDURES, REFUSAL_CODES } from '../matters/engine/messages.ts';
import { BULK_VERBS } from '../matters/supervision/bulk.ts';
import { STEP_KINDS, UNDO_CLASSES } from '../matters/engine/plan.ts';
import { DUE_KINDS } from '../matters/engine/dues.ts';
import { CASE_STATUSES, CLOSINGS, STEP_ACTIONS, STEP_STATUSES } from '../matters/engine/status.ts';
import { Limit, Text } from '../matters/definition/schema.ts';
import { ORDER_ACTIONS } from '../matters/supervision/supervision.ts';
import { says } from '../matters/words/says.ts';
import { APPLICANT_STATES } from '../matters/words/step-statuses.ts';
import {
  AgencyId,
  By,
  CaseId,
  CaseNo,
  Cursor,
  DecisionKind,
  Instant,
  MatterCode,
  Materials,
  MessageId,
  Reason,
  Region,
  StepId,
} from './contracts/values.ts';
import { ClockHead, ItemView } from './contracts/clocks.ts';
import { DeskAnswer, VERDICTS } from './contracts/desk.ts';
import { CaseFilters } from './contracts/filters.ts';
import { Evidence } from './contracts/orders.ts';
import { Waiting, WaitingOn } from './contracts/stalls.ts';
import { NoticeView } from './contracts/supplements.ts';

export * from './contracts/values.ts';

/** What goes over the wire between us, the windows and the console. Instants are ISO 8601 in UTC. */

const CHANNELS = ['window', 'online', 'kiosk'] as const;

const Group = z.record(z.string().max(64), z.unknown());

export const SubmitCase = z
  .strictObject({
    matter: MatterCode,
    form: Group,
    channel: z.enum(CHANNELS).default('window'),
    region: Region,
    materials: Materials.default([]),
    pledge: z
      .strictObject({ materials: z.array(MatterCode).min(1).max(20), until: z.iso.date() })
      .optional()
      .meta({
        description: 'Materials that follow until the end of that day (容缺受理); the signed pledge is on paper',
      }),
    overrideDuplicates: z.strictObject({ reason: Reason }).optional().meta({
      description: 'Start it although there are cases like it (409 DUPLICATE_CASE): who and why is kept with the case',
    }),
    delivery: Group.optional().meta({
      description: "The form's `delivery` group, for callers that ask for it apart from the rest",
    }),
  })
  .refine(({ form, delivery }) => delivery === undefined || !('delivery' in form), {
    path: ['delivery'],
    ...says('申请表中已有寄递信息', 'The form already has a delivery group'),
  });
export type SubmitCase = z.infer<typeof SubmitCase>;

export const SubmittedCase = z
  .object({
    caseId: CaseId,
    caseNo: CaseNo,
    queryCode: z.string().meta({ description: 'The six digits that open the public page; told only here' }),
    status: z.enum(CASE_STATUSES),
  })
  .meta({ id: 'SubmittedCase' });
export type SubmittedCase = z.infer<typeof SubmittedCase>;

export const CASE_ACTIONS = ['withdraw', 'request-supplement', 'fill-gap', 'correct', 'terminate'] as const;

/** Another case that a rule of the matter calls a duplicate of this one; which case it is only for those who may see it. */
const DuplicateView = z
  .object({ rule: MatterCode, message: Text, caseId: CaseId.optional(), caseNo: CaseNo.optional() })
  .meta({ id: 'Duplicate' });
export type DuplicateView = z.infer<typeof DuplicateView>;

/** A decision against the applicant. */
const RefusalView = z
  .object({
    step: z.object({ id: StepId, name: Text }),
    agency: z.object({ id: AgencyId, name: Text }).meta({ description: 'Who decided: the remedies are against it' }),
    /** The agency's words, only for those who may read them. */
    reason: z.string().optional(),
    ground: Text.optional().meta({ description: 'The usual ground, where the agency named one' }),
    basis: z.array(z.string()).meta({ description: 'The provisions that it rests on' }),
    reconsiderationUntil: Instant,
    litigationUntil: z.iso.date(),
  })
  .meta({
    id: 'Refusal',
    description:
      'Not accepted (不予受理) or refused, with the remedies: reconsideration (行政复议) and litigation (行政诉讼)',
  });

export const StepView = z
  .object({
    id: StepId,
    name: Text,
    agency: z.object({ id: AgencyId, name: Text }),
    kind: z.enum(STEP_KINDS),
    status: z.enum(STEP_STATUSES),
    round: z.int(),
    dueAt: Instant.optional().meta({ description: 'The same as `promisedAt`' }),
    startedAt: Instant.optional(),
    ...ClockHead,
    waitingOn: WaitingOn,
    waiting: Waiting.optional(),
    /** Why it is not sent: the step that did not end well, or what it is held by. */
    because: z.string().optional(),
    attention: z.enum(ATTENTION_CODES).optional(),
    attempts: z.int(),
    lastError: z.string().optional(),
    nextAttemptAt: Instant.optional(),
    claimedBy: z.string().optional(),
    claimedAt: Instant.optional(),
    claimedUntil: Instant.optional(),
    decision: DecisionKind.optional(),
    /** The agency's words, only for those who may read them. */
    reason: z.string().optional(),
    evidence: z.array(Evidence).optional().meta({ description: 'What proves a decision on behalf of the agency' }),
    result: z.record(z.string(), z.unknown()).optional(),
    rules: z
      .array(
        z.object({ id: MatterCode, name: Text, source: z.string(), held: z.boolean(), note: z.string().optional() }),
      )
      .optional()
      .meta({
        description:
          'How the rules of an instant step (智能秒办) came out in this round, for those who may read its words: what missed one is decided by a person. `note` says why a rule could not be judged',
      }),
    /** The notice in which what the step lacks is asked for. */
    noticeId: z.string().optional(),
    suspension: z
      .object({ procedure: z.enum(PROCEDURES), expectedDays: z.int(), since: Instant })
      .optional()
      .meta({ description: 'A special procedure (特别程序) or a suspension by a supervisor: the clock stands still' }),
    parkedAt: Instant.optional().meta({
      description: 'Since when it waits for an outage of its agency to end (GET /api/v1/incidents)',
    }),
    extensionDays: z.int().optional(),
    officer: z.string().optional(),
    actions: z.array(z.enum([...STEP_ACTIONS, 'order'])),
  })
  .meta({ id: 'StepView' });
export type StepView = z.infer<typeof StepView>;

const CaseHead = {
  caseId: CaseId,
  caseNo: CaseNo,
  matter: z.object({ code: MatterCode, version: z.int(), name: Text }),
  region: Region,
  channel: z.enum(CHANNELS),
  status: z.enum(CASE_STATUSES),
  closing: z.enum(CLOSINGS).optional().meta({ description: 'Why it is being closed before its steps are through' }),
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
    disclosures: z.array(
      z.object({
        step: StepId,
        round: z.int(),
        agency: AgencyId,
        fields: z.array(z.string()),
        sends: z.int(),
        firstAt: Instant,
        lastAt: Instant,
      }),
    ),
    notices: z.array(NoticeView),
    pledge: z
      .object({ until: Instant, materials: z.array(z.object({ id: MatterCode, name: Text, filled: z.boolean() })) })
      .optional()
      .meta({ description: 'Materials accepted to follow (容缺受理)' }),
    dues: z.array(
      z.object({ kind: z.enum(DUE_KINDS), at: Instant, step: StepId.optional(), provisional: z.boolean() }),
    ),
    override: z
      .object({ by: z.string(), at: Instant, reason: z.string(), duplicates: z.array(DuplicateView) })
      .optional()
      .meta({ description: 'It was started although there were cases like it: who wanted that, and why' }),
    desk: z.array(DeskAnswer).optional().meta({
      description: 'Answers of agencies kept beside the record, newest first, for those who decide about them',
    }),
    actions: z.array(z.enum(CASE_ACTIONS)),
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
    .meta({ description: 'A case number; persons are looked up by POST /api/v1/cases/search' }),
  cursor: Cursor.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});

export const CaseSearch = z.strictObject({
  ...CaseFilters,
  text: z.string().trim().min(2).max(100).meta({ description: 'A whole name, a whole ID number, or a case number' }),
  cursor: Cursor.optional(),
  limit: z.int().min(1).max(100).default(20),
});

export const Answered = z
  .object({ messageId: z.string(), outcome: z.enum(['applied', 'repeated']) })
  .meta({ id: 'Answered' });
export const Recorded = z.object({ recorded: z.literal(true), messageId: z.string() }).meta({ id: 'Recorded' });

export const CloseCase = z.strictObject({ messageId: MessageId.optional(), reason: Reason });

export const WithdrawalPreview = z
  .object({
    allowed: z.boolean(),
    code: z.enum(REFUSAL_CODES).optional(),
    steps: z.array(
      z.object({
        id: StepId,
        name: Text,
        agency: z.object({ id: AgencyId, name: Text }),
        status: z.enum(STEP_STATUSES),
        /** What would become of it. */
        effect: z.enum(['ended', 'not-started', 'stopped', 'undone', 'stands']),
        undo: z.enum(UNDO_CLASSES),
      }),
    ),
  })
  .meta({ id: 'WithdrawalPreview' });
export type WithdrawalPreview = z.infer<typeof WithdrawalPreview>;

export const WithdrawalConfirmation = z
  .object({
    caseNo: CaseNo,
    matter: z.object({ code: MatterCode, version: z.int(), name: Text }),
    submittedAt: Instant,
    withdrawnAt: Instant,
    by: By,
    reason: z.string().optional(),
    endedAt: Instant.optional().meta({
      description: 'When everything was settled; absent: something is still being taken back',
    }),
    steps: z.array(
      z.object({
        id: StepId,
        name: Text,
        agency: z.object({ id: AgencyId, name: Text }),
        /** What has become of it. */
        outcome: z.enum(['not-started', 'stopped', 'undone', 'being-undone', 'stands', 'ended']),
        undo: z.enum(UNDO_CLASSES),
        at: Instant.optional(),
      }),
    ),
  })
  .meta({ id: 'WithdrawalConfirmation', description: 'What the paper of a withdrawal (撤回申请确认书) says' });
export type WithdrawalConfirmation = z.infer<typeof WithdrawalConfirmation>;

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
    }),
  ),
});

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

export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    retry: z.boolean(),
    correlationId: z.string(),
    errors: z.array(z.object({ path: z.string(), rule: z.string(), message: z.string() })).optional(),
    /** Who was first, with 409. */
    first: z.object({ decision: DecisionKind, by: By, at: Instant }).optional(),
    /** What this caller can do now, with 409. */
    allowed: z
      .array(z.enum([...STEP_ACTIONS, 'order', ...CASE_ACTIONS, ...ORDER_ACTIONS, ...BULK_VERBS, ...VERDICTS]))
      .optional(),
    claimedBy: z.string().optional(),
    claimedAt: Instant.optional(),
    claimedUntil: Instant.optional(),
    /** To whom the task was given, with `TASK_ASSIGNED`. */
    officer: z.string().optional(),
    /** The cases that this one would be a duplicate of, with `DUPLICATE_CASE`. */
    duplicates: z.array(DuplicateView).optional(),
  })
  .meta({ id: 'Problem' });
