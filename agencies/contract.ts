import { z } from 'zod';
import { MOST_ITEMS } from '../domain/case/decisions.ts';
import { DECISION_KINDS } from '../domain/case/messages.ts';
import { STEP_KINDS, UNDO_CLASSES } from '../domain/case/plan.ts';
import { hasUnreadable, UNREADABLE_TEXT } from '../domain/characters.ts';
import { ResultField } from '../domain/matter/schema.ts';
import { CALLERS_ID } from '../domain/message-ids.ts';
import { says } from '../domain/words/says.ts';

/**
 * The messages of the agency protocol (docs/agency-protocol.md). Messages that we send are strict:
 * an undeclared field is never sent. Messages that we receive may have unknown fields, which are
 * dropped, and have size limits, because they come from another organisation.
 */

/**
 * The largest body that either side may send; the callback endpoint and the client read no further.
 */
export const MAX_BODY_BYTES = 256 * 1024;

const REQUEST_ID =
  /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}):([a-z][a-z0-9]*(?:-[a-z0-9]+)*(?:\.[1-9]\d*)?):([1-9]\d{0,8})$/;

/**
 * One effect at an agency: the case, the step and the round, never the attempt. Agencies
 * deduplicate on it.
 */
export interface EffectKey {
  caseId: string;
  stepId: string;
  round: number;
}

/** `caseId:stepId:round`. Colons are legal in one segment of a URL's path. */
export const formatRequestId = ({ caseId, stepId, round }: EffectKey): string => `${caseId}:${stepId}:${round}`;

/** The parts of a request id; undefined: it is not one. */
export function parseRequestId(requestId: string): EffectKey | undefined {
  const [, caseId, stepId, round] = REQUEST_ID.exec(requestId) ?? [];
  return caseId && stepId && round ? { caseId, stepId, round: Number(round) } : undefined;
}

/** Text that can be kept and shown: no control characters, no marks that change the direction. */
const text = (max: number) =>
  z
    .string()
    .max(max)
    .refine((value) => !hasUnreadable(value, 'many'), says(UNREADABLE_TEXT.many.zh, UNREADABLE_TEXT.many.en));

const Name = z.strictObject({ zh: z.string(), en: z.string() });

/** A field of the result that a step must give, as requests and screens describe it. */
export const DeclaredField = ResultField.meta({ id: 'ResultField' });

/** The result of another step, as far as a step discloses it. */
export const DisclosedResult = z.strictObject({
  step: z.string(),
  name: Name,
  item: z.int().positive().optional().meta({
    description: 'The item of the list for which that step was repeated, from 1; absent: it was not repeated',
  }),
  values: z.record(z.string(), z.unknown()),
});

export const StepRequest = z.strictObject({
  requestId: z.string().regex(REQUEST_ID),
  caseId: z.uuid(),
  caseNo: z.string().regex(/^\d{20}$/),
  matter: z.strictObject({ code: z.string(), version: z.int().positive() }),
  step: z.strictObject({ id: z.string(), kind: z.enum(STEP_KINDS), name: Name }),
  round: z.int().positive(),
  form: z
    .record(z.string(), z.unknown())
    .meta({ description: 'Only the fields that the step discloses, in the shape of the form' }),
  results: z
    .array(DisclosedResult)
    .optional()
    .meta({ description: 'What other steps gave, as far as the step discloses it' }),
  materials: z.array(
    z.strictObject({
      id: z.string(),
      name: Name,
      source: z.enum(['step', 'sharing', 'photo', 'upload', 'form', 'shown']),
      reference: z.string().optional().meta({ description: 'The number of the certificate or the id of the document' }),
      pledged: z
        .literal(true)
        .optional()
        .meta({ description: '容缺受理: the material follows later, against a pledge' }),
    }),
  ),
  supplement: z
    .array(
      z.strictObject({
        field: z.string().optional(),
        value: z.unknown().optional(),
        material: z.string().optional(),
        source: z.enum(['upload', 'photo', 'sharing', 'shown']).optional(),
        reference: z.string().optional(),
        reason: z.string().optional(),
        nothingFurther: z
          .literal(true)
          .optional()
          .meta({ description: 'The applicant says that there is nothing to add' }),
      }),
    )
    .optional()
    .meta({ description: 'After a supplement: what the agency asked for and the answer, item by item' }),
  resultFields: z
    .array(DeclaredField)
    .optional()
    .meta({ description: 'What `result` of an approval must have: an approval without it goes to a person' }),
  callbackUrl: z.url({ protocol: /^https?$/ }).meta({ description: 'Where the decision is sent after 202' }),
  dueAt: z.iso.datetime().optional(),
});
export type StepRequest = z.infer<typeof StepRequest>;

export const UndoRequest = z.strictObject({
  requestId: z.string().regex(REQUEST_ID),
  class: z.enum(UNDO_CLASSES).exclude(['none']),
  reason: z.string().max(2000).optional(),
});
export type UndoRequest = z.infer<typeof UndoRequest>;

/** What is missing or wrong, and what is accepted instead. */
const SupplementItem = z.object({
  field: text(200).optional(),
  material: text(200).optional(),
  reason: text(2000),
  acceptable: text(2000).optional(),
});

const MessageId = z.string().regex(CALLERS_ID);

/** Signed with the rest, so that a captured message cannot be sent to another task. */
export const RequestId = z
  .string()
  .regex(REQUEST_ID)
  .meta({ description: 'The task that the message is about. Required in a signed call' });

/** Certificate numbers and similar values: flat, so that screens can show it unchanged. */
export const Result = z
  .record(z.string().regex(/^\p{L}[\p{L}\p{N}_.-]{0,63}$/u), z.union([text(2000), z.number(), z.boolean()]))
  .refine((result) => Object.keys(result).length <= 50, says('最多 50 项', 'Must have at most 50 keys'));

/** A decision of an agency in a callback. Its message id counts once for the life of the case. */
export const Decision = z.object({
  messageId: MessageId,
  requestId: RequestId,
  decision: z.enum(DECISION_KINDS).meta({ description: 'The kind of the step says which of these it may get' }),
  reason: text(2000).optional(),
  ground: text(100).optional().meta({
    description: 'Why it is refused, as a code of the `refusals` of the step; the letter then names the provision',
  }),
  basis: text(500).optional().meta({
    description: 'The provision with its article, if the definition has none for the ground or there is no ground',
  }),
  result: Result.optional().meta({
    description: 'Of a `pay` step that was paid or is exempt: `amount` (yuan), `paidOn` (date) and `receiptNo`',
  }),
  supplements: z.array(SupplementItem).max(MOST_ITEMS).optional(),
});
export type Decision = z.infer<typeof Decision>;

/**
 * A decision as the answer to a request, or of an officer: it needs no message id, and the request
 * is known.
 */
export const DecisionReply = Decision.partial({ messageId: true, requestId: true });
export type DecisionReply = z.infer<typeof DecisionReply>;

/** A decision of an officer, through our own API: an unknown key is a mistake of the caller. */
export const OfficersDecision = DecisionReply.extend({
  supplements: z.array(SupplementItem.strict()).max(MOST_ITEMS).optional(),
}).strict();

/**
 * The number of missing things in a decision, as the case counts them: a supplement without a list
 * is one.
 */
export const countItems = ({ decision, supplements }: DecisionReply): { items?: number } =>
  decision === 'supplement' ? { items: Math.max(supplements?.length ?? 1, 1) } : {};

/**
 * One missing thing of a kept message, by its place in the list, from 0. A message without a list
 * found one thing missing, for its reason.
 */
export const askedItem = (body: unknown, place: number): z.infer<typeof AskedItem> => {
  const { supplements, reason } = KeptSupplement.catch({}).parse(body);
  const items = supplements && supplements.length > 0 ? supplements : [{ ...(reason !== undefined && { reason }) }];
  return items[place] ?? {};
};

const AskedItem = SupplementItem.partial({ reason: true });
const KeptSupplement = z.object({ supplements: z.array(AskedItem).optional(), reason: z.string().optional() });

/** A progress note that an agency sends without being asked; it changes nothing in the case. */
export const ProgressNote = z.object({ messageId: MessageId, requestId: RequestId.optional(), note: text(500) });
export type ProgressNote = z.infer<typeof ProgressNote>;

export const UndoneAnswer = z.object({ undone: z.literal(true) });

/** The codes of a 400 or 422. Free text could hold a name, also in capitals. */
const REJECTION_CODES = [
  'NOT_JSON',
  'WRONG_SHAPE',
  'FORM_INCOMPLETE',
  'FIELD_MISSING',
  'FIELD_INVALID',
  'BIRTH_DATE_INVALID',
  'ID_NUMBER_INVALID',
  'MATERIAL_MISSING',
  'MATERIAL_INVALID',
  'DIVISION_UNKNOWN',
  'STEP_UNKNOWN',
  'CLASS_UNKNOWN',
  'ID_MISMATCH',
  'NOT_COMPETENT',
  'DUPLICATE',
] as const;

/**
 * The body of a 400 or 422. Only a code is passed on: one of the protocol, or E and up to six digits
 * of the agency's own numbering.
 */
export const Rejection = z.object({ code: z.union([z.enum(REJECTION_CODES), z.string().regex(/^E\d{1,6}$/)]) });
