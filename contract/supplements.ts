import { z } from 'zod';
import { CHANGE_EFFECTS } from '../domain/case/preview.ts';
import { REFUSAL_CODES } from '../domain/case/messages.ts';
import { STEP_STATUSES } from '../domain/case/status.ts';
import { Text } from '../domain/matter/schema.ts';
import { says } from '../domain/words/says.ts';
import { Confirm, Finding } from './confirmations.ts';
import { AgencyId, Materials, MessageId, Place, Reason, StepId, Instant, MatterCode } from './values.ts';

const ScalarValue = z.union([z.string().max(2000), z.number(), z.boolean(), z.null()]);

const Changes = z.record(Place, ScalarValue).default({}).meta({
  description: 'New values by path in the form: `mother.mobile`, `children[0].name`; null clears a field',
});

/** The step and round that asked, or the window and the notice, and the number of the item. */
const ItemId = z
  .string()
  .max(140)
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*(\.[1-9]\d{0,3})?:[1-9]\d{0,8}:[1-9]\d{0,3}$/);

export const NoticeId = z
  .string()
  .regex(/^[1-9]\d{0,3}$/)
  .meta({ description: 'The number of the notice in the case' });

/** Each item names a field or a material, the reason, and an acceptable answer. */
export const RequestSupplement = z.strictObject({
  messageId: MessageId.optional(),
  items: z
    .array(
      z
        .strictObject({
          field: Place.optional(),
          material: MatterCode.optional(),
          reason: Reason,
          acceptable: z.string().trim().min(1).max(2000).optional(),
        })
        .refine(
          ({ field, material }) => (field === undefined) !== (material === undefined),
          says('请填写表单项或材料其中一项', 'Name either a field or a material'),
        ),
    )
    .min(1)
    .max(50),
  now: z.boolean().default(false).meta({
    description:
      'The notice goes out at once, with everything that agencies have asked for until now: the applicant is at the counter',
  }),
});

export const AnswerSupplement = z.strictObject({
  messageId: MessageId.optional(),
  items: z
    .array(ItemId)
    .min(1)
    .max(100)
    .optional()
    .meta({ description: 'The items that this answers; by default all open items' }),
  changes: Changes,
  materials: Materials.default([]),
  nothingFurther: z.array(z.string().max(200)).max(100).default([]).meta({
    description:
      'The items to which the applicant has nothing to add. Every other item needs a new value or a material',
  }),
  confirm: Confirm,
});
export const PreviewAnswer = AnswerSupplement.omit({ messageId: true });

export const FillGap = z.strictObject({ messageId: MessageId.optional(), materials: Materials.min(1) });

const Correction = Changes.refine(
  (changes) => Object.keys(changes).length > 0,
  says('没有需要更正的内容', 'Name at least one value to correct'),
);
export const PreviewCorrection = z.strictObject({ changes: Correction, confirm: Confirm });
export const CorrectCase = z.strictObject({
  messageId: MessageId.optional(),
  changes: Correction,
  reason: Reason,
  confirm: Confirm,
});

export const ChangePreview = z
  .object({
    allowed: z.boolean(),
    code: z.enum(REFUSAL_CODES).optional().meta({ description: 'Why the API would refuse the change' }),
    steps: z
      .array(
        z.object({
          id: StepId,
          name: Text,
          agency: z.object({ id: AgencyId, name: Text }),
          status: z.enum(STEP_STATUSES),
          effect: z.enum(CHANGE_EFFECTS).meta({
            description:
              'sent-again: the step is sent in a new round. starts: the step waited only for this. to-person: the result stays and a person checks it. sent-later: the step is sent later, with the new values. none: the step has ended',
          }),
        }),
      )
      .meta({ description: 'The steps that use a new value or material, or wait for it' }),
    warnings: z.array(Finding).meta({
      description: 'What is unusual about the new values and not confirmed: the change needs a confirmation of each',
    }),
  })
  .meta({ id: 'ChangePreview' });
export type ChangePreview = z.infer<typeof ChangePreview>;

/** One notice of everything that is missing (一次性告知). */
export const NoticeView = z
  .object({
    id: NoticeId,
    status: z.enum(['gathering', 'open', 'answered', 'lapsed']),
    since: Instant,
    notifiedAt: Instant.optional(),
    dueAt: Instant.optional(),
    items: z.array(
      z.object({
        id: z.string(),
        /** The step whose agency asks; absent: the window asks. */
        step: StepId.optional(),
        answered: z.boolean(),
        nothingFurther: z.literal(true).optional().meta({ description: 'The applicant had nothing to add to it' }),
        field: z.string().optional(),
        material: z.string().optional(),
        reason: z.string().optional(),
        acceptable: z.string().optional(),
      }),
    ),
  })
  .meta({ id: 'Notice' });
export type NoticeView = z.infer<typeof NoticeView>;
